namespace BehaviorCloning;

/// <summary>
/// Averages what successive chunks say about the same control step (ACT, arXiv 2304.13705): weight <c>exp(-m i)</c> for the i-th
/// oldest prediction, so that with m above 0 the OLDEST counts most. Belongs to one episode.
/// </summary>
/// <remarks>
/// Tp = 3, a chunk inferred at every step; step 2 is the weighted mean of three predictions:
/// <code>
/// // step           0   1   2   3   4
/// // chunk of 0     a0  a1  a2            i = 0, weight 1
/// // chunk of 1         b0  b1  b2        i = 1, weight exp(-m)
/// // chunk of 2             c0  c1  c2    i = 2, weight exp(-2m)
/// </code>
/// </remarks>
public sealed class TemporalEnsemble
{
    private readonly ActionChunk?[] chunks;
    private readonly long[] firstSteps;
    private readonly double[] sums;
    private readonly double decay;
    private int newest = -1;

    /// <summary>An empty ensemble.</summary>
    /// <param name="predictionHorizon">Tp: the most chunks that can speak of one step.</param>
    /// <param name="dimension">Da.</param>
    /// <param name="decay">m. ACT's 0.01 is the default; 0 weighs all alike; below 0 newer predictions count more.</param>
    public TemporalEnsemble(int predictionHorizon, int dimension, double decay = 0.01)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(predictionHorizon, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (!double.IsFinite(decay)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must be finite; ACT uses 0.01.");
        chunks = new ActionChunk?[predictionHorizon];
        firstSteps = new long[predictionHorizon];
        sums = new double[dimension];
        this.decay = decay;
    }

    /// <summary>Adds a chunk; the oldest of more than Tp is forgotten.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="firstStep">The control step its index 0 belongs to; never before that of an earlier chunk.</param>
    public void Add(ActionChunk chunk, long firstStep)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        if (chunk.Dimension != sums.Length) throw new ArgumentException($"The chunk has {chunk.Dimension}-dimensional actions; this ensemble averages {sums.Length}-dimensional ones.", nameof(chunk));
        if (newest >= 0 && firstStep < firstSteps[newest]) throw new ArgumentOutOfRangeException(nameof(firstStep), firstStep, $"The newest chunk begins at step {firstSteps[newest]}; chunks are added in order.");
        newest = (newest + 1) % chunks.Length;
        chunks[newest] = chunk;
        firstSteps[newest] = firstStep;
    }

    /// <summary>Writes the average of all predictions for a step.</summary>
    /// <returns>How many there are; with 0 the action is left as it was.</returns>
    public int Average(long step, Span<float> action)
    {
        Array.Clear(sums);
        double total = 0;
        int count = 0;
        for (int k = 1; k <= chunks.Length; k++)
        {
            int slot = (newest + k) % chunks.Length;
            if (newest < 0 || chunks[slot] is not { } chunk || step < firstSteps[slot] || step >= firstSteps[slot] + chunk.Length) continue;
            double weight = Math.Exp(-decay * count++);
            ReadOnlySpan<float> predicted = chunk[(int)(step - firstSteps[slot])];
            for (int i = 0; i < sums.Length; i++) sums[i] += weight * predicted[i];
            total += weight;
        }

        if (count == 0) return 0;
        for (int i = 0; i < sums.Length; i++) action[i] = (float)(sums[i] / total);
        return count;
    }

    /// <summary>Forgets all chunks: a new episode.</summary>
    public void Clear()
    {
        Array.Clear(chunks);
        newest = -1;
    }
}
