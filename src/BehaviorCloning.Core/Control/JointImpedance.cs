namespace BehaviorCloning.Control;

/// <summary>
/// Makes every joint a spring and a damper toward its target (Hogan 1985; per joint as in Albu-Schäffer, Ott and Hirzinger 2007):
/// <c>τ = K (q_d - q) + D (q̇_d - q̇) + g(q)</c>. How stiff and how damped decides how contact feels and how errors of a target become motion.
/// </summary>
public sealed class JointImpedance
{
    private readonly double[] stiffness, damping, zero, regressor, parameters;
    private readonly IRigidBodyModel? gravity;

    /// <summary>Makes the controller.</summary>
    /// <param name="joints">n.</param>
    /// <param name="stiffness">K, N m/rad, positive; one for all joints or one each.</param>
    /// <param name="damping">D, N m s/rad, not negative; one or n. <see cref="Damping"/> gives it from a damping ratio.</param>
    /// <param name="gravity">A model whose gravity is compensated, or none.</param>
    /// <param name="parameters">The model's parameters θ, where there is one.</param>
    /// <exception cref="ArgumentException">The gains or the model do not fit; the message lists every fault.</exception>
    public JointImpedance(int joints, IReadOnlyList<double> stiffness, IReadOnlyList<double> damping, IRigidBodyModel? gravity = null, IReadOnlyList<double>? parameters = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(joints, 1);
        ArgumentNullException.ThrowIfNull(stiffness);
        ArgumentNullException.ThrowIfNull(damping);
        Shapes.RequireSound(
            [
                .. Shapes.GainProblems(stiffness, joints, nameof(stiffness), mayBeZero: false),
                .. Shapes.GainProblems(damping, joints, nameof(damping), mayBeZero: true),
                .. ModelProblems(joints, gravity, parameters),
            ], nameof(stiffness));
        (this.stiffness, this.damping) = (Shapes.Spread(stiffness, joints), Shapes.Spread(damping, joints));
        this.gravity = gravity;
        this.parameters = [.. parameters ?? []];
        zero = new double[joints];
        regressor = new double[joints * this.parameters.Length];
    }

    /// <summary>The damping of a ratio: <c>D = 2 ζ sqrt(K J)</c>. Below 1 a joint overshoots, above 1 it creeps.</summary>
    /// <param name="stiffness">K, N m/rad (or N/m).</param>
    /// <param name="inertia">J, what the spring moves, kg m² (or kg).</param>
    /// <param name="ratio">ζ.</param>
    /// <returns>D, N m s/rad (or N s/m).</returns>
    public static double Damping(double stiffness, double inertia, double ratio) => 2 * ratio * Math.Sqrt(stiffness * inertia);

    /// <summary>One control period. Nothing is allocated.</summary>
    /// <param name="targets">q_d, n values, rad.</param>
    /// <param name="targetVelocities">q̇_d, n values, rad/s; empty for zero.</param>
    /// <param name="joints">q, n values, rad.</param>
    /// <param name="velocities">q̇, n values, rad/s.</param>
    /// <param name="torques">Receives τ, n values, N m.</param>
    public void Step(ReadOnlySpan<double> targets, ReadOnlySpan<double> targetVelocities, ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities, Span<double> torques)
    {
        int n = stiffness.Length;
        Shapes.Require(targets.Length, n, "target");
        Shapes.Require(joints.Length, n, "joint vector");
        Shapes.Require(velocities.Length, n, "velocity vector");
        Shapes.Require(torques.Length, n, "torque vector");
        if (!targetVelocities.IsEmpty) Shapes.Require(targetVelocities.Length, n, "target velocity");
        Gravity(gravity, parameters, joints, zero, regressor, torques);
        for (int i = 0; i < n; i++)
            torques[i] += (stiffness[i] * (targets[i] - joints[i])) + (damping[i] * ((targetVelocities.IsEmpty ? 0 : targetVelocities[i]) - velocities[i]));
    }

    internal static IEnumerable<string> ModelProblems(int joints, IRigidBodyModel? model, IReadOnlyList<double>? parameters)
    {
        if ((model is null) != (parameters is null)) yield return "A model and its parameters go together: give both, or neither.";
        if (model is not null && model.Joints != joints) yield return $"The model has {model.Joints} joints; expected {joints}.";
        if (model is not null && parameters is not null && parameters.Count != model.ParameterCount) yield return $"The model has {model.ParameterCount} parameters; got {parameters.Count}.";
    }

    // g(q) = Y(q, 0, 0, 0) θ.
    internal static void Gravity(IRigidBodyModel? model, double[] parameters, ReadOnlySpan<double> joints, double[] zero, double[] regressor, Span<double> torques)
    {
        torques.Clear();
        if (model is null) return;
        model.Regressor(joints, zero, zero, zero, regressor);
        for (int i = 0; i < torques.Length; i++)
        {
            for (int k = 0; k < parameters.Length; k++) torques[i] += regressor[(i * parameters.Length) + k] * parameters[k];
        }
    }
}
