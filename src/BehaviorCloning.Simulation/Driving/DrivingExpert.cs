namespace BehaviorCloning.Simulation;

/// <summary>
/// Drives <see cref="DrivingEnvironment"/> by pure pursuit (Coulter 1992): it steers the arc that meets the middle of the road a little
/// ahead. It knows where the car is, which the learner does not see.
/// </summary>
public sealed class DrivingExpert : IExpert
{
    private const double LookAhead = 1.6;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The environment is not a <see cref="DrivingEnvironment"/>.</exception>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        if (environment is not DrivingEnvironment driving)
            throw new ArgumentException($"The expert needs to know where the car is, from a {nameof(DrivingEnvironment)}; got {environment?.GetType().Name ?? "null"}.", nameof(environment));
        (double x, double y, double heading) = driving.Pose;
        double phi = Math.Atan2(y, x);
        (double X, double Y) goal = DrivingTrack.Place(phi);
        while (Math.Sqrt(((goal.X - x) * (goal.X - x)) + ((goal.Y - y) * (goal.Y - y))) < LookAhead) goal = DrivingTrack.Place(phi += 0.01);

        (double sin, double cos) = Math.SinCos(heading);
        double dx = goal.X - x, dy = goal.Y - y, left = (dy * cos) - (dx * sin);
        double curvature = 2 * left / ((dx * dx) + (dy * dy));
        return [(float)Math.Clamp(curvature, -DrivingEnvironment.MaximumCurvature, DrivingEnvironment.MaximumCurvature)];
    }
}
