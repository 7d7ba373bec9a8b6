namespace BehaviorCloning.Heads;

/// <summary>Which of the training steps a sampler of fewer steps visits.</summary>
public enum StepSpacing
{
    /// <summary>From the noisiest step on, evenly (arXiv 2305.08891): starts where pure noise is what was trained on.</summary>
    Trailing,

    /// <summary>0, r, 2r ... with r = training steps / steps, backwards: the published Diffusion Policy. It starts below the noisiest step.</summary>
    Leading,
}

/// <summary>
/// Denoising diffusion implicit models (Song et al., arXiv 2010.02502): deterministic at eta = 0, good with any number of steps.
/// </summary>
/// <remarks>
/// <code>
/// // 100 training steps, 10 steps:   leading  90 80 70 ... 10 0     trailing  99 89 79 ... 19 9
/// </code>
/// The predicted noise is not recomputed after the action was clipped, as in diffusers.
/// </remarks>
public sealed record DdimSampler : DiffusionSampler
{
    /// <summary>Steps from noise to action. Default 10.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>Share of DDPM's fresh noise, 0 to 1. Default 0: none.</summary>
    public double Eta { get; init; }

    /// <summary>Which steps are visited. Default trailing.</summary>
    public StepSpacing Spacing { get; init; } = StepSpacing.Trailing;

    /// <inheritdoc/>
    public override IReadOnlyList<DenoisingStep> Plan(NoiseLevels levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        int stride = levels.Count / Steps;
        var plan = new DenoisingStep[Steps];
        for (int i = 0; i < Steps; i++)
        {
            int k = Spacing == StepSpacing.Leading ? (Steps - 1 - i) * stride : Trailing(i, levels.Count);
            int following = Spacing == StepSpacing.Leading ? k - stride : i + 1 < Steps ? Trailing(i + 1, levels.Count) : -1;
            double now = levels.Remaining(k), next = levels.Remaining(following);
            double variance = Eta * Eta * (1 - next) / (1 - now) * (1 - (now / next));
            plan[i] = new DenoisingStep(k)
            {
                Clean = Math.Sqrt(next),
                Noise = Math.Sqrt(Math.Max(0, 1 - next - variance)),
                Fresh = Math.Sqrt(variance),
            };
        }

        return plan;
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(int trainingSteps)
    {
        foreach (string problem in ProblemsOf(Steps, trainingSteps)) yield return problem;
        if (!(Eta is >= 0 and <= 1)) yield return $"{nameof(DdimSampler)}.{nameof(Eta)} {Eta} must be between 0 (no fresh noise) and 1 (as much as DDPM).";
        if (!Enum.IsDefined(Spacing)) yield return $"{nameof(DdimSampler)}.{nameof(Spacing)} {Spacing} must be one of {string.Join(", ", Enum.GetNames<StepSpacing>())}.";
    }

    private int Trailing(int i, int count) => (int)Math.Round(count - (i * (double)count / Steps)) - 1;
}
