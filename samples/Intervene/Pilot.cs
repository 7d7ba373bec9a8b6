using BehaviorCloning;
using BehaviorCloning.Dagger;
using BehaviorCloning.Simulation;

namespace Intervene;

/// <summary>Who drives.</summary>
internal enum Driver
{
    Policy,
    Nobody,
    Person,
}

/// <summary>
/// The person: decides who drives, and drives. The target starts where the agent is, so whoever takes over first stops it, and moves by a stride a key.
/// </summary>
/// <param name="keys">Where keys come from.</param>
/// <param name="stride">How far a key moves the target, in pixels.</param>
/// <param name="looked">Told whenever something is to be seen, paused or not.</param>
internal sealed class Pilot(IKeys keys, double stride, Action<GateView> looked) : IInterventionGate, IExpert
{
    private readonly float[] target = new float[2];
    private CancellationTokenSource? episode;

    /// <summary>Who drives now.</summary>
    public Driver Driver { get; private set; }

    /// <summary>The last key.</summary>
    public Key Pressed { get; private set; }

    /// <summary>How often the world stood still before this step.</summary>
    public int Pauses { get; private set; }

    /// <summary>Whether the person has had enough.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Where the person wants the agent to go.</summary>
    public ReadOnlySpan<float> Target => target;

    /// <summary>A new episode begins, driven by the policy.</summary>
    /// <param name="running">Canceled when the person ends the episode.</param>
    public void Begin(CancellationTokenSource running) => (episode, Driver, Pauses) = (running, Driver.Policy, 0);

    /// <inheritdoc/>
    public GateDecision Decide(in GateView view)
    {
        Pauses = Driver == Driver.Nobody ? Pauses + 1 : 0;
        Pressed = keys.Next();
        switch (Pressed)
        {
            case Key.Stop or Key.EndEpisode:
                Stopped = Pressed == Key.Stop;
                episode!.Cancel();
                return GateDecision.Pause;
            case Key.Switch:
                Driver = Driver switch { Driver.Policy => Driver.Nobody, Driver.Nobody => Driver.Person, _ => Driver.Policy };
                if (Driver == Driver.Person) view.Observation[PushTEnvironment.AgentPosition].Span.CopyTo(target);
                break;
            case Key.GoOn:
                Driver = Driver.Policy;
                break;
            default:
                if (Driver == Driver.Person) Move();
                break;
        }

        looked(view);
        return Driver switch { Driver.Policy => GateDecision.Learner, Driver.Nobody => GateDecision.Pause, _ => GateDecision.Expert };
    }

    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment) => [.. target];

    private void Move()
    {
        (int dx, int dy) = Pressed switch { Key.Left => (-1, 0), Key.Right => (1, 0), Key.Up => (0, -1), Key.Down => (0, 1), _ => (0, 0) };
        target[0] = (float)Math.Clamp(target[0] + (dx * stride), PushTEnvironment.ActionSpec.Minimum[0], PushTEnvironment.ActionSpec.Maximum[0]);
        target[1] = (float)Math.Clamp(target[1] + (dy * stride), PushTEnvironment.ActionSpec.Minimum[1], PushTEnvironment.ActionSpec.Maximum[1]);
    }
}
