namespace BehaviorCloning.Evaluation;

/// <summary>Which episodes a <see cref="RolloutRunner"/> plays, and how.</summary>
public sealed record RolloutOptions
{
    /// <summary>One episode each. Keep the list with the result: figures of different seeds are not comparable.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Te: actions executed of each chunk. Null (default): what the policy's horizons say.</summary>
    public int? ExecutionHorizon { get; init; }

    /// <summary>The first so many episodes keep every observation and action, to be drawn or inspected. Default 0.</summary>
    public int TrajectoriesKept { get; init; }

    /// <summary>Environments stepped at the same time. Default: the processors there are.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Episodes in flight, each with its own environment: the batch of an inference. Bounds memory; the default, 512, suits worlds
    /// without images. A policy that draws noise draws it for a whole batch, so another value gives other (equally valid) episodes.
    /// </summary>
    public int EpisodesAtOnce { get; init; } = 512;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Seeds.Count == 0) yield return "There are no seeds to play: give at least one.";
        if (Seeds.Distinct().Count() is var distinct && distinct != Seeds.Count)
            yield return $"Only {distinct} of the {Seeds.Count} seeds differ: an episode played twice makes the figures look surer than they are.";
        if (ExecutionHorizon < 1) yield return $"Execution horizon {ExecutionHorizon} must be at least 1.";
        if (TrajectoriesKept < 0) yield return $"TrajectoriesKept is {TrajectoriesKept}; it counts episodes and cannot be negative.";
        if (Parallelism < 1) yield return $"Parallelism {Parallelism} must be at least 1.";
        if (EpisodesAtOnce < 1) yield return $"EpisodesAtOnce {EpisodesAtOnce} must be at least 1.";
    }
}
