namespace BehaviorCloning;

/// <summary>How strongly each step of a new chunk is held to the chunk before it (Real-Time Chunking, arXiv 2506.07339, Eq. 5).</summary>
/// <remarks>
/// The first <c>d</c> steps are executed before the new chunk arrives and count fully; the last <c>s</c> have no counterpart and count
/// nothing; the kinds differ in between. With H = 8, d = 2, s = 2:
/// <code>
/// // step      0     1     2     3     4     5     6     7
/// // Soft      1     1    .571  .287  .114  .026   0     0
/// // Linear    1     1    .8    .6    .4    .2     0     0
/// // Hard      1     1     0     0     0     0     0     0
/// // Ones      1     1     1     1     1     1     0     0
/// </code>
/// </remarks>
public enum PrefixSchedule
{
    /// <summary><c>c (e^c - 1) / (e - 1)</c> with c falling linearly from step d to step H - s: Eq. 5, the paper's choice.</summary>
    Soft,

    /// <summary>c itself.</summary>
    Linear,

    /// <summary>Only what will surely be executed: the paper's "hard masking".</summary>
    Hard,

    /// <summary>All of what remains, as if none of it could still be changed.</summary>
    Ones,
}

/// <summary>The weights of a <see cref="PrefixSchedule"/>.</summary>
public static class PrefixWeights
{
    /// <summary>Writes a chunk's weights.</summary>
    /// <param name="schedule">The kind.</param>
    /// <param name="weights">Receives one weight a step, so its length is H.</param>
    /// <param name="inferenceDelay">d: steps executed before the new chunk arrives. Cut to <paramref name="remaining"/>.</param>
    /// <param name="remaining">H - s: steps of the previous chunk that are left.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative, or more remains than a chunk is long.</exception>
    public static void Fill(PrefixSchedule schedule, Span<float> weights, int inferenceDelay, int remaining)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inferenceDelay);
        ArgumentOutOfRangeException.ThrowIfNegative(remaining);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(remaining, weights.Length);
        int start = Math.Min(inferenceDelay, remaining);
        for (int i = 0; i < weights.Length; i++)
        {
            double c = (remaining - i) / (remaining - start + 1.0);
            weights[i] = i < start ? 1 : i >= remaining ? 0 : schedule switch
            {
                PrefixSchedule.Soft => (float)(c * (Math.Exp(c) - 1) / (Math.E - 1)),
                PrefixSchedule.Linear => (float)c,
                PrefixSchedule.Hard => 0,
                PrefixSchedule.Ones => 1,
                _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, "There is no such schedule."),
            };
        }
    }
}
