namespace BehaviorCloning.Simulation;

/// <summary>The state of a cart with a pole on it.</summary>
/// <param name="Position">Of the cart, in meters; 0 is the middle of the track.</param>
/// <param name="Velocity">Of the cart, in m/s.</param>
/// <param name="Angle">Of the pole, in radians; 0 is upright.</param>
/// <param name="AngularVelocity">Of the pole, in rad/s.</param>
public readonly record struct CartPoleState(double Position, double Velocity, double Angle, double AngularVelocity)
{
    /// <summary>Seconds a control step: 0.02.</summary>
    public const double TimeStep = 0.02;

    /// <summary>The force on the cart, in newtons, to the right or to the left: 10.</summary>
    public const double Force = 10;

    /// <summary>Where the track ends on either side, in meters from its middle.</summary>
    public const double TrackEnd = 2.4;

    private const double Gravity = 9.8, PoleMass = 0.1, TotalMass = 1.1, HalfLength = 0.5;

    /// <summary>Whether the pole has fallen (12 degrees) or the cart has left the track (2.4 m).</summary>
    public bool Failed => Math.Abs(Position) > TrackEnd || Math.Abs(Angle) > 12 * 2 * Math.PI / 360;

    /// <summary>The state a control step later: Barto, Sutton and Anderson (1983) with explicit Euler, as in Gym's and Gymnasium's CartPole-v1.</summary>
    /// <param name="pushRight">Which way the cart is pushed.</param>
    public CartPoleState Next(bool pushRight)
    {
        (double sin, double cos) = Math.SinCos(Angle);
        double pushed = ((pushRight ? Force : -Force) + (PoleMass * HalfLength * AngularVelocity * AngularVelocity * sin)) / TotalMass;
        double angular = ((Gravity * sin) - (cos * pushed)) / (HalfLength * ((4.0 / 3) - (PoleMass * cos * cos / TotalMass)));
        double linear = pushed - (PoleMass * HalfLength * angular * cos / TotalMass);
        return new(
            Position + (TimeStep * Velocity), Velocity + (TimeStep * linear),
            Angle + (TimeStep * AngularVelocity), AngularVelocity + (TimeStep * angular));
    }
}
