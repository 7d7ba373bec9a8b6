namespace BehaviorCloning.Skills;

/// <summary>Why a plan ended.</summary>
public enum PlanEnd
{
    /// <summary>The environment says that the task is solved.</summary>
    Solved,

    /// <summary>The planner had nothing more to do.</summary>
    Finished,

    /// <summary>The planner's answers could not be accepted, and there was no safe skill to fall back to.</summary>
    NoAnswer,

    /// <summary>The planner chose what may not start, or failed itself.</summary>
    Refused,

    /// <summary>So many skills were run as are allowed.</summary>
    TooManySkills,

    /// <summary>The episode was over: its step limit, or a failure.</summary>
    EpisodeOver,
}

/// <summary>What became of a plan.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="Skills">The skills that ran, in order.</param>
/// <param name="Steps">Control steps in all; on a robot those during which the planner thought are among them.</param>
/// <param name="Reason">Why it ended, for people.</param>
public sealed record PlanReport(PlanEnd End, IReadOnlyList<SkillRecord> Skills, int Steps, string Reason);

/// <summary>
/// Runs skills in an environment as a planner chooses them. Whoever the planner is, it is checked: a skill that is not in the library or may not start is not
/// started, and a plan has an end. While a planner thinks the environment is not stepped; on a robot, which goes on, a <see cref="SkillExecutor"/> runs them.
/// </summary>
/// <param name="library">The skills there are.</param>
/// <param name="planner">Who chooses.</param>
public sealed class SkillRunner(SkillLibrary library, ISkillPlanner planner)
{
    /// <summary>Skills after which a plan is ended. Default 50.</summary>
    public int MostSkills { get; init; } = 50;

    /// <summary>Plays an episode.</summary>
    /// <param name="environment">The world; is reset.</param>
    /// <param name="seed">Of the episode.</param>
    /// <param name="goal">What is to be achieved, in words.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <exception cref="ArgumentException">The skills' actions are not the environment's.</exception>
    public async Task<PlanReport> RunAsync(IEnvironment environment, long seed, string goal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (library.Actions != environment.Actions)
            throw new ArgumentException($"The skills act by '{library.Actions.Name}' of {library.Actions.Dimension} values, the environment takes '{environment.Actions.Name}' of {environment.Actions.Dimension}, or limits or names differ.", nameof(environment));
        var plan = new SkillPlan(library, planner, goal, MostSkills);
        Observation observation = environment.Reset(seed);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (plan.MayGoOn()) plan.TakeUp(await plan.AskAsync(observation, cancellationToken).ConfigureAwait(false), observation);
            if (plan.Report is { } over) return over;
            while (plan.Next(observation) is { } action)
            {
                cancellationToken.ThrowIfCancellationRequested();
                StepResult last = environment.Step(action);
                observation = last.Observation;
                if (last.Success) return plan.End(PlanEnd.Solved, "the task is solved");
                if (last.Terminated) return plan.End(PlanEnd.EpisodeOver, "the episode ended in failure");
                if (plan.Steps >= environment.StepLimit) return plan.End(PlanEnd.EpisodeOver, $"{plan.Steps} steps were taken");
            }
        }
    }
}
