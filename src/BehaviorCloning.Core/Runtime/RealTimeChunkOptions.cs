namespace BehaviorCloning.Runtime;

/// <summary>Options of <see cref="RealTimeChunkExecutor"/>.</summary>
public sealed record RealTimeChunkOptions
{
    /// <summary>s_min: actions of a chunk that are executed before the next inference may start. Null (default): the policy's Te.</summary>
    public int? MinimumExecutionHorizon { get; init; }

    /// <summary>d_init: the delay, in control steps, assumed before one was measured. Default 1.</summary>
    public int InitialDelay { get; init; } = 1;

    /// <summary>b: how many measured delays the conservative maximum looks back on. Default 10.</summary>
    public int DelayQueueLength { get; init; } = 10;

    /// <summary>Inferences done and thrown away in <see cref="RealTimeChunkExecutor.Begin"/>: the first ones load and compile. Default 2.</summary>
    public int WarmUpInferences { get; init; } = 2;

    /// <summary>How long <see cref="RealTimeChunkExecutor.Begin"/> waits for warm-up and the first chunk. Default 60 s.</summary>
    public TimeSpan BeginTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long disposing waits for an inference under way before it is left to its fate. Default 2 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Every fault of these options for a policy, none if they are sound.</summary>
    public IEnumerable<string> Problems(Horizons horizons)
    {
        ArgumentNullException.ThrowIfNull(horizons);
        int minimum = MinimumExecutionHorizon ?? horizons.Execution;
        if (minimum < 1) yield return $"{nameof(MinimumExecutionHorizon)} {minimum} must be at least 1.";
        if (InitialDelay < 0) yield return $"{nameof(InitialDelay)} {InitialDelay} must not be negative.";
        if (minimum + InitialDelay > horizons.Prediction)
            yield return $"After {minimum} executed actions and a delay of {InitialDelay} a chunk of {horizons.Prediction} has run out (s + d must be at most H). Execute fewer before the next inference, or predict more.";
        if (DelayQueueLength < 1) yield return $"{nameof(DelayQueueLength)} {DelayQueueLength} must be at least 1.";
        if (WarmUpInferences < 0) yield return $"{nameof(WarmUpInferences)} {WarmUpInferences} must not be negative.";
        if (BeginTimeout <= TimeSpan.Zero) yield return $"{nameof(BeginTimeout)} {BeginTimeout} must be positive.";
        if (ShutdownTimeout < TimeSpan.Zero) yield return $"{nameof(ShutdownTimeout)} {ShutdownTimeout} must not be negative.";
    }
}

/// <summary>What a <see cref="RealTimeChunkExecutor"/> has done since it was made.</summary>
/// <param name="Inferences">Chunks that took over, first chunks of episodes not counted.</param>
/// <param name="Failures">Inferences that threw or gave a chunk of the wrong form.</param>
/// <param name="Discarded">Chunks that came after their episode was over.</param>
/// <param name="StarvedSteps">Control steps for which no action was left.</param>
/// <param name="PlannedDelay">d the next inference will plan with, in control steps.</param>
/// <param name="LastError">What the newest failure said; null if there was none.</param>
/// <param name="InferenceTime">How long inferences took, warm-up and first chunks not counted.</param>
/// <param name="ColdStart">How long the last <see cref="RealTimeChunkExecutor.Begin"/> took.</param>
public sealed record RealTimeChunkStatistics(
    long Inferences, long Failures, long Discarded, long StarvedSteps, int PlannedDelay, string? LastError, DurationSummary InferenceTime, TimeSpan ColdStart);
