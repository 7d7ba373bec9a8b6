namespace BehaviorCloning.Simulation;

/// <summary>Which published version of the pendulum.</summary>
public enum PendulumVersion
{
    /// <summary>Pendulum-v1 of Gymnasium: the speed is limited before the angle moves on.</summary>
    Gymnasium,

    /// <summary>Pendulum-v0 of Gym up to 0.18, of which older recordings are: the angle moves on first.</summary>
    Gym,
}

/// <summary>The state of a pendulum that is driven at its pivot.</summary>
/// <param name="Angle">In radians; 0 is upright.</param>
/// <param name="AngularVelocity">In rad/s, within ± 8.</param>
public readonly record struct PendulumState(double Angle, double AngularVelocity)
{
    /// <summary>Seconds a control step: 0.05.</summary>
    public const double TimeStep = 0.05;

    /// <summary>The largest torque, in N m: 2.</summary>
    public const double MaximumTorque = 2;

    /// <summary>The largest speed, in rad/s: 8.</summary>
    public const double MaximumSpeed = 8;

    /// <summary>The angle in [-pi, pi).</summary>
    public double WrappedAngle => Angle + Math.PI - (Math.Tau * Math.Floor((Angle + Math.PI) / Math.Tau)) - Math.PI;

    /// <summary>What this state and a torque cost: angle² + 0.1 speed² + 0.001 torque². At most 16.28.</summary>
    public double Cost(double torque)
    {
        double limited = Math.Clamp(torque, -MaximumTorque, MaximumTorque), angle = WrappedAngle;
        return (angle * angle) + (0.1 * AngularVelocity * AngularVelocity) + (0.001 * limited * limited);
    }

    /// <summary>The state a control step later. Mass and length are 1, gravity is 10 m/s².</summary>
    /// <param name="torque">Is limited to ± 2 N m.</param>
    /// <param name="version">In which order speed and angle are updated.</param>
    public PendulumState Next(double torque, PendulumVersion version = PendulumVersion.Gymnasium)
    {
        double limited = Math.Clamp(torque, -MaximumTorque, MaximumTorque);
        double speed = AngularVelocity + (((15 * Math.Sin(Angle)) + (3 * limited)) * TimeStep);
        double allowed = Math.Clamp(speed, -MaximumSpeed, MaximumSpeed);
        return new(Angle + ((version == PendulumVersion.Gymnasium ? allowed : speed) * TimeStep), allowed);
    }
}
