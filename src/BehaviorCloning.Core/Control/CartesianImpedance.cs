namespace BehaviorCloning.Control;

/// <summary>
/// Makes the tool a spring and a damper toward a point, without inverting any kinematics (Hogan 1985; Khatib 1987 without inertia shaping):
/// <c>τ = Jᵀ (K (x_d - x) + D (ẋ_d - J q̇)) - D_q q̇ + g(q)</c>. Well behaved at singularities, where it merely cannot push.
/// </summary>
public sealed class CartesianImpedance
{
    private readonly IManipulatorKinematics kinematics;
    private readonly double[] stiffness, damping, point, jacobian, zero, regressor, parameters;
    private readonly double jointDamping;
    private readonly IRigidBodyModel? gravity;

    /// <summary>Makes the controller.</summary>
    /// <param name="kinematics">Where the tool is.</param>
    /// <param name="stiffness">K, N/m (N m/rad for rotations), positive; one for all coordinates or one each.</param>
    /// <param name="damping">D, N s/m, not negative; one or m.</param>
    /// <param name="jointDamping">D_q, N m s/rad: calms motions that the tool does not feel. Default 0.</param>
    /// <param name="gravity">A model whose gravity is compensated, or none.</param>
    /// <param name="parameters">The model's parameters θ, where there is one.</param>
    /// <exception cref="ArgumentException">The gains or the model do not fit; the message lists every fault.</exception>
    public CartesianImpedance(
        IManipulatorKinematics kinematics, IReadOnlyList<double> stiffness, IReadOnlyList<double> damping, double jointDamping = 0, IRigidBodyModel? gravity = null, IReadOnlyList<double>? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(kinematics);
        ArgumentNullException.ThrowIfNull(stiffness);
        ArgumentNullException.ThrowIfNull(damping);
        (int n, int m) = (kinematics.Joints, kinematics.TaskDimension);
        Shapes.RequireSound(
            [
                .. Shapes.GainProblems(stiffness, m, nameof(stiffness), mayBeZero: false),
                .. Shapes.GainProblems(damping, m, nameof(damping), mayBeZero: true),
                .. Shapes.GainProblems([jointDamping], 1, nameof(jointDamping), mayBeZero: true),
                .. JointImpedance.ModelProblems(n, gravity, parameters),
            ], nameof(stiffness));
        this.kinematics = kinematics;
        (this.stiffness, this.damping, this.jointDamping) = (Shapes.Spread(stiffness, m), Shapes.Spread(damping, m), jointDamping);
        this.gravity = gravity;
        this.parameters = [.. parameters ?? []];
        (point, jacobian, zero) = (new double[m], new double[m * n], new double[n]);
        regressor = new double[n * this.parameters.Length];
    }

    /// <summary>One control period. Nothing is allocated.</summary>
    /// <param name="target">x_d, m values, m.</param>
    /// <param name="targetVelocity">ẋ_d, m values, m/s; empty for zero.</param>
    /// <param name="joints">q, n values, rad.</param>
    /// <param name="velocities">q̇, n values, rad/s.</param>
    /// <param name="torques">Receives τ, n values, N m.</param>
    public void Step(ReadOnlySpan<double> target, ReadOnlySpan<double> targetVelocity, ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities, Span<double> torques)
    {
        (int n, int m) = (kinematics.Joints, kinematics.TaskDimension);
        Shapes.Require(target.Length, m, "target");
        Shapes.Require(joints.Length, n, "joint vector");
        Shapes.Require(velocities.Length, n, "velocity vector");
        Shapes.Require(torques.Length, n, "torque vector");
        if (!targetVelocity.IsEmpty) Shapes.Require(targetVelocity.Length, m, "target velocity");
        JointImpedance.Gravity(gravity, parameters, joints, zero, regressor, torques);
        kinematics.Position(joints, point);
        kinematics.Jacobian(joints, jacobian);
        for (int i = 0; i < n; i++) torques[i] -= jointDamping * velocities[i];
        for (int row = 0; row < m; row++)
        {
            double speed = 0;
            for (int i = 0; i < n; i++) speed += jacobian[(row * n) + i] * velocities[i];
            double force = (stiffness[row] * (target[row] - point[row])) + (damping[row] * ((targetVelocity.IsEmpty ? 0 : targetVelocity[row]) - speed));
            for (int i = 0; i < n; i++) torques[i] += jacobian[(row * n) + i] * force;
        }
    }
}
