namespace BehaviorCloning.Heads;

/// <summary>
/// DPM-Solver++(2M) (Lu et al., arXiv 2211.01095): second order at one evaluation a step, from the action chunks predicted at this
/// step and the one before. Deterministic.
/// </summary>
/// <remarks>
/// With lambda = log(signal / noise), h its growth over a step and r the last growth over h:
/// <code>
/// x' = noise'/noise x - signal' (exp(-h) - 1) ((1 + 1/(2r)) action - 1/(2r) previous action)
/// </code>
/// The first step has no predecessor and the last ends without noise, where h is infinite: both are of first order, as in diffusers
/// ("linspace" spacing, final sigma zero, "lower_order_final").
/// </remarks>
public sealed record DpmSolverSampler : DiffusionSampler
{
    /// <summary>Steps from noise to action. Default 10.</summary>
    public int Steps { get; init; } = 10;

    /// <inheritdoc/>
    public override IReadOnlyList<DenoisingStep> Plan(NoiseLevels levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        var plan = new DenoisingStep[Steps];
        double lastGrowth = 0;
        for (int i = 0; i < Steps; i++)
        {
            int k = Level(i, levels.Count);
            if (i == Steps - 1)
            {
                plan[i] = new DenoisingStep(k) { Clean = 1 };
                break;
            }

            int next = Level(i + 1, levels.Count);
            double growth = Lambda(levels, next) - Lambda(levels, k);
            double factor = -levels.Signal(next) * double.ExpM1(-growth);
            double extrapolation = i == 0 ? 0 : growth / (2 * lastGrowth);
            plan[i] = new DenoisingStep(k)
            {
                Noisy = levels.Noise(next) / levels.Noise(k),
                Clean = factor * (1 + extrapolation),
                PreviousClean = -factor * extrapolation,
            };
            lastGrowth = growth;
        }

        return plan;
    }

    /// <summary>At most one step fewer than training: the visited steps must differ.</summary>
    /// <inheritdoc/>
    public override IEnumerable<string> Problems(int trainingSteps) => ProblemsOf(Steps, trainingSteps - 1);

    private static double Lambda(NoiseLevels levels, int k) => Math.Log(levels.Signal(k) / levels.Noise(k));

    // Steps + 1 even points over all training steps, without the last.
    private int Level(int i, int count) => (int)Math.Round((count - 1) * (double)(Steps - i) / Steps);
}
