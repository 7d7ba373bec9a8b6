namespace BehaviorCloning;

/// <summary>A world to act in, step by step. One instance belongs to one thread at a time.</summary>
public interface IEnvironment : IDisposable
{
    /// <summary>What each step observes.</summary>
    ObservationSpec Observations { get; }

    /// <summary>What each action is.</summary>
    ActionSpec Actions { get; }

    /// <summary>Control steps a second.</summary>
    double ControlRateHz { get; }

    /// <summary>Steps after which an evaluation gives up.</summary>
    int StepLimit { get; }

    /// <summary>Starts an episode. The same seed gives the same episode.</summary>
    Observation Reset(long seed);

    /// <summary>Takes one control step.</summary>
    /// <param name="action">Da values in raw units.</param>
    StepResult Step(ReadOnlySpan<float> action);
}

/// <summary>What one control step led to.</summary>
/// <param name="Observation">What is sensed after the step.</param>
/// <param name="Reward">How good the step's outcome is, by the environment's own measure.</param>
/// <param name="Success">Whether the task is solved now.</param>
/// <param name="Terminated">Whether the episode is over (solved or failed), apart from the step limit.</param>
public readonly record struct StepResult(Observation Observation, double Reward, bool Success, bool Terminated);
