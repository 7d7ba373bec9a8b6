namespace BehaviorCloning.Evaluation;

/// <summary>Which episodes a <see cref="DelayedRolloutRunner"/> plays, and how late its inferences are.</summary>
public sealed record DelayedRolloutOptions
{
    /// <summary>One episode each.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>d: control steps from an observation to the first action inferred from it. Default 0.</summary>
    public int InferenceDelay { get; init; }

    /// <summary>
    /// s: control steps from one inference to the next. Null (default): as often as inferences that follow each other can, max(1, d), the
    /// setting of the RTC paper's delay figure.
    /// </summary>
    public int? ExecutionHorizon { get; init; }

    /// <summary>
    /// m: where set, what is executed is the average of all chunks that have arrived, <see cref="TemporalEnsemble"/>. Null (default): the
    /// newest chunk alone.
    /// </summary>
    public double? EnsembleDecay { get; init; }

    /// <summary>Environments stepped at the same time. Default: the processors there are.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Episodes in flight: the batch of an inference. Default 512. Another value gives other (equally valid) episodes.</summary>
    public int EpisodesAtOnce { get; init; } = 512;

    /// <summary>s as it will be.</summary>
    public int Horizon => ExecutionHorizon ?? Math.Max(1, InferenceDelay);

    /// <summary>Every fault of these options for a policy, none if they are sound.</summary>
    public IEnumerable<string> Problems(Horizons horizons)
    {
        ArgumentNullException.ThrowIfNull(horizons);
        foreach (string problem in new RolloutOptions { Seeds = Seeds, Parallelism = Parallelism, EpisodesAtOnce = EpisodesAtOnce, ExecutionHorizon = ExecutionHorizon }.Problems())
            yield return problem;
        if (InferenceDelay < 0) yield return $"{nameof(InferenceDelay)} {InferenceDelay} must not be negative.";
        if (Horizon < InferenceDelay) yield return $"Inferences that take {InferenceDelay} steps cannot follow each other every {Horizon}: s must be at least d.";
        if (Horizon + InferenceDelay > horizons.Prediction) yield return $"A chunk of {horizons.Prediction} actions runs out before the next one arrives, {Horizon} + {InferenceDelay} steps after its observation: s + d must be at most H.";
        if (EnsembleDecay is { } decay && !double.IsFinite(decay)) yield return $"{nameof(EnsembleDecay)} {decay} must be finite.";
    }
}

/// <summary>What became of one episode with delayed inferences.</summary>
/// <param name="Result">The episode.</param>
/// <param name="SeamMax">The largest jump of the action (Euclidean, raw units) into the first action of a new chunk; 0 without a seam.</param>
/// <param name="SeamMean">The mean of these jumps.</param>
/// <param name="InsideMax">The largest jump between other successive actions.</param>
public sealed record DelayedRolloutResult(RolloutResult Result, double SeamMax, double SeamMean, double InsideMax);
