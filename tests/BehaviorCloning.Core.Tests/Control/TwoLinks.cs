using BehaviorCloning.Control;

namespace BehaviorCloning.Core.Tests.Control;

/// <summary>Two links of 1 m: stretched, it is singular.</summary>
internal sealed class TwoLinks : IManipulatorKinematics
{
    public int Joints => 2;

    public int TaskDimension => 2;

    public void Position(ReadOnlySpan<double> joints, Span<double> point)
    {
        double sum = joints[0] + joints[1];
        (point[0], point[1]) = (Math.Cos(joints[0]) + Math.Cos(sum), Math.Sin(joints[0]) + Math.Sin(sum));
    }

    public void Jacobian(ReadOnlySpan<double> joints, Span<double> jacobian)
    {
        double sum = joints[0] + joints[1];
        (jacobian[1], jacobian[3]) = (-Math.Sin(sum), Math.Cos(sum));
        (jacobian[0], jacobian[2]) = (jacobian[1] - Math.Sin(joints[0]), jacobian[3] + Math.Cos(joints[0]));
    }
}

/// <summary>A rod on a joint: inertia, viscous friction and a moment of gravity are its parameters.</summary>
internal sealed class Rod : IRigidBodyModel
{
    public int Joints => 1;

    public int ParameterCount => 3;

    public void Regressor(
        ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities, ReadOnlySpan<double> referenceVelocities, ReadOnlySpan<double> referenceAccelerations, Span<double> regressor) =>
        (regressor[0], regressor[1], regressor[2]) = (referenceAccelerations[0], velocities[0], 9.81 * Math.Cos(joints[0]));
}

/// <summary>A single joint under a controller, integrated by the midpoint rule with the torque held.</summary>
internal sealed class Plant(double inertia, double friction = 0, double gravityMoment = 0, double rateHz = 10_000)
{
    public double[] Q { get; } = [0];

    public double[] V { get; } = [0];

    public double Time { get; private set; }

    public void Step(double torque)
    {
        double dt = 1 / rateHz, a = Acceleration(Q[0], V[0], torque), v = V[0] + (dt / 2 * a);
        double middle = Acceleration(Q[0] + (dt / 2 * V[0]), v, torque);
        Q[0] += dt * v;
        V[0] += dt * middle;
        Time += dt;
    }

    private double Acceleration(double q, double v, double torque) => (torque - (friction * v) - (gravityMoment * 9.81 * Math.Cos(q))) / inertia;
}

/// <summary>The closed form of <c>x'' + 2 ζ ω x' + ω² (x - 1) = 0</c> from rest at 0.</summary>
internal static class SecondOrder
{
    public static double Response(double frequency, double ratio, double time)
    {
        if (ratio < 1)
        {
            double damped = frequency * Math.Sqrt(1 - (ratio * ratio));
            return 1 - (Math.Exp(-ratio * frequency * time) * (Math.Cos(damped * time) + (ratio * frequency / damped * Math.Sin(damped * time))));
        }

        if (ratio == 1) return 1 - (Math.Exp(-frequency * time) * (1 + (frequency * time)));
        double root = Math.Sqrt((ratio * ratio) - 1), slow = frequency * (root - ratio), fast = -frequency * (root + ratio);
        return 1 + (((slow * Math.Exp(fast * time)) - (fast * Math.Exp(slow * time))) / (fast - slow));
    }
}
