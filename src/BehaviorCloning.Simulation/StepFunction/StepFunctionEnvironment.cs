namespace BehaviorCloning.Simulation;

/// <summary>
/// The one-dimensional discontinuity of Implicit Behavioral Cloning (Florence et al. 2021, arXiv 2109.00137, figure 2): the right action jumps
/// where what is seen changes by next to nothing. A network that is smooth in what it sees answers with something in between, which is wrong on both sides.
/// </summary>
/// <remarks>
/// One decision an episode. With place x the right action is 0.4 (x - 1/2) - 1/2 left of <see cref="Edge"/> and 0.4 (x - 1/2) + 1/2 from there on;
/// within <see cref="Tolerance"/> of it is a success. The reward is 1 minus the error, at least 0.
/// <code>
/// //   x        0    ...    0.5    ...    1
/// //   action   -0.7 ... -0.5|+0.5 ... +0.7       learn from places in [0, 1), play near the edge: half-width 0.01
/// </code>
/// </remarks>
public sealed class StepFunctionEnvironment : IEnvironment
{
    /// <summary>Feature: the place, in [0, 1).</summary>
    public const string Place = "place";

    /// <summary>Where the right action jumps.</summary>
    public const double Edge = 0.5;

    /// <summary>How far an action may be off.</summary>
    public const double Tolerance = 0.1;

    private readonly double halfWidth;
    private float place;
    private bool over = true;

    /// <summary>Makes the environment. It must be reset before it is stepped.</summary>
    /// <param name="halfWidth">Places are drawn uniformly within this of the edge: 0.5, the default, is everywhere.</param>
    public StepFunctionEnvironment(double halfWidth = 0.5)
    {
        if (!(halfWidth is > 0 and <= 0.5)) throw new ArgumentOutOfRangeException(nameof(halfWidth), halfWidth, "Places lie in [0, 1) around the edge at 0.5: the half-width must be above 0 and at most 0.5.");
        this.halfWidth = halfWidth;
    }

    /// <summary>What an action is: one number.</summary>
    public static ActionSpec ActionSpec { get; } = new("level", 1) { Minimum = [-1], Maximum = [1], Names = ["level"] };

    /// <inheritdoc/>
    public ObservationSpec Observations { get; } = new(new FeatureSpec(Place, 1));

    /// <inheritdoc/>
    public ActionSpec Actions => ActionSpec;

    /// <inheritdoc/>
    public double ControlRateHz => 10;

    /// <inheritdoc/>
    public int StepLimit => 1;

    /// <summary>The action that is right at a place.</summary>
    public static double RightAt(double place) => (0.4 * (place - Edge)) + (place < Edge ? -0.5 : 0.5);

    /// <inheritdoc/>
    /// <param name="seed">0 to 4294967295.</param>
    public Observation Reset(long seed)
    {
        place = (float)(Edge + (halfWidth * ((2 * new NumpyRandomState(seed).NextDouble()) - 1)));
        over = false;
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        if (over) throw new InvalidOperationException("No episode is running: reset the environment first.");
        if (action.Length != 1) throw new ArgumentException($"An action has 1 value; got {action.Length}.", nameof(action));
        if (!float.IsFinite(action[0])) throw new ArgumentException($"The action {action[0]} is not finite.", nameof(action));
        over = true;
        double error = Math.Abs(action[0] - RightAt(place));
        return new(Observe(), Math.Max(0, 1 - error), error <= Tolerance, Terminated: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Observation Observe() => new() { [Place] = new[] { place } };
}
