namespace BehaviorCloning.Simulation;

/// <summary>Options of <see cref="RoadEnvironment"/>.</summary>
public sealed record RoadOptions
{
    /// <summary>T: control steps of an episode. Default 100.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>
    /// How far the steering may be off in the widest passages before the wheels leave the road. The width of a passage is this times the
    /// square root of a uniform number, so a steering error e leaves the road with probability (e / Tolerance)². Default 0.15.
    /// </summary>
    public double Tolerance { get; init; } = 0.15;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Steps < 1) yield return $"Steps {Steps} must be at least 1.";
        if (!(Tolerance > 0 && Tolerance < RoadEnvironment.BackOnRoad)) yield return $"Tolerance {Tolerance} must lie between 0 and {RoadEnvironment.BackOnRoad}.";
    }
}

/// <summary>
/// The example by which cloning's bound is tight (Ross and Bagnell 2010), as a road with a ditch: every step shows the road ahead, as three
/// angles, and asks for the steering that belongs to it. Now and then the passage is narrow. Who steers wrong there ends in the ditch on
/// the right. There every step costs 1, and only a firm turn to the left, larger than the road ever asks for, leads out.
/// </summary>
/// <remarks>
/// An expert never is in the ditch, so its demonstrations do not show the way out, and a cloner stays there: with an error probability e a
/// step its expected cost over T steps grows as e T² / 2. A learner that was shown the way out pays about e T. What lies ahead is independent of
/// what is done, so the states with which cloning is trained do not depend on T. The reward is the share of the T steps done on the road so
/// far: an episode's score is 1 minus its mean cost.
/// </remarks>
public sealed class RoadEnvironment : IStateResettable
{
    /// <summary>Feature: the road ahead, three angles as cosine and sine each.</summary>
    public const string Ahead = "ahead";

    /// <summary>Feature: 0 on the road, 1 in the ditch.</summary>
    public const string Ditch = "ditch";

    /// <summary>How much steering to the left leads out of the ditch.</summary>
    public const double BackOnRoad = 0.75;

    private NumpyRandomState? random;
    private float[] ahead = [];
    private double width;
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
    public ObservationSpec Observations { get; } = new(new FeatureSpec(Ahead, 6), new FeatureSpec(Ditch, 1));

    /// <inheritdoc/>
    public ActionSpec Actions { get; } = new("steering", 1) { Minimum = [-1], Maximum = [1], Names = ["right"] };

    /// <inheritdoc/>
    public double ControlRateHz => 10;

    /// <inheritdoc/>
    public int StepLimit => Options.Steps;

    /// <summary>Whether the car is in the ditch.</summary>
    public bool InDitch { get; private set; }

    /// <summary>Steps of this episode after which the car was in the ditch: its cost.</summary>
    public int Cost { get; private set; }

    /// <summary>The steering that the road ahead asks for, within ± 0.5.</summary>
    /// <param name="ahead">Cosine and sine of three angles a, b, c.</param>
    /// <returns>0.25 sin a + 0.15 sin(b + c) + 0.1 cos(a - 2 c).</returns>
    public static double SteeringFor(ReadOnlySpan<float> ahead)
    {
        double a = Math.Atan2(ahead[1], ahead[0]), b = Math.Atan2(ahead[3], ahead[2]), c = Math.Atan2(ahead[5], ahead[4]);
        return (0.25 * Math.Sin(a)) + (0.15 * Math.Sin(b + c)) + (0.1 * Math.Cos(a - (2 * c)));
    }

    /// <inheritdoc/>
    public Observation Reset(long seed)
    {
        random = new NumpyRandomState(seed);
        (InDitch, Cost, steps) = (false, 0, 0);
        return LookAhead();
    }

    /// <inheritdoc/>
    public Observation ResetToObserved(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation.Require(Observations);
        ahead = observation[Ahead].ToArray();

        // What follows is drawn afresh, from the state that is asked for.
        random = new NumpyRandomState(BitConverter.SingleToUInt32Bits(ahead[0]) ^ BitConverter.SingleToUInt32Bits(ahead[1]));
        width = Width();
        (InDitch, Cost, steps) = (observation[Ditch].Span[0] > 0.5f, 0, 0);
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        ActionCheck.Require(action, Actions, random is not null);
        InDitch = InDitch ? action[0] >= -BackOnRoad : Math.Abs(action[0] - SteeringFor(ahead)) > width;
        steps++;
        if (InDitch) Cost++;
        return new(LookAhead(), (double)(steps - Cost) / StepLimit, steps == StepLimit && Cost == 0, false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing; worlds that do share the interface.
    }

    // Never quite nothing: the expert's label is a float.
    private double Width() => Math.Max(Options.Tolerance * Math.Sqrt(random!.NextDouble()), 1e-6);

    private Observation LookAhead()
    {
        ahead = new float[6];
        width = Width();
        for (int i = 0; i < 6; i += 2)
        {
            (double sin, double cos) = Math.SinCos(random!.NextDouble() * Math.Tau);
            (ahead[i], ahead[i + 1]) = ((float)cos, (float)sin);
        }

        return Observe();
    }

    private Observation Observe() => new() { [Ahead] = ahead, [Ditch] = new float[] { InDitch ? 1 : 0 } };
}
