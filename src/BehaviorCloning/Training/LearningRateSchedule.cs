namespace BehaviorCloning.Training;

/// <summary>Linear warm-up, then half a cosine: what multiplies the learning rate at each optimizer step.</summary>
/// <remarks>
/// <code>
/// // W warm-up steps, N steps in all, final fraction f, step i = 0 .. N - 1:
/// //   i &lt; W   factor = (i + 1) / W
/// //   else    factor = f + (1 - f) (1 + cos(pi p)) / 2,  p = (i - W) / (N - W)
/// // W = 4, N = 8, f = 0:
/// //   i        0     1     2     3     4     5      6     7
/// //   factor   0.25  0.5   0.75  1     1     0.854  0.5   0.146
/// </code>
/// diffusers' "cosine" begins with i / W, which spends the first step at learning rate 0. Here neither the first nor the last
/// step is wasted; from step W on the two agree (for f = 0).
/// </remarks>
public static class LearningRateSchedule
{
    /// <summary>The factor of a step.</summary>
    /// <param name="step">i, from 0.</param>
    /// <param name="warmupSteps">W.</param>
    /// <param name="totalSteps">N.</param>
    /// <param name="finalFraction">f; 1 keeps the rate constant after the warm-up.</param>
    public static double Factor(long step, long warmupSteps, long totalSteps, double finalFraction)
    {
        if (step < warmupSteps) return (step + 1.0) / warmupSteps;
        double p = Math.Min(1, (double)(step - warmupSteps) / Math.Max(1, totalSteps - warmupSteps));
        return finalFraction + ((1 - finalFraction) * 0.5 * (1 + Math.Cos(Math.PI * p)));
    }
}
