namespace BehaviorCloning;

/// <summary>A machine that is observed and commanded once a control step.</summary>
public interface IRobot
{
    /// <summary>What <see cref="Observe"/> returns.</summary>
    ObservationSpec Observations { get; }

    /// <summary>What <see cref="Send"/> takes.</summary>
    ActionSpec Actions { get; }

    /// <summary>Reads the sensors.</summary>
    Observation Observe();

    /// <summary>Commands an action in raw units. Called on the control thread: must not block.</summary>
    void Send(ReadOnlySpan<float> action);
}
