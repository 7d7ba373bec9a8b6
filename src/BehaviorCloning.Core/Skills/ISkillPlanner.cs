namespace BehaviorCloning.Skills;

/// <summary>What a planner may look at.</summary>
/// <param name="Goal">What is to be achieved, in words.</param>
/// <param name="Observation">What is observed now.</param>
/// <param name="Past">The skills that ran, in order.</param>
public sealed record SkillSituation(string Goal, Observation Observation, IReadOnlyList<SkillRecord> Past);

/// <summary>What a planner wants next.</summary>
/// <param name="Skill">The skill's name; null ends the plan.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record SkillChoice(string? Skill, string Reason)
{
    /// <summary>Answers that were refused before, and why.</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];

    /// <summary>Whether this is the safe way out, since no answer could be accepted.</summary>
    public bool IsFallback { get; init; }
}

/// <summary>A skill that ran.</summary>
/// <param name="Skill">Its name.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Steps">Control steps it took.</param>
/// <param name="Choice">What the planner had said.</param>
/// <param name="Fault">Why it failed, or null.</param>
public sealed record SkillRecord(string Skill, SkillOutcome Outcome, int Steps, SkillChoice Choice, string? Fault);

/// <summary>Decides which skill comes next: a script, or a language model. Asked when a skill has ended.</summary>
/// <remarks>
/// Under a <see cref="SkillExecutor"/> it is asked on the thread pool, one question at a time within an episode; a new episode cancels the question of the
/// last, but does not wait for a planner that does not heed that.
/// </remarks>
public interface ISkillPlanner
{
    /// <summary>What comes next.</summary>
    ValueTask<SkillChoice> ChooseAsync(SkillSituation situation, CancellationToken cancellationToken = default);
}
