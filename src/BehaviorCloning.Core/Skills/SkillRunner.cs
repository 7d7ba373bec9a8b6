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
/// <param name="Steps">Control steps in all.</param>
/// <param name="Reason">Why it ended, for people.</param>
public sealed record PlanReport(PlanEnd End, IReadOnlyList<SkillRecord> Skills, int Steps, string Reason);

/// <summary>
/// Runs skills in an environment as a planner chooses them. Whoever the planner is, it is checked: a skill that is not in the library or may not start is not
/// started, and a plan has an end. While a planner thinks the environment is not stepped.
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
        List<SkillRecord> past = [];
        Observation observation = environment.Reset(seed);
        int steps = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (past.Count >= MostSkills) return new(PlanEnd.TooManySkills, past, steps, $"{MostSkills} skills ran");
            SkillChoice choice;
            try
            {
                choice = await planner.ChooseAsync(new SkillSituation(goal, observation, past.AsReadOnly()), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
            {
                return new(PlanEnd.Refused, past, steps, $"the planner threw {e.GetType().Name}: {e.Message}");
            }

            if (choice.Skill is null) return new(choice.IsFallback ? PlanEnd.NoAnswer : PlanEnd.Finished, past, steps, choice.Reason);
            if (library.Find(choice.Skill) is not { } skill) return new(PlanEnd.Refused, past, steps, $"there is no skill {SkillAnswer.Quote(choice.Skill)}; there are {library.Names}");
            if (skill.WhyNot(observation) is { } reason) return new(PlanEnd.Refused, past, steps, $"'{skill.Name}' may not start: {reason}");

            SkillRun run = skill.Start(observation);
            StepResult last = default;
            bool over = false;
            while (!over && run.Next(observation) is { } action)
            {
                cancellationToken.ThrowIfCancellationRequested();
                last = environment.Step(action);
                observation = last.Observation;
                steps++;
                over = last.Success || last.Terminated || steps >= environment.StepLimit;
            }

            if (over) run.Interrupt();
            past.Add(new SkillRecord(skill.Name, run.Outcome, run.Steps, choice, run.Fault));
            if (last.Success) return new(PlanEnd.Solved, past, steps, "the task is solved");
            if (over) return new(PlanEnd.EpisodeOver, past, steps, last.Terminated ? "the episode ended in failure" : $"{steps} steps were taken");
        }
    }
}
