using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>What a regression minimizes.</summary>
public enum RegressionLoss
{
    /// <summary>Squared error: a Gaussian of fixed variance; the best prediction is the mean of the expert's actions.</summary>
    L2,

    /// <summary>Absolute error: a Laplace distribution of fixed scale; the best prediction is their median, a value at a time.</summary>
    L1,
}

/// <summary>Options of <see cref="MseHead"/>.</summary>
public sealed record MseHeadConfig : PolicyHeadConfig
{
    /// <summary>Width of the hidden layers. Default 256.</summary>
    public int HiddenWidth { get; init; } = 256;

    /// <summary>Residual blocks, two layers each. Default 6.</summary>
    public int Blocks { get; init; } = 6;

    /// <summary>Share of each block's output dropped in training. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>What is minimized. Default squared error.</summary>
    public RegressionLoss Loss { get; init; } = RegressionLoss.L2;

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new MseHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (HiddenWidth < 1) yield return $"{nameof(HiddenWidth)} {HiddenWidth} must be at least 1.";
        if (Blocks < 0) yield return $"{nameof(Blocks)} {Blocks} must not be negative.";
        if (!(Dropout is >= 0 and < 1)) yield return $"{nameof(Dropout)} {Dropout} must be at least 0 and below 1.";
        if (!Enum.IsDefined(Loss)) yield return $"{nameof(Loss)} {Loss} must be one of {string.Join(", ", Enum.GetNames<RegressionLoss>())}.";
    }
}

/// <summary>
/// Predicts one chunk by regression. Minimizing squared error is maximum likelihood of a Gaussian N(prediction, sigma^2 I) whose
/// variance is fixed: it averages modes, see docs/heads/regression.md for when that hurts.
/// </summary>
public sealed class MseHead : PolicyHead
{
    private readonly ResidualMlp network;
    private readonly RegressionLoss loss;

    /// <summary>Builds the head.</summary>
    public MseHead(MseHeadConfig config, HeadShape shape)
        : base(nameof(MseHead), shape)
    {
        loss = config.Loss;
        network = new ResidualMlp(shape.ContextTokens * shape.ContextWidth, config.HiddenWidth, config.Blocks, shape.PredictionHorizon * shape.ActionDimension, config.Dropout);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        target.Require(Shape, context.size(0));
        using DisposeScope scope = NewDisposeScope();
        Tensor error = Chunk(network.forward(Flat(context))).sub(target.Actions);
        error = loss == RegressionLoss.L2 ? error.square() : error.abs();
        return new LossReport(MaskedMean.Of(error, target.InsideEpisode, target.SampleWeight).MoveToOuterDisposeScope());
    }

    /// <summary>The prediction itself; nothing is drawn.</summary>
    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        using DisposeScope scope = NewDisposeScope();
        return Chunk(network.Infer(Flat(context))).MoveToOuterDisposeScope();
    }

    private Tensor Chunk(Tensor flat) => flat.view(-1, Shape.PredictionHorizon, Shape.ActionDimension);
}
