namespace BehaviorCloning.Simulation;

/// <summary>
/// Pendulum-v1: swing the pendulum up and hold it there for 200 steps of 0.05 s with a torque too weak to lift it directly.
/// The reward is Gymnasium's, minus the cost of the step. The task counts as solved if the pendulum is up at the end: within 0.2 rad and
/// below 1 rad/s, for its last ten steps at least.
/// </summary>
/// <remarks>Starting states are drawn from Gymnasium's distribution (any angle, speed within ± 1) by a generator of our own.</remarks>
public sealed class PendulumEnvironment(PendulumVersion version = PendulumVersion.Gymnasium) : IStateResettable, IBranchable
{
    /// <summary>Feature: cosine and sine of the angle, and the speed in rad/s, as Gymnasium observes them.</summary>
    public const string StateFeature = "state";

    private const int UprightSteps = 10;
    private bool started;
    private int steps, upright;

    /// <summary>What is observed.</summary>
    public static ObservationSpec ObservationSpec { get; } = new(new FeatureSpec(StateFeature, 3));

    /// <summary>What an action is, in N m.</summary>
    public static ActionSpec ActionSpec { get; } = new("torque", 1) { Minimum = [-2], Maximum = [2], Names = ["torque"] };

    /// <inheritdoc/>
    public ObservationSpec Observations => ObservationSpec;

    /// <inheritdoc/>
    public ActionSpec Actions => ActionSpec;

    /// <inheritdoc/>
    public double ControlRateHz => 1 / PendulumState.TimeStep;

    /// <inheritdoc/>
    public int StepLimit => 200;

    /// <summary>Whose dynamics it has.</summary>
    public PendulumVersion Version => version;

    /// <summary>The exact state.</summary>
    public PendulumState State { get; private set; }

    /// <inheritdoc/>
    public Observation Reset(long seed)
    {
        var random = new NumpyRandomState(seed);
        return Begin(new(((random.NextDouble() * 2) - 1) * Math.PI, (random.NextDouble() * 2) - 1));
    }

    /// <inheritdoc/>
    public Observation ResetToObserved(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation.Require(Observations);
        ReadOnlySpan<float> state = observation[StateFeature].Span;
        return Begin(new(Math.Atan2(state[1], state[0]), state[2]));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The other is of another kind, or of another version of the dynamics.</exception>
    public Observation BranchFrom(IEnvironment other)
    {
        PendulumEnvironment from = Branching.Source<PendulumEnvironment>(other, source => source.started);
        if (from.Version != Version) throw new ArgumentException($"The other pendulum is of version {from.Version}, this one of {Version}: the same actions would lead elsewhere.", nameof(other));
        (State, steps, upright, started) = (from.State, from.steps, from.upright, true);
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        ActionCheck.Require(action, ActionSpec, started);
        double reward = -State.Cost(action[0]);
        State = State.Next(action[0], Version);
        steps++;
        upright = Math.Abs(State.WrappedAngle) < 0.2 && Math.Abs(State.AngularVelocity) < 1 ? upright + 1 : 0;
        return new(Observe(), reward, steps >= StepLimit && upright >= UprightSteps, false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing; worlds that do share the interface.
    }

    private Observation Begin(PendulumState state)
    {
        (State, steps, upright, started) = (state, 0, 0, true);
        return Observe();
    }

    private Observation Observe()
    {
        (double sin, double cos) = Math.SinCos(State.Angle);
        return new() { [StateFeature] = new[] { (float)cos, (float)sin, (float)State.AngularVelocity } };
    }
}
