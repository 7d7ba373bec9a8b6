namespace BehaviorCloning.Dagger;

/// <summary>How long an expert is waited for, and what happens when it does not answer or answers nonsense.</summary>
public sealed record LabelingOptions
{
    /// <summary>The longest that one answer may take. Default a minute; null waits forever, for experts that are people.</summary>
    public TimeSpan? TimeLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often an expert that threw or answered nonsense is asked again about the same step. Default 1. One that does not answer is not asked again: it still holds the environment.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>A round ends with an error after so many episodes in a row that the expert broke off. Default 5.</summary>
    public int FailedEpisodesInARow { get; init; } = 5;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (TimeLimit <= TimeSpan.Zero) yield return $"TimeLimit {TimeLimit} must be positive; null waits forever.";
        if (Retries < 0) yield return $"Retries {Retries} must not be negative.";
        if (FailedEpisodesInARow < 1) yield return $"FailedEpisodesInARow {FailedEpisodesInARow} must be at least 1.";
    }
}
