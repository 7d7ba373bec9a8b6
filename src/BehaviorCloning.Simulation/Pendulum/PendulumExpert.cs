namespace BehaviorCloning.Simulation;

/// <summary>
/// Swings the pendulum up by pumping energy (Astrom and Furuta 2000), and holds it with a linear-quadratic regulator once it is near
/// the top. Closed form and stateless; it sees no more than is observed.
/// </summary>
public sealed class PendulumExpert : IExpert
{
    // Per unit of mass and length: a rod's inertia is 1/3, its center of mass at 1/2, gravity 10.
    private const double Inertia = 1.0 / 3, Weight = 5;
    private static readonly double[] Gain = DiscreteRiccati.Gain(
        new double[,] { { 1 + (15 * PendulumState.TimeStep * PendulumState.TimeStep), PendulumState.TimeStep }, { 15 * PendulumState.TimeStep, 1 } },
        [3 * PendulumState.TimeStep * PendulumState.TimeStep, 3 * PendulumState.TimeStep],
        [1, 0.1],
        0.001);

    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ReadOnlySpan<float> state = observation[PendulumEnvironment.StateFeature].Span;
        double angle = Math.Atan2(state[1], state[0]), speed = state[2];
        double hold = -((Gain[0] * angle) + (Gain[1] * speed));
        if (Math.Abs(angle) < 0.6 && Math.Abs(hold) < 2 * PendulumState.MaximumTorque) return [Limited(hold)];

        // Against rest at the top, where both are zero; below, the torque works with the motion. From rest it begins to one side.
        double missing = Weight * (1 - state[0]) - (0.5 * Inertia * speed * speed);
        double direction = speed >= 0 ? 1 : -1;
        return [Limited(8 * missing * direction)];
    }

    private static float Limited(double torque) => (float)Math.Clamp(torque, -PendulumState.MaximumTorque, PendulumState.MaximumTorque);
}
