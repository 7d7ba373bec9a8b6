namespace BehaviorCloning.Heads;

/// <summary>
/// How much noise each diffusion step adds: <c>x_k = sqrt(1 - beta_k) x_(k-1) + sqrt(beta_k) noise</c>. Step 0 is nearly clean, the last
/// is nearly noise.
/// </summary>
public abstract record NoiseSchedule
{
    /// <summary>How many noise levels training knows. Default 100, as Diffusion Policy.</summary>
    public int TrainingSteps { get; init; } = 100;

    /// <summary>beta of every step, [TrainingSteps].</summary>
    public abstract double[] Betas();

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public virtual IEnumerable<string> Problems()
    {
        if (TrainingSteps < 2)
        {
            yield return $"{nameof(TrainingSteps)} {TrainingSteps} must be at least 2; 100 is usual.";
            yield break;
        }

        double left = new NoiseLevels(this).SignalShare(TrainingSteps - 1);
        if (!(left < 0.1))
            yield return $"After its last step the schedule still shows {100 * left:0.#} % of the action, but sampling starts from noise alone. Use more training steps, or larger betas.";
    }
}

/// <summary>
/// The squared-cosine schedule (Nichol and Dhariwal, arXiv 2102.09672), which diffusers calls "squaredcos_cap_v2": gentle at both ends.
/// </summary>
public sealed record SquaredCosineSchedule : NoiseSchedule
{
    /// <inheritdoc/>
    public override double[] Betas()
    {
        double[] betas = new double[TrainingSteps];
        for (int k = 0; k < betas.Length; k++)
            betas[k] = Math.Min(1 - (Remaining((k + 1) / (double)TrainingSteps) / Remaining(k / (double)TrainingSteps)), 0.999);
        return betas;

        static double Remaining(double share) => Math.Pow(Math.Cos((share + 0.008) / 1.008 * Math.PI / 2), 2);
    }
}

/// <summary>Betas that grow linearly (Ho et al., arXiv 2006.11239).</summary>
/// <remarks>The paper's 0.0001 to 0.02 are for 1000 steps; the defaults are ten times as large, for 100.</remarks>
public sealed record LinearSchedule : NoiseSchedule
{
    /// <summary>beta of the first step. Default 0.001.</summary>
    public double First { get; init; } = 0.001;

    /// <summary>beta of the last step. Default 0.2.</summary>
    public double Last { get; init; } = 0.2;

    /// <inheritdoc/>
    public override double[] Betas() => [.. Enumerable.Range(0, TrainingSteps).Select(k => First + ((Last - First) * k / (TrainingSteps - 1)))];

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => First > 0 && Last < 1 && First <= Last
        ? base.Problems()
        : [$"{nameof(LinearSchedule)}: betas {First} to {Last} must rise and lie between 0 and 1."];
}
