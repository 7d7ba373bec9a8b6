namespace BehaviorCloning.Skills;

/// <summary>A state of a <see cref="SkillStateMachine"/>: a skill, and where to go after it.</summary>
/// <param name="Skill">The skill's name.</param>
/// <param name="Next">The next state's name, given how the skill ended and what is observed; null ends the plan.</param>
public sealed record SkillState(string Skill, Func<SkillOutcome, Observation, string?> Next);

/// <summary>A plan that is written down: states, each a skill and where to go after it. The same outcomes and observations lead the same way.</summary>
/// <example><code>
/// var plan = new SkillStateMachine("approach", new Dictionary&lt;string, SkillState&gt;
/// {
///     ["approach"] = new("reach_cup", (outcome, _) => outcome == SkillOutcome.Done ? "lift" : null),
///     ["lift"] = new("lift_cup", (outcome, _) => outcome == SkillOutcome.Done ? null : "approach"),
/// });
/// </code></example>
public sealed class SkillStateMachine : ISkillPlanner
{
    private readonly Lock gate = new();
    private readonly string first;
    private readonly Dictionary<string, SkillState> states;
    private string? at;

    /// <summary>Writes down a plan.</summary>
    /// <param name="first">The state to begin in.</param>
    /// <param name="states">All states by name.</param>
    /// <exception cref="ArgumentException">The first state is none of them.</exception>
    public SkillStateMachine(string first, IReadOnlyDictionary<string, SkillState> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (!states.ContainsKey(first)) throw new ArgumentException($"The plan begins in state '{first}', which is none of {string.Join(", ", states.Keys)}.", nameof(first));
        this.first = first;
        this.states = new(states, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    /// <remarks>An empty past begins the plan anew. A question that was cancelled leaves no trace, so a late one cannot lead a new plan astray.</remarks>
    /// <exception cref="InvalidOperationException">A state leads to one that is not there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ValueTask<SkillChoice> ChooseAsync(SkillSituation situation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(situation);
        lock (gate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string? from = situation.Past.Count == 0 ? null : at;
            string? to = situation.Past.Count == 0 ? first : at is null ? null : states[at].Next(situation.Past[^1].Outcome, situation.Observation);
            if (to is not null && !states.ContainsKey(to))
                throw new InvalidOperationException($"State '{from}' leads to '{to}' after {situation.Past[^1].Outcome}, which is none of {string.Join(", ", states.Keys)}.");
            at = to;
            return ValueTask.FromResult(new SkillChoice(to is null ? null : states[to].Skill, to is null ? "the plan is at its end" : $"state '{to}'"));
        }
    }
}
