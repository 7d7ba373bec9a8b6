namespace BehaviorCloning.Control;

/// <summary>
/// Two loops a joint, as drives have them: a position loop whose output is the set point of a velocity loop whose output is the torque. The inner loop
/// should be some three to ten times as fast as the outer. With only proportional gains and inertia J a joint is
/// <c>J q̈ = Kv (Kp (target - q) - q̇)</c>, of natural frequency <c>sqrt(Kp Kv / J)</c> and damping ratio <c>sqrt(Kv / (4 J Kp))</c>.
/// </summary>
public sealed class PidCascade
{
    private readonly Pid[] position, velocity;

    /// <summary>Makes the loops of all joints, with equal gains.</summary>
    /// <param name="position">rad to rad/s; its limit is the largest speed that is asked for.</param>
    /// <param name="velocity">rad/s to N m; its limit is the largest torque.</param>
    /// <param name="joints">n.</param>
    /// <param name="rateHz">Calls of <see cref="Step"/> a second.</param>
    /// <exception cref="ArgumentException">The options are at fault; the message lists every fault.</exception>
    public PidCascade(PidOptions position, PidOptions velocity, int joints, double rateHz)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(joints, 1);
        this.position = [.. Enumerable.Range(0, joints).Select(_ => new Pid(position, rateHz))];
        this.velocity = [.. Enumerable.Range(0, joints).Select(_ => new Pid(velocity, rateHz))];
    }

    /// <summary>Forgets what the loops have summed up.</summary>
    public void Reset()
    {
        foreach (Pid loop in position) loop.Reset();
        foreach (Pid loop in velocity) loop.Reset();
    }

    /// <summary>One control period. Nothing is allocated.</summary>
    /// <param name="targets">n positions, rad.</param>
    /// <param name="targetVelocities">n velocities that are known to be needed, rad/s, or empty.</param>
    /// <param name="joints">q, n values, rad.</param>
    /// <param name="velocities">q̇, n values, rad/s.</param>
    /// <param name="torques">Receives n torques, N m.</param>
    public void Step(ReadOnlySpan<double> targets, ReadOnlySpan<double> targetVelocities, ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities, Span<double> torques)
    {
        Shapes.Require(targets.Length, position.Length, "target");
        Shapes.Require(joints.Length, position.Length, "joint vector");
        Shapes.Require(velocities.Length, position.Length, "velocity vector");
        Shapes.Require(torques.Length, position.Length, "torque vector");
        if (!targetVelocities.IsEmpty) Shapes.Require(targetVelocities.Length, position.Length, "target velocity");
        for (int i = 0; i < position.Length; i++)
        {
            double wanted = position[i].Step(targets[i], joints[i], targetVelocities.IsEmpty ? 0 : targetVelocities[i]);
            torques[i] = velocity[i].Step(wanted, velocities[i]);
        }
    }
}
