using BehaviorCloning.Actions;
using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Where bins begin and end, and how many there are.</summary>
public sealed record ActionBinsConfig
{
    /// <summary>Bins a coordinate. Default 256.</summary>
    public int Count { get; init; } = 256;

    /// <summary>The quantile of the training actions at which the first bin begins. Default 0.01.</summary>
    public double LowQuantile { get; init; } = 0.01;

    /// <summary>The quantile at which the last bin ends. Default 0.99.</summary>
    public double HighQuantile { get; init; } = 0.99;

    /// <summary>Every fault of these options.</summary>
    public IEnumerable<string> Problems()
    {
        if (Count < 2) yield return $"{nameof(Count)} {Count} must be at least 2.";
        if (!(LowQuantile >= 0 && LowQuantile < HighQuantile && HighQuantile <= 1))
            yield return $"The quantiles {LowQuantile} .. {HighQuantile} must lie in 0 .. 1 and in this order.";
    }
}

/// <summary>
/// Equal bins of every coordinate of an action between two quantiles of the training actions:
/// <c>bin = min(count - 1, floor(count (a - low) / (high - low)))</c>.
/// </summary>
/// <remarks>
/// Actions outside fall into the outermost bins, so that they come back as their centers. Where the two quantiles are the same value but
/// the actions are not (a gripper that rarely opens), the bins span all of them. Where all are the same, the dimension is constant: its
/// bin is 0, and every bin decodes to that value. Until fitted, edges are NaN, and so is what is computed with them.
/// </remarks>
internal sealed class ActionBins : nn.Module
{
    private readonly ActionBinsConfig config;
    private readonly Tensor low;
    private readonly Tensor high;

    /// <summary>Makes bins that are not fitted yet.</summary>
    public ActionBins(ActionBinsConfig config, int dimension)
        : base(nameof(ActionBins))
    {
        this.config = config;
        low = full(dimension, float.NaN, ScalarType.Float32);
        high = full(dimension, float.NaN, ScalarType.Float32);
        RegisterComponents();
    }

    /// <summary>Bins a coordinate.</summary>
    public int Count => config.Count;

    /// <summary>Finds the edges.</summary>
    /// <param name="actions">[n, Tp, Da].</param>
    /// <param name="insideEpisode">True where a step counts, [n, Tp], bool.</param>
    public void Fit(Tensor actions, Tensor insideEpisode)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        ShapeContract.Require(actions, nameof(actions), -1, -1, low.size(0));
        ShapeContract.Require(insideEpisode, nameof(insideEpisode), actions.size(0), actions.size(1));
        var lows = new float[low.size(0)];
        var highs = new float[lows.Length];
        for (int d = 0; d < lows.Length; d++)
        {
            using DisposeScope dimension = NewDisposeScope();
            Tensor sorted = actions.select(-1, d).masked_select(insideEpisode).cpu().sort().Values;
            if (sorted.numel() == 0) throw new ArgumentException("No step of the actions is inside its episode, so there is nothing to lay bins over. Check the mask.", nameof(insideEpisode));
            lows[d] = Quantile(sorted, config.LowQuantile);
            highs[d] = Quantile(sorted, config.HighQuantile);
            if (lows[d] == highs[d]) (lows[d], highs[d]) = (Quantile(sorted, 0), Quantile(sorted, 1));
            // NaN is sorted behind everything else.
            float last = Quantile(sorted, 1);
            if (!float.IsFinite(last) || !float.IsFinite(Quantile(sorted, 0))) throw new ArgumentException($"Dimension {d} of the actions holds {last}: bins need finite values. Check the dataset.", nameof(actions));
        }

        low.copy_(tensor(lows));
        high.copy_(tensor(highs));
    }

    /// <summary>The bin of every coordinate, [..., Da] to int64 [..., Da].</summary>
    public Tensor Encode(Tensor actions)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor width = high.sub(low);
        // A constant dimension divides 0 by 1.
        Tensor constant = width.eq(0f);
        Tensor share = actions.sub(low).div(width.masked_fill(constant, 1f)).masked_fill(constant, 0f);
        return share.mul(Count).floor().nan_to_num(0).clamp(0, Count - 1).to(ScalarType.Int64).MoveToOuterDisposeScope();
    }

    /// <summary>The centers of bins, [..., Da]; NaN until fitted.</summary>
    /// <param name="bins">[..., Da], whole or not: expected bins lie between.</param>
    public Tensor Decode(Tensor bins)
    {
        using DisposeScope scope = NewDisposeScope();
        return bins.to(low.dtype).add(0.5f).mul(high.sub(low).div(Count)).add(low).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Zero, but NaN where an action is not finite or the bins are not fitted, [B, Tp, Da]: added to a loss, whose bins would hide either.
    /// </summary>
    public Tensor Poison(Tensor actions)
    {
        using DisposeScope scope = NewDisposeScope();
        return actions.sub(low).mul(0f).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The logarithm of a bin's share of the density, [..., Da]: minus its width's logarithm, minus infinity outside all bins, and 0 for a
    /// constant dimension, which has no density.
    /// </summary>
    public Tensor LogDensityOfBin(Tensor actions)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor width = high.sub(low);
        Tensor density = width.div(Count).log().neg().masked_fill(width.eq(0f), 0f).add(Poison(actions));
        return density.masked_fill(actions.lt(low).logical_or(actions.gt(high)), double.NegativeInfinity).MoveToOuterDisposeScope();
    }

    /// <summary>The same bins for code without tensors.</summary>
    public UniformBins ToUniformBins()
    {
        using Tensor lows = low.cpu(), highs = high.cpu();
        return new UniformBins(lows.data<float>().ToArray(), highs.data<float>().ToArray(), Count);
    }

    // Linear between neighbors, as numpy.quantile.
    private static float Quantile(Tensor sorted, double q)
    {
        double position = q * (sorted.numel() - 1);
        long below = (long)Math.Floor(position);
        double lower = sorted[below].ToSingle(), upper = sorted[Math.Min(below + 1, sorted.numel() - 1)].ToSingle();
        return position == below ? (float)lower : (float)(lower + ((position - below) * (upper - lower)));
    }
}
