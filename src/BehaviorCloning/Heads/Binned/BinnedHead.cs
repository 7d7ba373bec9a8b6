using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>How a coordinate is chosen from its distribution over bins.</summary>
public enum BinDecoding
{
    /// <summary>A bin is drawn.</summary>
    Sampled,

    /// <summary>The likeliest bin.</summary>
    Likeliest,

    /// <summary>The mean of the distribution, which may lie between modes, where there is no probability.</summary>
    Expected,
}

/// <summary>Options of <see cref="BinnedHead"/>.</summary>
public sealed record BinnedHeadConfig : PolicyHeadConfig
{
    /// <summary>The bins. Default 256 between the 1st and 99th percentile.</summary>
    public ActionBinsConfig Bins { get; init; } = new();

    /// <summary>Width of the hidden layers. Default 256.</summary>
    public int HiddenWidth { get; init; } = 256;

    /// <summary>Residual blocks, two layers each. Default 6.</summary>
    public int Blocks { get; init; } = 6;

    /// <summary>Share of each block's output dropped in training. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>How a coordinate is chosen. Acts when sampling only. Default drawn.</summary>
    public BinDecoding Decoding { get; init; } = BinDecoding.Sampled;

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new BinnedHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (HiddenWidth < 1) yield return $"{nameof(HiddenWidth)} {HiddenWidth} must be at least 1.";
        if (Blocks < 0) yield return $"{nameof(Blocks)} {Blocks} must not be negative.";
        if (!(Dropout is >= 0 and < 1)) yield return $"{nameof(Dropout)} {Dropout} must be at least 0 and below 1.";
        if (!Enum.IsDefined(Decoding)) yield return $"{nameof(Decoding)} {Decoding} must be one of {string.Join(", ", Enum.GetNames<BinDecoding>())}.";
        foreach (string problem in Bins.Problems()) yield return problem;
    }
}

/// <summary>
/// Classifies every coordinate of every step into bins, each independent of the others given the context:
/// <c>p(chunk | context) = product over t, j of p_tj(a_tj | context)</c>. Shows many modes of one coordinate and mixes them between
/// coordinates: see docs/heads/binned.md for what that costs.
/// </summary>
public sealed class BinnedHead : PolicyHead, IFitsActions, IActionDensity
{
    private readonly BinDecoding decoding;
    private readonly ActionBins bins;
    private readonly ResidualMlp network;

    /// <summary>Builds the head.</summary>
    public BinnedHead(BinnedHeadConfig config, HeadShape shape)
        : base(nameof(BinnedHead), shape)
    {
        decoding = config.Decoding;
        bins = new ActionBins(config.Bins, shape.ActionDimension);
        network = new ResidualMlp(shape.ContextTokens * shape.ContextWidth, config.HiddenWidth, config.Blocks, shape.PredictionHorizon * shape.ActionDimension * config.Bins.Count, config.Dropout);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public void Fit(Tensor actions, Tensor insideEpisode, Generator? random = null) => bins.Fit(actions, insideEpisode);

    /// <summary>The bins it was fitted with, for code without tensors: text of action tokens.</summary>
    /// <exception cref="ArgumentException">It was not fitted.</exception>
    public Actions.UniformBins ToUniformBins() => bins.ToUniformBins();

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        target.Require(Shape, context.size(0));
        using DisposeScope scope = NewDisposeScope();
        Tensor actions = target.WithoutPadding(target.Actions);
        Tensor error = LogProbabilityOfBins(Logits(context), bins.Encode(actions)).neg().add(bins.Poison(actions));
        return new LossReport(MaskedMean.Of(error, target.InsideEpisode, target.SampleWeight).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Chunk(network.Infer(Flat(context)));
        if (decoding == BinDecoding.Expected)
            return bins.Decode(nn.functional.softmax(logits, -1).matmul(arange(bins.Count, ScalarType.Float32, context.device))).MoveToOuterDisposeScope();
        var sampling = new TokenSampling { Temperature = decoding == BinDecoding.Likeliest ? 0 : 1 };
        Tensor? uniform = sampling.Uniform(context.size(0), Shape.PredictionHorizon * Shape.ActionDimension, context.device, random)?.flatten();
        return bins.Decode(sampling.Draw(logits.flatten(0, 2), uniform).view(-1, Shape.PredictionHorizon, Shape.ActionDimension)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor LogProbability(Tensor context, Tensor actions)
    {
        ShapeContract.Require(actions, nameof(actions), context.size(0), Shape.PredictionHorizon, Shape.ActionDimension);
        using DisposeScope scope = NewDisposeScope();
        Tensor density = LogProbabilityOfBins(Logits(context), bins.Encode(actions)).add(bins.LogDensityOfBin(actions));
        return density.sum([1L, 2L]).MoveToOuterDisposeScope();
    }

    private static Tensor LogProbabilityOfBins(Tensor logits, Tensor bins) => logits.log_softmax(-1).gather(-1, bins.unsqueeze(-1)).squeeze(-1);

    private Tensor Logits(Tensor context) => Chunk(network.forward(Flat(context)));

    // [B, Tp, Da, bins].
    private Tensor Chunk(Tensor flat) => flat.view(-1, Shape.PredictionHorizon, Shape.ActionDimension, bins.Count);
}
