namespace BehaviorCloning;

/// <summary>
/// Gives one action a control step: of a policy's chunks, or of the skills of a plan. All executors keep an episode's state, so one belongs
/// to one robot; <see cref="Begin"/> starts an episode, then <see cref="TryAct"/> is called once a control step.
/// </summary>
public interface IActionExecutor : IDisposable
{
    /// <summary>What each step must observe.</summary>
    ObservationSpec Observations { get; }

    /// <summary>What each action is.</summary>
    ActionSpec Actions { get; }

    /// <summary>Actions at hand without another inference: what a loop reports as its queue.</summary>
    int QueueDepth { get; }

    /// <summary>Forgets the last episode and does what takes long, so that the first step does not: the first inference, warm-up.</summary>
    /// <param name="observation">What is observed while the robot still stands.</param>
    void Begin(Observation observation);

    /// <summary>Takes what is observed now and gives the action of this control step.</summary>
    /// <param name="observation">What is observed now.</param>
    /// <param name="action">Receives Da values in raw units; left as it was when there is no action.</param>
    /// <returns>False when no action is at hand. The robot must then hold: the control loop's guard sees to that, and stops it if it lasts.</returns>
    bool TryAct(Observation observation, Span<float> action);
}
