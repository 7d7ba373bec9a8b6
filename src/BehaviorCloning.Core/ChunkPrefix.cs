namespace BehaviorCloning;

/// <summary>
/// What is already decided of the next chunk when its inference starts: the rest of the chunk that is being executed, moved so
/// that index 0 is the newest observation's step (Real-Time Chunking, arXiv 2506.07339).
/// </summary>
/// <remarks>
/// <code>
/// // previous chunk of Tp = 8, s = 3 actions consumed, inference delay d = 2:
/// //   previous index   0  1  2  3  4  5  6  7
/// //   remaining index           0  1  2  3  4
/// //   will be executed          x  x              (d of them: fixed)
/// </code>
/// </remarks>
public sealed record ChunkPrefix
{
    /// <summary>Checks and holds a prefix.</summary>
    /// <param name="remaining">Actions of the running chunk from the newest observation's step on, in raw units.</param>
    /// <param name="inferenceDelay">d: how many of them will have been executed when the new chunk arrives.</param>
    /// <param name="executionHorizon">s: how many steps of the new chunk are executed before the one after it takes over.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative or longer than what remains.</exception>
    public ChunkPrefix(ActionChunk remaining, int inferenceDelay, int executionHorizon)
    {
        ArgumentNullException.ThrowIfNull(remaining);
        ArgumentOutOfRangeException.ThrowIfNegative(inferenceDelay);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inferenceDelay, remaining.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(executionHorizon, 1);
        Remaining = remaining;
        InferenceDelay = inferenceDelay;
        ExecutionHorizon = executionHorizon;
    }

    /// <summary>Actions of the running chunk from the newest observation's step on, in raw units.</summary>
    public ActionChunk Remaining { get; }

    /// <summary>d, in control steps.</summary>
    public int InferenceDelay { get; }

    /// <summary>s, in control steps.</summary>
    public int ExecutionHorizon { get; }

    internal static void RequireOneEach(IReadOnlyList<ObservationHistory> histories, IReadOnlyList<ChunkPrefix> prefixes)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prefixes);
        if (histories.Count != prefixes.Count)
            throw new ArgumentException($"There are {histories.Count} histories and {prefixes.Count} prefixes; give one prefix a history.", nameof(prefixes));
    }
}
