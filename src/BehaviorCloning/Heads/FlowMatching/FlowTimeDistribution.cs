using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Which flow times training draws. Flow time runs 0 = noise to 1 = action.</summary>
public abstract record FlowTimeDistribution
{
    /// <summary>Draws flow times, [count], on the device given.</summary>
    public abstract Tensor Draw(long count, Device device, Generator? random);

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public virtual IEnumerable<string> Problems() => [];
}

/// <summary>Every flow time alike, as in Kinetix (arXiv 2506.07339). The default.</summary>
public sealed record UniformFlowTime : FlowTimeDistribution
{
    /// <inheritdoc/>
    public override Tensor Draw(long count, Device device, Generator? random) => SeededDraw.Uniform([count], device, random);
}

/// <summary>
/// More of the noisy end, as in pi0 (arXiv 2410.24164): <c>tau = Scale (1 - b)</c> with <c>b ~ Beta(Alpha, 1)</c>.
/// </summary>
/// <remarks>openpi's code writes the same distribution as <c>t = 0.999 b + 0.001</c> because its time runs from action 0 to noise 1.</remarks>
public sealed record BetaFlowTime : FlowTimeDistribution
{
    /// <summary>The larger, the noisier; 1 is uniform. Default 1.5.</summary>
    public double Alpha { get; init; } = 1.5;

    /// <summary>The largest flow time drawn. Default 0.999.</summary>
    public double Scale { get; init; } = 0.999;

    /// <inheritdoc/>
    public override Tensor Draw(long count, Device device, Generator? random)
    {
        // The distribution function of Beta(a, 1) is b^a, so b = U^(1/a).
        using DisposeScope scope = NewDisposeScope();
        return SeededDraw.Uniform([count], device, random).pow(1 / Alpha).mul(-Scale).add(Scale).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (!(Alpha > 0 && double.IsFinite(Alpha))) yield return $"{nameof(BetaFlowTime)}.{nameof(Alpha)} {Alpha} must be positive.";
        if (!(Scale is > 0 and <= 1)) yield return $"{nameof(BetaFlowTime)}.{nameof(Scale)} {Scale} must be in (0, 1].";
    }
}

/// <summary>More of the middle, where the velocity is hardest (arXiv 2403.03206): <c>tau = sigmoid(Mean + StandardDeviation z)</c>, z normal.</summary>
public sealed record LogitNormalFlowTime : FlowTimeDistribution
{
    /// <summary>Below 0 for more noise, above for less. Default 0.</summary>
    public double Mean { get; init; }

    /// <summary>How wide the middle is. Default 1.</summary>
    public double StandardDeviation { get; init; } = 1;

    /// <inheritdoc/>
    public override Tensor Draw(long count, Device device, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor z = SeededDraw.Normal([count], device, random);
        return z.mul(StandardDeviation).add(Mean).sigmoid().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (!double.IsFinite(Mean)) yield return $"{nameof(LogitNormalFlowTime)}.{nameof(Mean)} {Mean} must be finite.";
        if (!(StandardDeviation > 0 && double.IsFinite(StandardDeviation))) yield return $"{nameof(LogitNormalFlowTime)}.{nameof(StandardDeviation)} {StandardDeviation} must be positive.";
    }
}

/// <summary>The times <c>0, 1/Steps, 2/Steps ...</c> at which Euler's method with that many steps asks, and no others: for <see cref="FlowMatchingHead"/>s
/// that learn to sample in a few steps from one that takes many.</summary>
public sealed record GridFlowTime : FlowTimeDistribution
{
    /// <summary>How many steps. Default 1: only time 0.</summary>
    public int Steps { get; init; } = 1;

    /// <inheritdoc/>
    public override Tensor Draw(long count, Device device, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        return SeededDraw.Uniform([count], device, random).mul(Steps).floor().div(Steps).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (Steps < 1) yield return $"{nameof(GridFlowTime)}.{nameof(Steps)} {Steps} must be at least 1.";
    }
}
