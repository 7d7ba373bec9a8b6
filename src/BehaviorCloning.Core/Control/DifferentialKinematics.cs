namespace BehaviorCloning.Control;

/// <summary>How strongly <see cref="DifferentialKinematics"/> damps.</summary>
public sealed record DifferentialKinematicsOptions
{
    /// <summary>λ at a singularity, in units of the Jacobian's entries (m/rad). Default 0.05. Joint speeds stay below the tool's divided by 2λ.</summary>
    public double Damping { get; init; } = 0.05;

    /// <summary>
    /// Manipulability <c>w = sqrt(det J Jᵀ)</c> from which on nothing is damped; below, <c>λ² (1 - w / w0)²</c> (Nakamura and Hanafusa 1986). Default 0: damped
    /// everywhere alike.
    /// </summary>
    public double WellConditioned { get; init; }

    /// <summary>How fast a position error of the tool shall vanish, 1/s. Default 10; 0 for velocities only.</summary>
    public double ErrorRate { get; init; } = 10;

    /// <summary>Largest joint speed, rad/s: all joints are slowed alike, which keeps the direction. Default none.</summary>
    public double SpeedLimit { get; init; } = double.PositiveInfinity;

    /// <summary>Every fault, none if sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (!(Damping > 0) || !double.IsFinite(Damping)) yield return $"{nameof(Damping)} {Damping} must be positive and finite.";
        if (!(WellConditioned >= 0) || !double.IsFinite(WellConditioned)) yield return $"{nameof(WellConditioned)} {WellConditioned} must be finite and not negative.";
        if (!(ErrorRate >= 0) || !double.IsFinite(ErrorRate)) yield return $"{nameof(ErrorRate)} {ErrorRate} must be finite and not negative.";
        if (!(SpeedLimit > 0)) yield return $"{nameof(SpeedLimit)} {SpeedLimit} must be positive. Use infinity for none.";
    }
}

/// <summary>
/// Joint velocities that move the tool as asked, by damped least squares (Wampler 1986; Nakamura and Hanafusa 1986):
/// <c>q̇ = Jᵀ (J Jᵀ + λ² I)⁻¹ (ẋ_d + k (x_d - x))</c>. Minimizes <c>|J q̇ - ẋ|² + λ² |q̇|²</c>, so a singularity costs accuracy instead of speed.
/// </summary>
public sealed class DifferentialKinematics
{
    private readonly IManipulatorKinematics kinematics;
    private readonly DifferentialKinematicsOptions options;
    private readonly double[] point, jacobian, square, task;

    /// <summary>Makes it for a robot.</summary>
    /// <exception cref="ArgumentException">The options are at fault; the message lists every fault.</exception>
    public DifferentialKinematics(IManipulatorKinematics kinematics, DifferentialKinematicsOptions options)
    {
        ArgumentNullException.ThrowIfNull(kinematics);
        ArgumentNullException.ThrowIfNull(options);
        Shapes.RequireSound(options.Problems(), nameof(options));
        (this.kinematics, this.options) = (kinematics, options);
        (int n, int m) = (kinematics.Joints, kinematics.TaskDimension);
        (point, jacobian, square, task) = (new double[m], new double[m * n], new double[m * m], new double[m]);
    }

    /// <summary>w of the last step: 0 at a singularity.</summary>
    public double Manipulability { get; private set; }

    /// <summary>The joint velocities for now. Nothing is allocated.</summary>
    /// <param name="target">x_d, m values, m.</param>
    /// <param name="targetVelocity">ẋ_d, m values, m/s; empty for zero.</param>
    /// <param name="joints">q, n values, rad.</param>
    /// <param name="velocities">Receives q̇, n values, rad/s.</param>
    /// <exception cref="ArgumentException">A vector has the wrong length, or a value is not finite.</exception>
    public void Step(ReadOnlySpan<double> target, ReadOnlySpan<double> targetVelocity, ReadOnlySpan<double> joints, Span<double> velocities)
    {
        (int n, int m) = (kinematics.Joints, kinematics.TaskDimension);
        Shapes.Require(target.Length, m, "target");
        Shapes.Require(joints.Length, n, "joint vector");
        Shapes.Require(velocities.Length, n, "velocity vector");
        if (!targetVelocity.IsEmpty) Shapes.Require(targetVelocity.Length, m, "target velocity");
        kinematics.Position(joints, point);
        kinematics.Jacobian(joints, jacobian);
        double lambda = options.Damping;
        Manipulability = SquareRootOfDeterminant();
        if (options.WellConditioned > 0) lambda *= Math.Max(0, 1 - (Manipulability / options.WellConditioned));
        Square(lambda * lambda);
        for (int row = 0; row < m; row++) task[row] = (targetVelocity.IsEmpty ? 0 : targetVelocity[row]) + (options.ErrorRate * (target[row] - point[row]));
        if (!SymmetricSolver.TryFactor(square, m))
            throw new ArgumentException($"At these joints J Jᵀ + λ² I has no factor: a joint is not finite, or the damping {options.Damping} is rounding noise beside the Jacobian.", nameof(joints));
        SymmetricSolver.Solve(square, task);
        double fastest = 0;
        for (int i = 0; i < n; i++)
        {
            double speed = 0;
            for (int row = 0; row < m; row++) speed += jacobian[(row * n) + i] * task[row];
            if (!double.IsFinite(speed)) throw new ArgumentException("The target is not finite.", nameof(target));
            velocities[i] = speed;
            fastest = Math.Max(fastest, Math.Abs(speed));
        }

        if (fastest <= options.SpeedLimit) return;
        for (int i = 0; i < n; i++) velocities[i] *= options.SpeedLimit / fastest;
    }

    // The product of the factor's diagonal; 0 where there is no factor.
    private double SquareRootOfDeterminant()
    {
        Square(0);
        int m = task.Length;
        if (!SymmetricSolver.TryFactor(square, m)) return 0;
        double product = 1;
        for (int row = 0; row < m; row++) product *= square[(row * m) + row];
        return product;
    }

    // J Jᵀ + λ² I.
    private void Square(double added)
    {
        (int n, int m) = (kinematics.Joints, kinematics.TaskDimension);
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double sum = row == column ? added : 0;
                for (int i = 0; i < n; i++) sum += jacobian[(row * n) + i] * jacobian[(column * n) + i];
                square[(row * m) + column] = sum;
            }
        }
    }
}
