using BehaviorCloning.Control;

namespace BehaviorCloning.Simulation;

/// <summary>
/// An arm of n links in a vertical plane, y up; joint 0 at the origin, angles from one link to the next, the first from the x axis. Exact rigid-body
/// dynamics in closed form, linear in 4 n parameters.
/// </summary>
/// <remarks>
/// In the absolute angles φ (sums of the joints' angles) with <c>B_i = I_i + m_i c_i² + l_i² Σ_{k>i} m_k</c> and <c>S_i = m_i c_i + l_i Σ_{k>i} m_k</c>
/// <code>
/// //   mass matrix     B_i on the diagonal, l_i S_j cos(φ_i - φ_j) for i &lt; j
/// //   Christoffel     C_ij = l_i S_j sin(φ_i - φ_j) φ̇_j
/// //   gravity         g S_i cos φ_i
/// </code>
/// and joint torques are sums of these generalized forces from the tip down to the joint. Parameters: B of all links, S of all links, viscous, then
/// Coulomb friction (which is <c>c tanh(q̇ / 0.01 rad/s)</c>).
/// </remarks>
public sealed class PlanarArmModel : IRigidBodyModel, IManipulatorKinematics
{
    private const double CoulombSpeed = 0.01;
    private readonly double[] lengths, sums, parameters;
    private readonly double gravity;

    // Of one call: absolute angles and rates, generalized reference rates.
    private readonly double[] angle, rate, reference, referenceRate, cosine, sine;

    /// <summary>An arm of these links.</summary>
    /// <param name="links">From the base to the tool, at least one.</param>
    /// <param name="gravity">m/s², downward. Default 9.81.</param>
    /// <exception cref="ArgumentException">A link is at fault; the message lists every fault.</exception>
    public PlanarArmModel(IReadOnlyList<PlanarLink> links, double gravity = 9.81)
    {
        ArgumentNullException.ThrowIfNull(links);
        string[] problems = [.. Problems(links, gravity)];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(links));
        int n = links.Count;
        this.gravity = gravity;
        lengths = [.. links.Select(link => link.Length)];
        parameters = new double[4 * n];
        double beyond = 0;
        for (int i = n - 1; i >= 0; i--)
        {
            PlanarLink link = links[i];
            parameters[i] = link.Inertia + (link.Mass * link.CenterOfMass * link.CenterOfMass) + (link.Length * link.Length * beyond);
            parameters[n + i] = (link.Mass * link.CenterOfMass) + (link.Length * beyond);
            parameters[(2 * n) + i] = link.Viscous;
            parameters[(3 * n) + i] = link.Coulomb;
            beyond += link.Mass;
        }

        (angle, rate, reference, referenceRate) = (new double[n], new double[n], new double[n], new double[n]);
        (cosine, sine, sums) = (new double[n], new double[n], new double[n]);
    }

    /// <inheritdoc/>
    public int Joints => lengths.Length;

    /// <summary>4 n: see the remarks.</summary>
    public int ParameterCount => parameters.Length;

    /// <summary>2: x and y.</summary>
    public int TaskDimension => 2;

    /// <summary>θ: the true parameters, in the order of the remarks.</summary>
    public IReadOnlyList<double> Parameters => parameters;

    /// <summary>How far the tool reaches, m.</summary>
    public double Reach => lengths.Sum();

    /// <inheritdoc/>
    public void Position(ReadOnlySpan<double> joints, Span<double> point)
    {
        point.Clear();
        double sum = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            sum += joints[i];
            (double s, double c) = Math.SinCos(sum);
            point[0] += lengths[i] * c;
            point[1] += lengths[i] * s;
        }
    }

    /// <inheritdoc/>
    public void Jacobian(ReadOnlySpan<double> joints, Span<double> jacobian)
    {
        int n = lengths.Length;
        double sum = 0;
        for (int i = 0; i < n; i++)
        {
            sum += joints[i];
            (double s, double c) = Math.SinCos(sum);
            (jacobian[i], jacobian[n + i]) = (-lengths[i] * s, lengths[i] * c);
        }

        // A joint moves everything beyond it.
        for (int i = n - 2; i >= 0; i--) (jacobian[i], jacobian[n + i]) = (jacobian[i] + jacobian[i + 1], jacobian[n + i] + jacobian[n + i + 1]);
    }

    /// <inheritdoc/>
    public void Regressor(
        ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities, ReadOnlySpan<double> referenceVelocities, ReadOnlySpan<double> referenceAccelerations, Span<double> regressor)
    {
        int n = lengths.Length, p = parameters.Length;
        Absolute(joints, velocities);
        double v = 0, a = 0;
        for (int i = 0; i < n; i++) (reference[i], referenceRate[i]) = (v += referenceVelocities[i], a += referenceAccelerations[i]);
        regressor.Clear();
        for (int i = 0; i < n; i++)
        {
            regressor[(i * p) + i] = referenceRate[i];
            regressor[(i * p) + n + i] += gravity * cosine[i];
            for (int j = 0; j < n; j++)
            {
                if (i == j) continue;
                (int near, int far) = (Math.Min(i, j), Math.Max(i, j));
                (double cos, double sin) = Difference(i, j);
                regressor[(i * p) + n + far] += lengths[near] * ((cos * referenceRate[j]) + (sin * rate[j] * reference[j]));
            }
        }

        for (int i = n - 2; i >= 0; i--)
        {
            for (int k = 0; k < 2 * n; k++) regressor[(i * p) + k] += regressor[((i + 1) * p) + k];
        }

        for (int i = 0; i < n; i++)
        {
            regressor[(i * p) + (2 * n) + i] = velocities[i];
            regressor[(i * p) + (3 * n) + i] = Math.Tanh(velocities[i] / CoulombSpeed);
        }
    }

    /// <summary>The accelerations that torques lead to: <c>M(q) q̈ = τ - C q̇ - g - friction</c>. Nothing is allocated.</summary>
    /// <param name="joints">q, n values, rad.</param>
    /// <param name="velocities">q̇, n values, rad/s.</param>
    /// <param name="torques">τ, n values, N m.</param>
    /// <param name="accelerations">Receives q̈, n values, rad/s².</param>
    /// <exception cref="ArgumentException">Something is not finite.</exception>
    public void Accelerations(ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities, ReadOnlySpan<double> torques, Span<double> accelerations)
    {
        int n = lengths.Length;
        Absolute(joints, velocities);
        Span<double> mass = stackalloc double[n * n];
        AbsoluteMassMatrix(mass);

        // Q = A⁻ᵀ τ: what a joint's torque does to absolute angles is its own minus the next one's.
        for (int i = 0; i < n; i++)
        {
            double own = torques[i] - Friction(i, velocities[i]), next = i + 1 < n ? torques[i + 1] - Friction(i + 1, velocities[i + 1]) : 0;
            double force = own - next - (gravity * parameters[n + i] * cosine[i]);
            for (int j = 0; j < n; j++)
            {
                if (i != j) force -= lengths[Math.Min(i, j)] * parameters[n + Math.Max(i, j)] * Difference(i, j).Sine * rate[j] * rate[j];
            }

            sums[i] = force;
        }

        if (!SymmetricSolver.TryFactor(mass, n)) throw new ArgumentException("The arm's state is not finite.", nameof(joints));
        SymmetricSolver.Solve(mass, sums);
        for (int i = 0; i < n; i++) accelerations[i] = sums[i] - (i == 0 ? 0 : sums[i - 1]);
    }

    /// <summary>Kinetic plus potential energy, J; the potential is 0 at the base's height.</summary>
    public double Energy(ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities)
    {
        int n = lengths.Length;
        Absolute(joints, velocities);
        Span<double> mass = stackalloc double[n * n];
        AbsoluteMassMatrix(mass);
        double energy = 0;
        for (int i = 0; i < n; i++)
        {
            energy += gravity * parameters[n + i] * sine[i];
            for (int j = 0; j < n; j++) energy += 0.5 * mass[(i * n) + j] * rate[i] * rate[j];
        }

        return energy;
    }

    /// <summary>The inertia that each joint feels with the others held: the mass matrix's diagonal, kg m².</summary>
    public void JointInertias(ReadOnlySpan<double> joints, Span<double> inertias)
    {
        int n = lengths.Length;
        Absolute(joints, joints);
        Span<double> mass = stackalloc double[n * n];
        AbsoluteMassMatrix(mass);
        for (int joint = 0; joint < n; joint++)
        {
            inertias[joint] = 0;
            for (int i = joint; i < n; i++)
            {
                for (int j = joint; j < n; j++) inertias[joint] += mass[(i * n) + j];
            }
        }
    }

    internal static IEnumerable<string> Problems(IReadOnlyList<PlanarLink> links, double gravity)
    {
        if (links.Count == 0) yield return "An arm needs at least one link.";
        if (!double.IsFinite(gravity)) yield return $"Gravity {gravity} must be finite.";
        foreach (string problem in links.SelectMany((link, index) => link.Problems(index))) yield return problem;
    }

    private double Friction(int joint, double velocity) =>
        (parameters[(2 * lengths.Length) + joint] * velocity) + (parameters[(3 * lengths.Length) + joint] * Math.Tanh(velocity / CoulombSpeed));

    private void Absolute(ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities)
    {
        double sum = 0, speed = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            (angle[i], rate[i]) = (sum += joints[i], speed += velocities[i]);
            (sine[i], cosine[i]) = Math.SinCos(angle[i]);
        }
    }

    private (double Cosine, double Sine) Difference(int i, int j) => ((cosine[i] * cosine[j]) + (sine[i] * sine[j]), (sine[i] * cosine[j]) - (cosine[i] * sine[j]));

    private void AbsoluteMassMatrix(Span<double> mass)
    {
        int n = lengths.Length;
        for (int i = 0; i < n; i++)
        {
            mass[(i * n) + i] = parameters[i];
            for (int j = i + 1; j < n; j++) mass[(i * n) + j] = mass[(j * n) + i] = lengths[i] * parameters[n + j] * Difference(i, j).Cosine;
        }
    }
}
