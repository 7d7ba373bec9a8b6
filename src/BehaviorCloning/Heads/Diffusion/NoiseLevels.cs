namespace BehaviorCloning.Heads;

/// <summary>What a schedule's noise levels are made of: at step k a chunk is <c>Signal(k) action + Noise(k) noise</c>.</summary>
/// <remarks>
/// Betas are rounded to floats first, as diffusers stores them; the last one, 0.999, differs in the seventh digit of
/// <c>1 - beta</c> otherwise.
/// </remarks>
public sealed class NoiseLevels
{
    private readonly double[] remaining;

    /// <summary>Computes the levels of a schedule.</summary>
    public NoiseLevels(NoiseSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        remaining = schedule.Betas();
        double product = 1;
        for (int k = 0; k < remaining.Length; k++) remaining[k] = product *= 1 - (double)(float)remaining[k];
    }

    /// <summary>How many levels there are.</summary>
    public int Count => remaining.Length;

    /// <summary>The product of all <c>1 - beta</c> up to step k: the action's share of the variance. 1 at k = -1, where there is no noise.</summary>
    public double Remaining(int k) => k < 0 ? 1 : remaining[k];

    /// <summary>What the action is multiplied by at step k.</summary>
    public double Signal(int k) => Math.Sqrt(Remaining(k));

    /// <summary>What the noise is multiplied by at step k.</summary>
    public double Noise(int k) => Math.Sqrt(1 - Remaining(k));

    /// <summary>The action's share of what is seen at step k: Signal / (Signal + Noise).</summary>
    internal double SignalShare(int k) => Signal(k) / (Signal(k) + Noise(k));
}
