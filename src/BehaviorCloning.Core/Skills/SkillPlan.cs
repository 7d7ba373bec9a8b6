using System.Collections.ObjectModel;

namespace BehaviorCloning.Skills;

/// <summary>
/// A plan being carried out: asks the planner, checks what it says, keeps what ran. What a simulation and a robot share. One thread carries it out;
/// <see cref="Past"/>, <see cref="Current"/> and <see cref="Report"/> may be read from any.
/// </summary>
internal sealed class SkillPlan(SkillLibrary library, ISkillPlanner planner, string goal, int mostSkills)
{
    private volatile ReadOnlyCollection<SkillRecord> past = new([]);
    private volatile Started? current;
    private volatile PlanReport? report;

    /// <summary>The skills that have ended, in order; never changed, but replaced.</summary>
    public IReadOnlyList<SkillRecord> Past => past;

    /// <summary>The name of the skill that runs, or null.</summary>
    public string? Current => current?.Name;

    /// <summary>What became of it; null while it goes on.</summary>
    public PlanReport? Report => report;

    /// <summary>Control steps taken so far.</summary>
    public int Steps { get; set; }

    /// <summary>Whether another skill may be asked for; otherwise the plan is over.</summary>
    public bool MayGoOn()
    {
        if (past.Count < mostSkills) return true;
        End(PlanEnd.TooManySkills, $"{mostSkills} skills ran");
        return false;
    }

    /// <summary>Asks the planner. Changes nothing, so it may run beside the rest; whatever the planner throws is an answer too, unless it was cancelled.</summary>
    public async Task<(SkillChoice? Choice, string? Fault)> AskAsync(Observation observation, CancellationToken cancellationToken)
    {
        try
        {
            SkillChoice? choice = await planner.ChooseAsync(new SkillSituation(goal, observation, past), cancellationToken).ConfigureAwait(false);
            return choice is null ? (null, "the planner gave no choice") : (choice, null);
        }
        catch (Exception e) when (e is not OutOfMemoryException && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            return (null, $"the planner threw {e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>Starts what was chosen if that may start now, otherwise ends the plan.</summary>
    /// <param name="answer">What the planner said, perhaps some time ago.</param>
    /// <param name="observation">What is observed now.</param>
    public void TakeUp((SkillChoice? Choice, string? Fault) answer, Observation observation)
    {
        if (answer.Choice is not { } choice) End(PlanEnd.Refused, answer.Fault!);
        else if (choice.Skill is null) End(choice.IsFallback ? PlanEnd.NoAnswer : PlanEnd.Finished, choice.Reason);
        else if (library.Find(choice.Skill) is not { } skill) End(PlanEnd.Refused, $"there is no skill {SkillAnswer.Quote(choice.Skill)}; there are {library.Names}");
        else if (skill.WhyNot(observation) is { } reason) End(PlanEnd.Refused, $"'{skill.Name}' may not start: {reason}");
        else current = new(skill.Name, choice, new SkillRun(skill));
    }

    /// <summary>The next action of the skill that runs; null where none does, or where it has just ended.</summary>
    public float[]? Next(Observation observation)
    {
        if (current is not { } now) return null;
        float[]? action = now.Run.Next(observation);
        if (action is null) Record(now);
        else Steps++;
        return action;
    }

    /// <summary>Ends the plan, and the skill that runs with it.</summary>
    public PlanReport End(PlanEnd end, string reason)
    {
        if (current is { } now)
        {
            now.Run.Interrupt();
            Record(now);
        }

        return report = new(end, past, Steps, reason);
    }

    private void Record(Started ended)
    {
        past = new([.. past, new SkillRecord(ended.Name, ended.Run.Outcome, ended.Run.Steps, ended.Choice, ended.Run.Fault)]);
        current = null;
    }

    private sealed record Started(string Name, SkillChoice Choice, SkillRun Run);
}
