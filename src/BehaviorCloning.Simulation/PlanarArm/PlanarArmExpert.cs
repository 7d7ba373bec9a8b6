using BehaviorCloning.Control;

namespace BehaviorCloning.Simulation;

/// <summary>
/// Goes in front of the slot, then into it, at up to 0.3 m/s. Knows the controller it commands: the target it gives is the one whose spring yields the
/// motion it wants, <c>q + q̇ T + K⁻¹ (M q̈ + friction + D q̇)</c>, so that the arm moves alike whatever the gains are. Needs nothing remembered.
/// </summary>
public sealed class PlanarArmExpert : IExpert
{
    private const double Speed = 0.3, Approach = 0.05, Gain = 5, Settling = 0.2;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The environment is not a planar arm with a wall that takes targets.</exception>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        if (environment is not PlanarArmEnvironment arm || !arm.Options.Wall || arm.Options.Action == PlanarArmAction.Torque)
            throw new ArgumentException("This expert plays a planar arm with a wall, by joint or tool targets.", nameof(environment));
        PlanarArmModel model = arm.Model;
        int n = model.Joints;
        double[] tip = new double[2], wanted = new double[n];
        model.Position(arm.Joints, tip);

        // A funnel: as far forward as the tool is aligned with the slot.
        double off = (arm.SlotY - tip[1]) / (0.4 * arm.Options.SlotHalfHeight);
        double forward = PlanarArmEnvironment.WallX - Approach + ((Approach + PlanarArmEnvironment.SlotDepth) * Math.Exp(-off * off));
        double vx = Gain * (forward - tip[0]), vy = Gain * (arm.SlotY - tip[1]);
        double scale = Math.Min(1, Speed / Math.Max(1e-9, Math.Sqrt((vx * vx) + (vy * vy))));
        var kinematics = new DifferentialKinematics(model, new() { Damping = 0.01, ErrorRate = 0, SpeedLimit = 3 });
        kinematics.Step(tip, [vx * scale, vy * scale], arm.Joints, wanted);

        double period = 1 / arm.ControlRateHz;
        double[] acceleration = new double[n], force = new double[n], regressor = new double[n * model.ParameterCount];
        for (int i = 0; i < n; i++) acceleration[i] = (wanted[i] - arm.Velocities[i]) / Settling;
        model.Regressor(arm.Joints, wanted, wanted, acceleration, regressor);
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < model.ParameterCount; k++) force[i] += regressor[(i * model.ParameterCount) + k] * model.Parameters[k];
        }

        model.Regressor(arm.Joints, new double[n], new double[n], new double[n], regressor);
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < model.ParameterCount; k++) force[i] -= regressor[(i * model.ParameterCount) + k] * model.Parameters[k];
        }

        if (arm.Options.Action == PlanarArmAction.ToolTarget)
        {
            double lead = period + (2 * arm.Options.DampingRatio * Math.Sqrt(arm.Options.Links[^1].Mass / arm.Options.Stiffness));
            return [(float)(tip[0] + (lead * vx * scale)), (float)(tip[1] + (lead * vy * scale))];
        }

        float[] action = new float[n];
        for (int i = 0; i < n; i++)
        {
            double next = arm.Velocities[i] + (acceleration[i] * period);
            action[i] = (float)(arm.Joints[i] + (0.5 * period * (arm.Velocities[i] + next)) + ((force[i] + (arm.Damping[i] * next)) / arm.Options.Stiffness));
        }

        return action;
    }
}
