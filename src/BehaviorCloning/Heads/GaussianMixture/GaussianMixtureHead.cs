using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="GaussianMixtureHead"/>.</summary>
public sealed record GaussianMixtureHeadConfig : PolicyHeadConfig
{
    /// <summary>The mixture and how it is sampled.</summary>
    public MixtureOptions Mixture { get; init; } = new();

    /// <summary>Width of the hidden layers. Default 256.</summary>
    public int HiddenWidth { get; init; } = 256;

    /// <summary>Residual blocks, two layers each. Default 6.</summary>
    public int Blocks { get; init; } = 6;

    /// <summary>Share of each block's output dropped in training. Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new GaussianMixtureHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (HiddenWidth < 1) yield return $"{nameof(HiddenWidth)} {HiddenWidth} must be at least 1.";
        if (Blocks < 0) yield return $"{nameof(Blocks)} {Blocks} must not be negative.";
        if (!(Dropout is >= 0 and < 1)) yield return $"{nameof(Dropout)} {Dropout} must be at least 0 and below 1.";
        foreach (string problem in Mixture.Problems()) yield return $"{nameof(Mixture)}: {problem}";
    }
}

/// <summary>
/// A mixture density network (Bishop 1994): predicts a <see cref="GaussianMixture"/> of chunks, and learns by its exact likelihood. Keeps as
/// many modes apart as it has components; see docs/heads/gaussian-mixture.md.
/// </summary>
public sealed class GaussianMixtureHead : PolicyHead, IActionDensity
{
    private readonly ResidualMlp network;
    private readonly MixtureOptions options;

    /// <summary>Builds the head.</summary>
    public GaussianMixtureHead(GaussianMixtureHeadConfig config, HeadShape shape)
        : base(nameof(GaussianMixtureHead), shape)
    {
        options = config.Mixture;
        network = new ResidualMlp(shape.ContextTokens * shape.ContextWidth, config.HiddenWidth, config.Blocks, GaussianMixture.OutputWidth(options, shape), config.Dropout);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        using DisposeScope scope = NewDisposeScope();
        LossReport report = Mixture(context).Loss(target);
        report.Total.MoveToOuterDisposeScope();
        return report;
    }

    /// <summary>Draws a component, then a chunk from it.</summary>
    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return new GaussianMixture(network.Infer(Flat(context)), options, Shape).Sample(random).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor LogProbability(Tensor context, Tensor actions)
    {
        using DisposeScope scope = NewDisposeScope();
        return Mixture(context).LogProbability(actions).MoveToOuterDisposeScope();
    }

    /// <summary>The mixture itself, differentiable; its tensors live in the caller's dispose scope.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    public GaussianMixture Mixture(Tensor context) => new(network.forward(Flat(context)), options, Shape);
}
