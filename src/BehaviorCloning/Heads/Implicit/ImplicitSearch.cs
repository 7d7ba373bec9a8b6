using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>How an implicit head searches for the chunks of highest score.</summary>
public abstract record ImplicitSearch
{
    /// <summary>Candidates a context. They start uniformly in the action box.</summary>
    public int Samples { get; init; } = 1024;

    /// <summary>Improves candidates.</summary>
    /// <param name="score">Scores candidates, [B, n, D] to [B, n], differentiably.</param>
    /// <param name="start">Uniform in the box, [B, n, D], in units in which it runs from -1 to 1.</param>
    /// <param name="free">True for values that may change, [D].</param>
    /// <param name="random">Draws noise.</param>
    /// <returns>Candidates, and the scores of exactly these by which one is chosen.</returns>
    public abstract (Tensor Candidates, Tensor Scores) Improve(Func<Tensor, Tensor> score, Tensor start, Tensor free, Generator? random);

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public virtual IEnumerable<string> Problems()
    {
        if (Samples < 1) yield return $"{nameof(Samples)} {Samples} must be at least 1.";
    }
}

/// <summary>
/// Derivative-free optimization (IBC, algorithm 1): score, resample by the softmax of the scores, add noise that shrinks. Dependable up to
/// about five action values.
/// </summary>
/// <remarks>
/// Returns candidates with their own scores. The paper's code returns the samples after its last resampling with the probabilities from
/// before it, so that the best is not the best.
/// </remarks>
public sealed record DerivativeFreeSearch : ImplicitSearch
{
    /// <summary>Times that candidates are scored. Default 3.</summary>
    public int Iterations { get; init; } = 3;

    /// <summary>Standard deviation of the first noise, a share of the box's half width. Default 0.33.</summary>
    public double NoiseScale { get; init; } = 0.33;

    /// <summary>What the noise is multiplied with each time. Default 0.5.</summary>
    public double NoiseShrink { get; init; } = 0.5;

    /// <summary>
    /// Whether the softmax is shared out among the iterations and the last draw. As published (false) every iteration resamples by the full
    /// softmax, so that drawn answers prefer the higher of two modes by that power of their odds; shared, each mode is answered as often as its
    /// share says. Default false.
    /// </summary>
    public bool SharesSoftmax { get; init; }

    /// <inheritdoc/>
    public override (Tensor Candidates, Tensor Scores) Improve(Func<Tensor, Tensor> score, Tensor start, Tensor free, Generator? random)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor candidates = start, scores = Score(candidates);
        double noise = NoiseScale;
        for (int i = 1; i < Iterations; i++)
        {
            using DisposeScope iteration = NewDisposeScope();
            Tensor index = SeededDraw.Indices(scores.softmax(1), Samples, random);
            Tensor moved = candidates.gather(1, index.unsqueeze(-1).expand(-1, -1, candidates.size(2)));
            candidates = moved.add_(SeededDraw.Normal(moved.shape, moved.device, random).mul_(noise).mul_(free)).clamp_(-1f, 1f).MoveToOuterDisposeScope();
            scores = Score(candidates).MoveToOuterDisposeScope();
            noise *= NoiseShrink;
        }

        candidates = ReferenceEquals(candidates, start) ? candidates.alias() : candidates;
        return (candidates.MoveToOuterDisposeScope(), scores.MoveToOuterDisposeScope());

        Tensor Score(Tensor at) => SharesSoftmax ? score(at).div_((double)Iterations) : score(at);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (string problem in base.Problems()) yield return problem;
        if (Iterations < 1) yield return $"{nameof(Iterations)} {Iterations} must be at least 1.";
        if (!(NoiseScale >= 0 && double.IsFinite(NoiseScale))) yield return $"{nameof(NoiseScale)} {NoiseScale} must be finite and not negative.";
        if (!(NoiseShrink is >= 0 and <= 1)) yield return $"{nameof(NoiseShrink)} {NoiseShrink} must be in [0, 1].";
    }
}

/// <summary>
/// Follows the gradient of the score with noise (stochastic gradient Langevin dynamics), then again with the second chain's smaller steps. For
/// chunks of more than about five values.
/// </summary>
public sealed record LangevinSearch : ImplicitSearch
{
    /// <summary>512 candidates, as in the paper's code.</summary>
    public LangevinSearch() => Samples = 512;

    /// <summary>The first chain.</summary>
    public LangevinChain Chain { get; init; } = new();

    /// <summary>Step size of the second chain's start; otherwise it is as the first. 0 for no second chain. Default 1e-5.</summary>
    public double SecondStepSize { get; init; } = 1e-5;

    /// <inheritdoc/>
    public override (Tensor Candidates, Tensor Scores) Improve(Func<Tensor, Tensor> score, Tensor start, Tensor free, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor candidates = Chain.Run(score, start, free, random);
        if (SecondStepSize > 0) candidates = (Chain with { InitialStepSize = SecondStepSize }).Run(score, candidates, free, random);
        using IDisposable noGradient = no_grad();
        Tensor scores = score(candidates);
        return (candidates.MoveToOuterDisposeScope(), scores.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (string problem in base.Problems().Concat(Chain.Problems())) yield return problem;
        if (!(SecondStepSize >= 0 && double.IsFinite(SecondStepSize))) yield return $"{nameof(SecondStepSize)} {SecondStepSize} must be finite and not negative.";
    }
}
