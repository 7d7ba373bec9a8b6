namespace BehaviorCloning.Heads;

/// <summary>Ancestral sampling (Ho et al., arXiv 2006.11239), with the posterior's variance ("fixed_small"): random at every step.</summary>
/// <remarks>
/// With all training steps, as Diffusion Policy runs it. With fewer, steps are spaced evenly and each spans its gap, as diffusers does
/// today; version 0.11.1, which Diffusion Policy pins, steps wrongly there. <see cref="DdimSampler"/> is better at few steps.
/// </remarks>
public sealed record DdpmSampler : DiffusionSampler
{
    /// <summary>Steps from noise to action. Default 100.</summary>
    public int Steps { get; init; } = 100;

    /// <inheritdoc/>
    public override IReadOnlyList<DenoisingStep> Plan(NoiseLevels levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        int stride = levels.Count / Steps;
        var plan = new DenoisingStep[Steps];
        for (int i = 0; i < Steps; i++)
        {
            int k = (Steps - 1 - i) * stride;
            double now = levels.Remaining(k), next = levels.Remaining(k - stride), beta = 1 - (now / next);
            double variance = Math.Max((1 - next) / (1 - now) * beta, 1e-20);
            plan[i] = new DenoisingStep(k)
            {
                Clean = Math.Sqrt(next) * beta / (1 - now),
                Noisy = Math.Sqrt(1 - beta) * (1 - next) / (1 - now),
                Fresh = k > 0 ? Math.Sqrt(variance) : 0,
            };
        }

        return plan;
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(int trainingSteps) => ProblemsOf(Steps, trainingSteps);
}
