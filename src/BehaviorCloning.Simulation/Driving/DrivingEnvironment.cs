namespace BehaviorCloning.Simulation;

/// <summary>
/// A car that follows a winding road at a constant speed and sees how far the road's edge is in eleven directions, like a
/// small laser scanner, and its own last steering. A recording also tells the place, by which demonstrations can be started anywhere; a policy
/// that is to drive by sight leaves it out of its features. The action is the curvature it steers. It has done its task when it has come around without leaving the road.
/// </summary>
/// <remarks>
/// Gusts push the car sideways, so even a perfect driver is never quite in the middle. The reward is the share of the lap that is
/// done. Speed 4 m/s, 10 control steps a second; a lap takes about 230 steps.
/// </remarks>
public sealed class DrivingEnvironment : IStateResettable
{
    /// <summary>Feature: distances to the edge of the road, in meters, from 75 degrees to the right to 75 degrees to the left.</summary>
    public const string Ranges = "ranges";

    /// <summary>Feature: the curvature that was steered last, in 1/m; 0 at the start.</summary>
    public const string LastSteering = "last_steering";

    /// <summary>Feature: where the car is, x and y in meters, and its direction in radians.</summary>
    public const string Place = "place";

    /// <summary>The tightest curvature the car can steer, in 1/m.</summary>
    public const double MaximumCurvature = 0.8;

    /// <summary>How strong the gusts usually are: the standard deviation of the push to the side, in meters a step.</summary>
    public const double StandardGust = 0.04;

    private const int Rays = 11;
    private const double Spread = 75 * Math.PI / 180, Range = 6, Advance = 0.4, Grain = 0.1;
    private readonly double strength;
    private NumpyRandomState? random;
    private double angle, turned, steering;
    private bool crashed;

    /// <summary>Makes the world.</summary>
    /// <param name="gust">Standard deviation of the gusts' push to the side, in meters a step. 0: demonstrations never leave the middle, and nothing in them tells how to come back.</param>
    public DrivingEnvironment(double gust = StandardGust)
    {
        if (!(gust >= 0 && double.IsFinite(gust))) throw new ArgumentOutOfRangeException(nameof(gust), gust, "The gusts' standard deviation must be finite and not negative.");
        strength = gust;
    }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; } = new(new FeatureSpec(Ranges, Rays), new FeatureSpec(LastSteering, 1), new FeatureSpec(Place, 3));

    /// <inheritdoc/>
    public ActionSpec Actions { get; } = new("curvature", 1) { Minimum = [-(float)MaximumCurvature], Maximum = [(float)MaximumCurvature], Names = ["left"] };

    /// <inheritdoc/>
    public double ControlRateHz => 10;

    /// <inheritdoc/>
    public int StepLimit => 400;

    /// <summary>Where the car is, in meters, and its direction in radians.</summary>
    public (double X, double Y, double Heading) Pose { get; private set; }

    /// <inheritdoc/>
    public Observation Reset(long seed)
    {
        random = new NumpyRandomState(seed);
        angle = random.NextDouble() * Math.Tau;
        (double x, double y) = DrivingTrack.Place(angle);
        Pose = (x, y, Math.IEEERemainder(DrivingTrack.At(x, y).Heading, Math.Tau));
        (turned, steering, crashed) = (0, 0, false);
        return Observe();
    }

    /// <inheritdoc/>
    /// <remarks>A lap begins there.</remarks>
    public Observation ResetToObserved(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation.Require(Observations);
        ReadOnlySpan<float> place = observation[Place].Span;
        if (Math.Abs(DrivingTrack.At(place[0], place[1]).Offset) > DrivingTrack.HalfWidth)
            throw new ArgumentException($"({place[0]}, {place[1]}) is not on the road.", nameof(observation));

        // The gusts that follow are drawn afresh, from the state that is asked for.
        random = new NumpyRandomState(BitConverter.SingleToUInt32Bits(place[0]) ^ BitConverter.SingleToUInt32Bits(place[1]));
        Pose = (place[0], place[1], place[2]);
        angle = Math.Atan2(place[1], place[0]);
        (turned, steering, crashed) = (0, observation[LastSteering].Span[0], false);
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        ActionCheck.Require(action, Actions, random is not null);
        steering = Math.Clamp(action[0], -MaximumCurvature, MaximumCurvature);
        double heading = Math.IEEERemainder(Pose.Heading + (steering * Advance), Math.Tau);
        double gust = strength * random!.NextNormal();
        (double sin, double cos) = Math.SinCos(heading);
        Pose = (Pose.X + (Advance * cos) - (gust * sin), Pose.Y + (Advance * sin) + (gust * cos), heading);
        double now = Math.Atan2(Pose.Y, Pose.X);
        turned += Math.IEEERemainder(now - angle, Math.Tau);
        angle = now;
        crashed |= Math.Abs(DrivingTrack.At(Pose.X, Pose.Y).Offset) > DrivingTrack.HalfWidth;
        bool around = !crashed && turned >= Math.Tau;
        return new(Observe(), Math.Clamp(turned / Math.Tau, 0, 1), around, around || crashed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing; worlds that do share the interface.
    }

    private Observation Observe()
    {
        float[] ranges = new float[Rays];
        for (int ray = 0; ray < Rays; ray++)
        {
            (double sin, double cos) = Math.SinCos(Pose.Heading - Spread + (2 * Spread * ray / (Rays - 1)));
            double distance = 0;
            while (distance < Range && Math.Abs(DrivingTrack.At(Pose.X + (distance * cos), Pose.Y + (distance * sin)).Offset) <= DrivingTrack.HalfWidth) distance += Grain;
            ranges[ray] = (float)Math.Min(distance, Range);
        }

        return new() { [Ranges] = ranges, [LastSteering] = new[] { (float)steering }, [Place] = new[] { (float)Pose.X, (float)Pose.Y, (float)Pose.Heading } };
    }
}
