using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>In which order the coordinates of a chunk are predicted.</summary>
public enum FactorOrder
{
    /// <summary>All coordinates of the first step, then of the second: RT-2's and OpenVLA's order, with chunks.</summary>
    TimeMajor,

    /// <summary>The first coordinate of all steps, then the second.</summary>
    DimensionMajor,

    /// <summary>The last step first, and so on back to the first: where the chunk is to end is decided before how to get there.</summary>
    ReverseTimeMajor,
}

/// <summary>Options of <see cref="AutoregressiveHead"/>.</summary>
public sealed record AutoregressiveHeadConfig : PolicyHeadConfig
{
    /// <summary>The bins. Default 256 between the 1st and 99th percentile.</summary>
    public ActionBinsConfig Bins { get; init; } = new();

    /// <summary>The network.</summary>
    public TokenDecoderConfig Decoder { get; init; } = new();

    /// <summary>In which order coordinates are predicted. Default step after step.</summary>
    public FactorOrder Order { get; init; } = FactorOrder.TimeMajor;

    /// <summary>How each bin is chosen. Acts when sampling only. Default from the learned distribution.</summary>
    public TokenSampling Sampling { get; init; } = new();

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new AutoregressiveHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (!Enum.IsDefined(Order)) yield return $"{nameof(Order)} {Order} must be one of {string.Join(", ", Enum.GetNames<FactorOrder>())}.";
        foreach (string problem in Bins.Problems().Concat(Decoder.Problems()).Concat(Sampling.Problems())) yield return problem;
    }
}

/// <summary>
/// Predicts the bins of a chunk one coordinate after the other, each given the context and those before it:
/// <c>p(chunk | context) = product over j of p(a_j | context, a_&lt;j)</c>. Any dependence between coordinates can be learned; sampling
/// takes one evaluation of a causal transformer a coordinate.
/// </summary>
public sealed class AutoregressiveHead : PolicyHead, IFitsActions, IActionDensity
{
    private readonly TokenSampling sampling;
    private readonly ActionBins bins;
    private readonly TokenDecoder decoder;
    // Where in the chunk the factor at each place of the sequence lies, and back.
    private readonly Tensor order;
    private readonly Tensor place;
    private readonly int factors;

    /// <summary>Builds the head.</summary>
    public AutoregressiveHead(AutoregressiveHeadConfig config, HeadShape shape)
        : base(nameof(AutoregressiveHead), shape)
    {
        sampling = config.Sampling;
        factors = shape.PredictionHorizon * shape.ActionDimension;
        bins = new ActionBins(config.Bins, shape.ActionDimension);
        // One more than bins: what stands behind an episode's end is put in as the same token whatever it holds.
        decoder = new TokenDecoder(config.Decoder, shape, config.Bins.Count + 1, config.Bins.Count, factors);
        long[] indices = Order(config.Order, shape);
        order = tensor(indices);
        place = order.argsort();
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
        Tensor outside = target.InsideEpisode.logical_not().unsqueeze(-1);
        Tensor actions = target.Actions.masked_fill(outside, 0f);
        Tensor error = LogProbabilityOfBins(context, bins.Encode(actions), outside).neg().add(bins.Poison(actions));
        return new LossReport(MaskedMean.Of(error, target.InsideEpisode, target.SampleWeight).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        CausalTransformerState state = decoder.Begin(context, factors);
        Tensor? uniform = sampling.Uniform(factors, context.size(0), context.device, random);
        var tokens = new Tensor[factors];
        for (int j = 0; j < factors; j++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor logits = j == 0 ? decoder.First(state) : decoder.Next(tokens[j - 1], state);
            tokens[j] = sampling.Draw(logits, uniform?[j]).MoveToOuterDisposeScope();
        }

        Tensor chunk = stack(tokens, 1).index_select(1, place).view(-1, Shape.PredictionHorizon, Shape.ActionDimension);
        return bins.Decode(chunk).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor LogProbability(Tensor context, Tensor actions)
    {
        ShapeContract.Require(actions, nameof(actions), context.size(0), Shape.PredictionHorizon, Shape.ActionDimension);
        using DisposeScope scope = NewDisposeScope();
        Tensor density = LogProbabilityOfBins(context, bins.Encode(actions), outside: null).add(bins.LogDensityOfBin(actions));
        return density.sum([1L, 2L]).MoveToOuterDisposeScope();
    }

    // log p of every bin given those before it in the order, [B, Tp, Da].
    private Tensor LogProbabilityOfBins(Tensor context, Tensor chunk, Tensor? outside)
    {
        Tensor targets = chunk.flatten(1).index_select(1, order);
        Tensor inputs = outside is null ? targets : chunk.masked_fill(outside, bins.Count).flatten(1).index_select(1, order);
        Tensor logits = decoder.Logits(context, inputs.narrow(1, 0, factors - 1));
        Tensor picked = logits.log_softmax(-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1);
        return picked.index_select(1, place).view_as(chunk);
    }

    private static long[] Order(FactorOrder order, HeadShape shape)
    {
        int steps = shape.PredictionHorizon, dimension = shape.ActionDimension;
        IEnumerable<long> flat = order switch
        {
            FactorOrder.DimensionMajor => from d in Enumerable.Range(0, dimension) from t in Enumerable.Range(0, steps) select (long)(t * dimension) + d,
            FactorOrder.ReverseTimeMajor => from t in Enumerable.Range(0, steps).Reverse() from d in Enumerable.Range(0, dimension) select (long)(t * dimension) + d,
            _ => Enumerable.Range(0, steps * dimension).Select(i => (long)i),
        };
        return [.. flat];
    }
}
