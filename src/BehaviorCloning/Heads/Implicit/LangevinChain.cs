using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// A chain of Langevin steps in the action box: <c>a = clip(a + clip(size_k (grad f / 2 + noise xi), +-MaximumMove), box)</c>, where the step
/// sizes fall polynomially from the first to the last. The defaults are those of the IBC paper's block-pushing task.
/// </summary>
public sealed record LangevinChain
{
    /// <summary>Steps. Default 100.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Size of the first step. Default 0.1.</summary>
    public double InitialStepSize { get; init; } = 0.1;

    /// <summary>Size of the last step. Default 1e-5.</summary>
    public double FinalStepSize { get; init; } = 1e-5;

    /// <summary>Exponent of the decay. Default 2.</summary>
    public double Power { get; init; } = 2;

    /// <summary>The farthest a value moves in a step, a share of the box's half width. Default 0.1.</summary>
    public double MaximumMove { get; init; } = 0.1;

    /// <summary>Scales the noise. Default 1.</summary>
    public double NoiseScale { get; init; } = 1;

    /// <summary>The size of a step.</summary>
    /// <param name="step">From 0.</param>
    public double StepSize(int step)
    {
        double progress = Steps > 1 ? (double)step / (Steps - 1) : 0;
        return ((InitialStepSize - FinalStepSize) * Math.Pow(1 - progress, Power)) + FinalStepSize;
    }

    /// <summary>Runs the chain. Nothing is differentiated through it, and gradients are computed whether or not the caller has them switched off.</summary>
    /// <param name="score">Scores candidates, [B, n, D] to [B, n].</param>
    /// <param name="start">[B, n, D], in units in which the box runs from -1 to 1.</param>
    /// <param name="free">True for values that may change; broadcast to [B, n, D].</param>
    /// <param name="random">Draws noise.</param>
    /// <returns>A fresh tensor, [B, n, D].</returns>
    public Tensor Run(Func<Tensor, Tensor> score, Tensor start, Tensor free, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor candidates = start.detach().clone();
        for (int i = 0; i < Steps; i++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor gradient;
            using (enable_grad())
            {
                Tensor at = candidates.detach().requires_grad_();
                gradient = autograd.grad([score(at).sum()], [at])[0];
            }

            using IDisposable noGradient = no_grad();
            double size = StepSize(i);
            Tensor move = gradient.mul(0.5).add_(SeededDraw.Normal(candidates.shape, candidates.device, random), NoiseScale).mul_(size).clamp_(-MaximumMove, MaximumMove);
            candidates.add_(move.mul_(free)).clamp_(-1f, 1f);
        }

        return candidates.MoveToOuterDisposeScope();
    }

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Steps < 1) yield return $"{nameof(LangevinChain)}.{nameof(Steps)} {Steps} must be at least 1.";
        if (!(InitialStepSize > 0 && double.IsFinite(InitialStepSize) && FinalStepSize > 0 && FinalStepSize <= InitialStepSize))
            yield return $"{nameof(LangevinChain)}'s step sizes {InitialStepSize} .. {FinalStepSize} must be positive and must not grow.";
        if (!(Power > 0 && double.IsFinite(Power))) yield return $"{nameof(LangevinChain)}.{nameof(Power)} {Power} must be positive.";
        if (!(MaximumMove is > 0 and <= 2)) yield return $"{nameof(LangevinChain)}.{nameof(MaximumMove)} {MaximumMove} must be in (0, 2].";
        if (!(NoiseScale >= 0 && double.IsFinite(NoiseScale))) yield return $"{nameof(LangevinChain)}.{nameof(NoiseScale)} {NoiseScale} must be finite and not negative.";
    }
}
