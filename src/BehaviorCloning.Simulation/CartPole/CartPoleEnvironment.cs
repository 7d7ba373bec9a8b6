namespace BehaviorCloning.Simulation;

/// <summary>
/// CartPole-v1: keep the pole up for 500 steps of 0.02 s. The action is one number: at least one half pushes the cart to the right,
/// less pushes it to the left, so that a regression on the recorded 0 and 1 is a classifier.
/// </summary>
/// <remarks>
/// The dynamics are Gymnasium's; the starting states are drawn from the same distribution but by a generator of our own, so a seed here is
/// another state than there. The reward is the share of the 500 steps that are done (Gymnasium's is 1 a step), so an episode's score says
/// how far it came.
/// </remarks>
public sealed class CartPoleEnvironment : IStateResettable, IBranchable
{
    /// <summary>Feature: position (m), velocity (m/s), angle (rad), angular velocity (rad/s), as Gymnasium orders them.</summary>
    public const string StateFeature = "state";

    private bool started;
    private int steps;

    /// <summary>What is observed.</summary>
    public static ObservationSpec ObservationSpec { get; } = new(new FeatureSpec(StateFeature, 4));

    /// <summary>What an action is.</summary>
    public static ActionSpec ActionSpec { get; } = new("push", 1) { Minimum = [0], Maximum = [1], Names = ["right"] };

    /// <inheritdoc/>
    public ObservationSpec Observations => ObservationSpec;

    /// <inheritdoc/>
    public ActionSpec Actions => ActionSpec;

    /// <inheritdoc/>
    public double ControlRateHz => 1 / CartPoleState.TimeStep;

    /// <inheritdoc/>
    public int StepLimit => 500;

    /// <summary>The exact state.</summary>
    public CartPoleState State { get; private set; }

    /// <inheritdoc/>
    public Observation Reset(long seed)
    {
        var random = new NumpyRandomState(seed);
        double Draw() => (random.NextDouble() * 0.1) - 0.05;
        return Begin(new(Draw(), Draw(), Draw(), Draw()));
    }

    /// <inheritdoc/>
    public Observation ResetToObserved(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation.Require(Observations);
        ReadOnlySpan<float> state = observation[StateFeature].Span;
        return Begin(new(state[0], state[1], state[2], state[3]));
    }

    /// <inheritdoc/>
    public Observation BranchFrom(IEnvironment other)
    {
        CartPoleEnvironment from = Branching.Source<CartPoleEnvironment>(other, source => source.started);
        (State, steps, started) = (from.State, from.steps, true);
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        ActionCheck.Require(action, ActionSpec, started);
        State = State.Next(action[0] >= 0.5f);
        steps++;
        bool failed = State.Failed;
        return new(Observe(), (double)steps / StepLimit, !failed && steps >= StepLimit, failed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing; worlds that do share the interface.
    }

    private Observation Begin(CartPoleState state)
    {
        (State, steps, started) = (state, 0, true);
        return Observe();
    }

    private Observation Observe() => new()
    {
        [StateFeature] = new[] { (float)State.Position, (float)State.Velocity, (float)State.Angle, (float)State.AngularVelocity },
    };
}
