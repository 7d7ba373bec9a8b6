using BehaviorCloning.Control;

namespace BehaviorCloning.Simulation;

/// <summary>
/// A planar arm with torque dynamics, gravity, friction and contact that puts its tool into a slot in a wall. Between action and torque stands a
/// controller of the stiffness and damping that the options say.
/// </summary>
/// <remarks>
/// <code>
/// //        ______|           wall at x = 0.55 m, slot 0.05 m deep at a height of -0.15 to 0.15 m
/// //   o---/      |===        success: the tool is 0.035 m deep in the slot
/// //  base    tip > slot      failure: a contact force above the breaking force
/// //              |===
/// </code>
/// The tool's contact is a spring of 10 kN/m with a damper and Coulomb friction of 0.3, regularized below 1 cm/s. 80 control steps at 20 Hz. The
/// reward is 1 for success, otherwise minus the tool's distance from that depth, in units of 0.5 m.
/// </remarks>
public sealed class PlanarArmEnvironment : IEnvironment
{
    /// <summary>Where the wall stands, m.</summary>
    public const double WallX = 0.55;

    /// <summary>How deep the slot is, m.</summary>
    public const double SlotDepth = 0.05;

    /// <summary>How deep the tool must get, m.</summary>
    public const double SuccessDepth = 0.035;

    /// <summary>What the arm must reach, m: the far end of the highest slot.</summary>
    internal const double NeededReach = 0.63;

    private const double SlotRange = 0.15, ContactStiffness = 10_000, ContactDamping = 60, ContactFriction = 0.3, SlipSpeed = 0.01;
    private const int Steps = 80;
    private readonly PlanarArmOptions options;
    private readonly TrajectoryInterpolator interpolator;
    private readonly JointImpedance? joint;
    private readonly CartesianImpedance? cartesian;
    private readonly double[] q, dq, torques, target, tip, contact, jacobian, damping;
    private readonly double[] stageQ, stageTip, stageTorques, k1, k2, k3, k4, v2, v3, v4;
    private int step = -1;
    private bool broken;

    /// <summary>Makes the world.</summary>
    /// <exception cref="ArgumentException">The options are at fault; the message lists every fault.</exception>
    public PlanarArmEnvironment(PlanarArmOptions? options = null)
    {
        this.options = options ??= new();
        string[] problems = [.. options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
        Model = new PlanarArmModel(options.Links, options.Gravity);
        int n = Model.Joints;
        (q, dq, torques, damping) = (new double[n], new double[n], new double[n], new double[n]);
        (tip, contact, jacobian) = (new double[2], new double[2], new double[2 * n]);
        (stageQ, stageTip, stageTorques) = (new double[n], new double[2], new double[n]);
        (k1, k2, k3, k4, v2, v3, v4) = (new double[n], new double[n], new double[n], new double[n], new double[n], new double[n], new double[n]);
        bool tool = options.Action == PlanarArmAction.ToolTarget;
        target = new double[tool ? 2 : n];
        interpolator = new TrajectoryInterpolator(target.Length, 1, options.ControlRateHz, options.ServoRateHz, options.Interpolation);

        // What the joints move with the elbow bent at a right angle, as in front of the wall.
        double[] nominal = [0, .. Enumerable.Repeat(Math.PI / 2, n - 1)], inertias = new double[n];
        Model.JointInertias(nominal, inertias);
        for (int i = 0; i < n; i++) damping[i] = JointImpedance.Damping(options.Stiffness, inertias[i], options.DampingRatio);
        if (options.Action == PlanarArmAction.JointTarget)
            joint = new JointImpedance(n, [options.Stiffness], damping, Model, Model.Parameters);
        if (tool)
        {
            double mass = options.Links[^1].Mass;
            cartesian = new CartesianImpedance(Model, [options.Stiffness], [JointImpedance.Damping(options.Stiffness, mass, options.DampingRatio)], 0, Model, Model.Parameters);
        }

        float limit = options.Action == PlanarArmAction.Torque ? (float)options.TorqueLimit : tool ? 2 * (float)Model.Reach : 2 * MathF.PI;
        Actions = new ActionSpec(tool ? "tool target" : options.Action == PlanarArmAction.Torque ? "torque" : "joint target", target.Length)
        {
            Minimum = [.. Enumerable.Repeat(-limit, target.Length)], Maximum = [.. Enumerable.Repeat(limit, target.Length)],
        };
        Observations = new ObservationSpec(new FeatureSpec("joints", n), new FeatureSpec("velocities", n), new FeatureSpec("slot", 2));
    }

    /// <summary>The arm's dynamics and kinematics; for reading.</summary>
    public PlanarArmModel Model { get; }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; }

    /// <inheritdoc/>
    public ActionSpec Actions { get; }

    /// <inheritdoc/>
    public double ControlRateHz => options.ControlRateHz;

    /// <inheritdoc/>
    public int StepLimit => Steps;

    /// <summary>The slot's height in this episode, m.</summary>
    public double SlotY { get; private set; }

    /// <summary>The largest contact force of this episode, N.</summary>
    public double LargestForce { get; private set; }

    /// <summary>Kinetic plus potential energy, J.</summary>
    public double Energy => Model.Energy(q, dq);

    internal PlanarArmOptions Options => options;

    internal ReadOnlySpan<double> Joints => q;

    internal ReadOnlySpan<double> Velocities => dq;

    internal ReadOnlySpan<double> Damping => damping;

    /// <inheritdoc/>
    public Observation Reset(long seed)
    {
        var random = new NumpyRandomState(seed);
        SlotY = SlotRange * ((2 * random.NextDouble()) - 1);
        int n = q.Length;

        // Elbow down, the tool about 0.35 m from the base; further links stretch on.
        q[0] = -1.3 + (0.3 * ((2 * random.NextDouble()) - 1));
        for (int i = 1; i < n; i++) q[i] = i == 1 ? 2.0 + (0.3 * ((2 * random.NextDouble()) - 1)) : 0;
        SetState(q, new double[n]);
        return Observe();
    }

    /// <summary>Puts the arm somewhere, with the controller's target there, and starts counting steps and forces anew. The slot stays.</summary>
    /// <param name="joints">q, n values, rad.</param>
    /// <param name="velocities">q̇, n values, rad/s.</param>
    public void SetState(ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities)
    {
        if (joints.Length != q.Length || velocities.Length != q.Length)
            throw new ArgumentException($"The arm has {q.Length} joints; got {joints.Length} angles and {velocities.Length} velocities.");
        joints.CopyTo(q);
        velocities.CopyTo(dq);
        Model.Position(q, tip);
        interpolator.Begin(options.Action switch { PlanarArmAction.JointTarget => q, PlanarArmAction.ToolTarget => tip, _ => target.AsSpan() });
        (step, broken, LargestForce) = (0, false, 0);
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        ActionCheck.Require(action, Actions, step >= 0);
        bool torque = options.Action == PlanarArmAction.Torque;
        Span<float> bounded = stackalloc float[action.Length];
        for (int i = 0; i < action.Length; i++) bounded[i] = Math.Clamp(action[i], Actions.Minimum[i], Actions.Maximum[i]);
        if (!torque) interpolator.Load(bounded);
        int servoSteps = (int)Math.Round(options.ServoRateHz / options.ControlRateHz);
        bool success = false;
        for (int k = 0; k < servoSteps && !broken && !success; k++)
        {
            if (torque)
            {
                for (int i = 0; i < torques.Length; i++) torques[i] = bounded[i];
            }
            else
            {
                interpolator.Step();
                joint?.Step(interpolator.Position, default, q, dq, torques);
                cartesian?.Step(interpolator.Position, default, q, dq, torques);
                for (int i = 0; i < torques.Length; i++) torques[i] = Math.Clamp(torques[i], -options.TorqueLimit, options.TorqueLimit);
            }

            Integrate(1 / options.ServoRateHz);
            Model.Position(q, tip);
            if (!options.Wall) continue;
            LargestForce = Math.Max(LargestForce, ContactForce(q, dq));
            broken = LargestForce > options.BreakingForce;
            success = !broken && tip[0] >= WallX + SuccessDepth && Math.Abs(tip[1] - SlotY) <= options.SlotHalfHeight + 0.005;
        }

        step++;
        double left = Math.Sqrt(Math.Pow(tip[0] - WallX - SuccessDepth, 2) + Math.Pow(tip[1] - SlotY, 2));
        return new StepResult(Observe(), success ? 1 : -left / 0.5, success, success || broken || step >= Steps);
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }

    // Classical Runge-Kutta with the torques held.
    private void Integrate(double dt)
    {
        int n = q.Length;
        Derivative(q, dq, k1);
        Stage(dq, k1, dt / 2, v2);
        Derivative(stageQ, v2, k2);
        Stage(v2, k2, dt / 2, v3);
        Derivative(stageQ, v3, k3);
        Stage(v3, k3, dt, v4);
        Derivative(stageQ, v4, k4);
        for (int i = 0; i < n; i++)
        {
            q[i] += dt / 6 * (dq[i] + (2 * v2[i]) + (2 * v3[i]) + v4[i]);
            dq[i] += dt / 6 * (k1[i] + (2 * k2[i]) + (2 * k3[i]) + k4[i]);
        }

        void Stage(double[] rate, double[] slope, double h, double[] next)
        {
            for (int i = 0; i < n; i++) (stageQ[i], next[i]) = (q[i] + (h * rate[i]), dq[i] + (h * slope[i]));
        }
    }

    private void Derivative(double[] joints, double[] velocities, double[] accelerations)
    {
        torques.CopyTo(stageTorques, 0);
        if (options.Wall && ContactForce(joints, velocities) > 0)
        {
            int n = joints.Length;
            for (int i = 0; i < n; i++) stageTorques[i] += (jacobian[i] * contact[0]) + (jacobian[n + i] * contact[1]);
        }

        Model.Accelerations(joints, velocities, stageTorques, accelerations);
    }

    // The force on the tool, N, into contact; leaves the Jacobian beside it.
    private double ContactForce(double[] joints, double[] velocities)
    {
        Model.Position(joints, stageTip);
        (double x, double y) = (stageTip[0], stageTip[1] - SlotY);
        contact[0] = contact[1] = 0;
        if (x <= WallX) return 0;
        double side = Math.Abs(y) - options.SlotHalfHeight, back = x - WallX - SlotDepth;
        double normalX, normalY, depth;
        if (side > 0 && (back > 0 || x - WallX < side)) (normalX, normalY, depth) = (-1, 0, x - WallX);
        else if (side > 0) (normalX, normalY, depth) = (0, -Math.Sign(y), side);
        else if (back > 0) (normalX, normalY, depth) = (-1, 0, back);
        else return 0;

        Model.Jacobian(joints, jacobian);
        double vx = 0, vy = 0;
        int n = joints.Length;
        for (int i = 0; i < n; i++) (vx, vy) = (vx + (jacobian[i] * velocities[i]), vy + (jacobian[n + i] * velocities[i]));
        double approach = -((vx * normalX) + (vy * normalY)), slip = (vy * normalX) - (vx * normalY);
        double force = Math.Max(0, (ContactStiffness * depth) + (ContactDamping * approach));
        double friction = -ContactFriction * force * Math.Tanh(slip / SlipSpeed);
        (contact[0], contact[1]) = ((force * normalX) - (friction * normalY), (force * normalY) + (friction * normalX));
        return Math.Sqrt((force * force) + (friction * friction));
    }

    private Observation Observe() => new()
    {
        ["joints"] = Floats(q),
        ["velocities"] = Floats(dq),
        ["slot"] = new float[] { (float)(WallX - tip[0]), (float)(SlotY - tip[1]) },
    };

    private static float[] Floats(double[] values) => [.. values.Select(value => (float)value)];
}
