using BehaviorCloning.Actions;
using BehaviorCloning.Control;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/control.md.</summary>
internal static class ControlPage
{
    public static void Servo(IRigidBodyModel model, double[] parameters, float[] action, double[] joints, double[] velocities, double[] torques)
    {
        // <snippet control-servo>
        var curve = new TrajectoryInterpolator(model.Joints, capacity: 1, policyRateHz: 20, servoRateHz: 1000, Interpolation.Linear);
        var controller = new JointImpedance(model.Joints, stiffness: [100], damping: [8], model, parameters);
        curve.Begin(joints);
        curve.Load(action);                                                      // every control step
        for (int k = 0; k < 50; k++)
        {
            curve.Step();                                                        // every millisecond
            controller.Step(curve.Position, curve.Velocity, joints, velocities, torques);
        }
        // </snippet>
    }

    public static IPolicy Constrain(IPolicy policy)
    {
        // <snippet control-chunk>
        var limits = new ChunkLimits
        {
            ControlRateHz = 20,
            Parts =
            [
                new ActionPart(ActionPartKind.Position, 3) { Speed = [0.5], Acceleration = [2] },    // the tool, m
                new ActionPart(ActionPartKind.Rotation, 6) { Speed = [1.5] },                        // its rotation 6D, rad/s
                new ActionPart(ActionPartKind.Position, 1) { Minimum = [0], Maximum = [0.08] },      // the gripper, m
            ],
        };
        var safe = new ConstrainedPolicy(policy, new ChunkConstraints(limits));
        // </snippet>
        return safe;
    }
}
