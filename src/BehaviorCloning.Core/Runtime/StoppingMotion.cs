namespace BehaviorCloning.Runtime;

/// <summary>
/// How one dimension comes to rest within its acceleration and jerk limits. All in units of control steps: a velocity is the difference of
/// two actions, an acceleration of two velocities.
/// </summary>
internal readonly struct StoppingMotion
{
    /// <summary>The longest stop that is looked at, in control steps.</summary>
    public const int StepLimit = 2000;

    // Below this a dimension counts as resting: rounding errors of positions show in their differences.
    private const double Rest = 1e-9;

    public StoppingMotion(GuardOptions options, int dimension)
    {
        double dt = 1 / options.ControlRateHz;
        Velocity = options.Velocity.Count == 0 ? double.PositiveInfinity : options.Velocity[dimension] * dt;
        Acceleration = options.Acceleration.Count == 0 ? double.PositiveInfinity : options.Acceleration[dimension] * dt * dt;
        Jerk = options.Jerk.Count == 0 ? double.PositiveInfinity : options.Jerk[dimension] * dt * dt * dt;
    }

    public double Velocity { get; }

    public double Acceleration { get; }

    public double Jerk { get; }

    /// <summary>An upper estimate of the steps from full speed and full acceleration to rest.</summary>
    public double WorstStoppingSteps
    {
        get
        {
            if (double.IsInfinity(Velocity)) return 0; // Unbounded: nothing can be said beforehand, and every step looks ahead anyway.
            double brake = double.IsInfinity(Acceleration) ? 0 : 2 * Velocity / Acceleration;
            double ramp = double.IsInfinity(Jerk) ? 0 : double.IsInfinity(Acceleration) ? 4 * Math.Sqrt(Velocity / Jerk) : 3 * Acceleration / Jerk;
            return brake + ramp + 4;
        }
    }

    public static bool IsAtRest(double velocity, double acceleration) => Math.Abs(velocity) <= Rest && Math.Abs(acceleration) <= Rest;

    /// <summary>
    /// The acceleration of the next step on the way to rest. Following it from where it leads gives the rest of the same motion, which is
    /// what makes a stop that was once found possible stay possible.
    /// </summary>
    public double Next(double velocity, double acceleration)
    {
        // The acceleration A from which, ramped down by the jerk limit step by step, the velocity reaches zero together with it:
        // n steps sum to n A - J n (n - 1) / 2, and n is the fewest for which A stays within the n-th step of the ramp.
        double speed = Math.Abs(velocity), wanted;
        if (speed == 0)
        {
            wanted = 0;
        }
        else if (double.IsInfinity(Jerk))
        {
            wanted = speed;
        }
        else
        {
            double n = Math.Max(Math.Ceiling((Math.Sqrt(1 + (8 * speed / Jerk)) - 1) / 2), 1);
            wanted = (speed / n) + (Jerk * (n - 1) / 2);
        }

        wanted = Math.Min(wanted, Acceleration) * -Math.Sign(velocity);
        return Math.Clamp(wanted, acceleration - Jerk, acceleration + Jerk);
    }
}
