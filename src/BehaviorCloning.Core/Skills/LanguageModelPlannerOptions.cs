namespace BehaviorCloning.Skills;

/// <summary>How far a <see cref="LanguageModelPlanner"/> trusts, and what it does when it does not.</summary>
public sealed record LanguageModelPlannerOptions
{
    /// <summary>Answers asked for at most, before the fallback. Each further question says why the answer before was refused. Default 3.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>The longest that one answer may take; a robot holds meanwhile, or does what <see cref="SkillExecutor.Waiting"/> says. Default 20 s.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest answer that is read, in characters. Default 2000.</summary>
    public int LongestAnswer { get; init; } = 2000;

    /// <summary>How often in a row the same skill may be chosen. Default 3.</summary>
    public int MostInARow { get; init; } = 3;

    /// <summary>How often a round of several skills (reach, grasp, reach, grasp, ...) may be repeated. Default 3.</summary>
    public int MostRounds { get; init; } = 3;

    /// <summary>The skill that is safe when no answer can be accepted, "stop_arm" for instance; null (default) ends the plan.</summary>
    public string? Fallback { get; init; }

    /// <summary>How an observation is told; default: every float feature with up to 16 values, to four digits.</summary>
    public Func<Observation, string>? Describe { get; init; }

    /// <summary>Every fault of these options, none if they are sound.</summary>
    /// <param name="library">The skills there are.</param>
    public IEnumerable<string> Problems(SkillLibrary library)
    {
        ArgumentNullException.ThrowIfNull(library);
        foreach ((string name, int value) in new[] { (nameof(Attempts), Attempts), (nameof(LongestAnswer), LongestAnswer), (nameof(MostInARow), MostInARow), (nameof(MostRounds), MostRounds) })
        {
            if (value < 1) yield return $"{name} {value} must be at least 1.";
        }

        if (TimeLimit <= TimeSpan.Zero) yield return $"TimeLimit {TimeLimit} must be positive.";
        if (Fallback is not null && library.Find(Fallback) is null) yield return $"Fallback '{Fallback}' is no skill. There are: {library.Names}.";
    }
}
