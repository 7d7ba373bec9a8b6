namespace BehaviorCloning.Simulation;

/// <summary>Options of <see cref="RoadEnvironment"/>.</summary>
public sealed record RoadOptions
{
    /// <summary>T: control steps of an episode. Default 100.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>How far the steering may be off before the wheels leave the road. Default 0.12.</summary>
    public double Tolerance { get; init; } = 0.12;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Steps < 1) yield return $"Steps {Steps} must be at least 1.";
        if (!(Tolerance > 0 && Tolerance < RoadEnvironment.BackOnRoad)) yield return $"Tolerance {Tolerance} must lie between 0 and {RoadEnvironment.BackOnRoad}.";
    }
}

/// <summary>
/// The example by which cloning's bound is tight (Ross and Bagnell 2010), as a road with ditches: every step shows the bend ahead, as a
/// direction in the plane, and asks for the steering that belongs to it. Who steers wrong slides into the ditch on that side. There every
/// step costs 1, and only a firm turn to the other side, larger than any bend asks for, leads out.
/// </summary>
/// <remarks>
/// An expert never is in a ditch, so its demonstrations do not show the way out, and a cloner stays there: with an error probability e a
/// step its expected cost over T steps grows as e T² / 2. A learner that was shown the way out pays about e T. Bends are independent of
/// what is done, so the states with which cloning is trained do not depend on T. The reward is the share of the T steps done on the road so
/// far: an episode's score is 1 minus its mean cost.
/// </remarks>
public sealed class RoadEnvironment : IStateResettable
{
    /// <summary>Feature: the bend ahead, a point on the unit circle.</summary>
    public const string Bend = "bend";

    /// <summary>Feature: -1 in the left ditch, 0 on the road, 1 in the right ditch.</summary>
    public const string Ditch = "ditch";

    /// <summary>How much steering to the other side leads out of a ditch.</summary>
    public const double BackOnRoad = 0.75;

    private NumpyRandomState? random;
    private double bend;
    private int steps;

    /// <summary>Makes the environment. It must be reset before it is stepped.</summary>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    public RoadEnvironment(RoadOptions? options = null)
    {
        Options = options ?? new();
        string[] problems = [.. Options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
    }

    /// <summary>The options it was made with.</summary>
    public RoadOptions Options { get; }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; } = new(new FeatureSpec(Bend, 2), new FeatureSpec(Ditch, 1));

    /// <inheritdoc/>
    public ActionSpec Actions { get; } = new("steering", 1) { Minimum = [-1], Maximum = [1], Names = ["right"] };

    /// <inheritdoc/>
    public double ControlRateHz => 10;

    /// <inheritdoc/>
    public int StepLimit => Options.Steps;

    /// <summary>-1 in the left ditch, 0 on the road, 1 in the right ditch.</summary>
    public int Side { get; private set; }

    /// <summary>Steps of this episode after which the car was in a ditch: its cost.</summary>
    public int Cost { get; private set; }

    /// <summary>The steering that a bend asks for, within ± 0.5.</summary>
    /// <param name="x">The bend's first coordinate.</param>
    /// <param name="y">Its second.</param>
    public static double SteeringFor(double x, double y)
    {
        double angle = Math.Atan2(y, x);
        return (0.3 * Math.Sin((2 * angle) + 0.5)) + (0.2 * Math.Cos(3 * angle));
    }

    /// <inheritdoc/>
    public Observation Reset(long seed)
    {
        random = new NumpyRandomState(seed);
        (Side, Cost, steps) = (0, 0, 0);
        return LookAhead();
    }

    /// <inheritdoc/>
    public Observation ResetToObserved(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation.Require(Observations);
        ReadOnlySpan<float> ahead = observation[Bend].Span;

        // What follows is drawn afresh, from the state that is asked for.
        random = new NumpyRandomState(BitConverter.SingleToUInt32Bits(ahead[0]) ^ BitConverter.SingleToUInt32Bits(ahead[1]));
        (Side, Cost, steps) = (Math.Sign(observation[Ditch].Span[0]), 0, 0);
        bend = Math.Atan2(ahead[1], ahead[0]);
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        ActionCheck.Require(action, Actions, random is not null);
        double error = action[0] - SteeringFor(Math.Cos(bend), Math.Sin(bend));
        if (Side != 0) Side = action[0] * Side < -BackOnRoad ? 0 : Side;
        else if (Math.Abs(error) > Options.Tolerance) Side = Math.Sign(error);
        steps++;
        if (Side != 0) Cost++;
        return new(LookAhead(), (double)(steps - Cost) / StepLimit, steps == StepLimit && Cost == 0, false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing; worlds that do share the interface.
    }

    private Observation LookAhead()
    {
        bend = random!.NextDouble() * Math.Tau;
        return Observe();
    }

    private Observation Observe() => new() { [Bend] = new[] { (float)Math.Cos(bend), (float)Math.Sin(bend) }, [Ditch] = new float[] { Side } };
}
