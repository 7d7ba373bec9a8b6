namespace BehaviorCloning.Skills;

/// <summary>How a skill ended, or that it has not.</summary>
public enum SkillOutcome
{
    /// <summary>It goes on.</summary>
    Running,

    /// <summary>It has done what it is for.</summary>
    Done,

    /// <summary>Its step limit was reached.</summary>
    TimedOut,

    /// <summary>It threw, or gave what is no action.</summary>
    Failed,

    /// <summary>The episode ended first.</summary>
    Interrupted,
}

/// <summary>A skill at work, step by step.</summary>
public sealed class SkillRun
{
    private readonly Skill skill;
    private Func<Observation, float[]>? controller;

    internal SkillRun(Skill skill) => this.skill = skill;

    /// <summary>How it ended, or that it has not.</summary>
    public SkillOutcome Outcome { get; private set; }

    /// <summary>Why it failed, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Actions it has given.</summary>
    public int Steps { get; private set; }

    /// <summary>The next action, or null where the skill has ended: see <see cref="Outcome"/>. Never an action that is not finite.</summary>
    /// <param name="observation">What is observed now.</param>
    public float[]? Next(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (Outcome != SkillOutcome.Running) return null;
        try
        {
            if (skill.IsDone(observation)) return End(SkillOutcome.Done);
            if (Steps >= skill.StepLimit) return End(SkillOutcome.TimedOut);
            controller ??= skill.Begin();
            float[] action = controller(observation);
            Fault = skill.FaultOf(action);
            if (Fault is not null) return End(SkillOutcome.Failed);
            Steps++;
            return action;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fault = $"it threw {e.GetType().Name}: {e.Message}";
            return End(SkillOutcome.Failed);
        }
    }

    internal void Interrupt() => _ = Outcome == SkillOutcome.Running ? End(SkillOutcome.Interrupted) : null;

    private float[]? End(SkillOutcome outcome)
    {
        Outcome = outcome;
        return null;
    }
}
