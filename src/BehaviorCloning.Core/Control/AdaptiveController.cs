namespace BehaviorCloning.Control;

/// <summary>Gains of an <see cref="AdaptiveController"/>.</summary>
public sealed record AdaptiveOptions
{
    /// <summary>Λ, 1/s: how fast a position error shall vanish. One for all joints, or one each. Default 5.</summary>
    public IReadOnlyList<double> ErrorRate { get; init; } = [5];

    /// <summary>K_D, N m s/rad: feedback on the combined error. One, or n. Default 10.</summary>
    public IReadOnlyList<double> Feedback { get; init; } = [10];

    /// <summary>Γ, how fast each parameter is adapted, its units squared a joule. One, or p; 0 keeps a parameter as it is. Default 1.</summary>
    public IReadOnlyList<double> Adaptation { get; init; } = [1];

    /// <summary>Where the estimates begin: θ̂, p values. Default all zero: nothing is known.</summary>
    public IReadOnlyList<double> Initial { get; init; } = [];

    /// <summary>Lowest value of every estimate. Default 0: inertias and friction are never negative. Minus infinity for none.</summary>
    public double Minimum { get; init; }

    /// <summary>Every fault, none if sound.</summary>
    public IEnumerable<string> Problems(IRigidBodyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (string problem in Shapes.GainProblems(ErrorRate, model.Joints, nameof(ErrorRate), mayBeZero: false)) yield return problem;
        foreach (string problem in Shapes.GainProblems(Feedback, model.Joints, nameof(Feedback), mayBeZero: false)) yield return problem;
        foreach (string problem in Shapes.GainProblems(Adaptation, model.ParameterCount, nameof(Adaptation), mayBeZero: true)) yield return problem;
        if (Initial.Count != 0 && Initial.Count != model.ParameterCount) yield return $"{nameof(Initial)} has {Initial.Count} values; the model has {model.ParameterCount} parameters.";
        if (Initial.Any(value => !double.IsFinite(value) || value < Minimum)) yield return $"{nameof(Initial)} must be finite and not below {Minimum}.";
        if (double.IsNaN(Minimum)) yield return $"{nameof(Minimum)} must not be NaN.";
    }
}

/// <summary>
/// Tracks a trajectory while it learns the masses and friction it moves (Slotine and Li, On the adaptive control of robot manipulators, 1987).
/// </summary>
/// <remarks>
/// <code>
/// //   e = q - q_d          s = ė + Λ e                       combined error
/// //   v = q̇_d - Λ e        a = q̈_d - Λ ė                     reference
/// //   τ = Y(q, q̇, v, a) θ̂ - K_D s
/// //   θ̂' = -Γ Yᵀ s                                           forward Euler, not below the minimum
/// </code>
/// The energy-like <c>V = ½ sᵀ M s + ½ (θ̂ - θ)ᵀ Γ⁻¹ (θ̂ - θ)</c> never grows, since <c>V' = -sᵀ K_D s</c>: tracking errors vanish whatever the estimates
/// do. The estimates become the true parameters only on a trajectory that excites them all.
/// </remarks>
public sealed class AdaptiveController
{
    private readonly IRigidBodyModel model;
    private readonly double dt, minimum;
    private readonly double[] errorRate, feedback, adaptation, initial, estimates;
    private readonly double[] combined, reference, referenceRate, regressor;

    /// <summary>Makes the controller.</summary>
    /// <param name="model">The robot's dynamics but for its parameters.</param>
    /// <param name="options">Gains.</param>
    /// <param name="rateHz">Calls of <see cref="Step"/> a second.</param>
    /// <exception cref="ArgumentException">The options are at fault; the message lists every fault.</exception>
    public AdaptiveController(IRigidBodyModel model, AdaptiveOptions options, double rateHz)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        IEnumerable<string> problems = options.Problems(model);
        if (!(rateHz > 0) || !double.IsFinite(rateHz)) problems = problems.Append($"The rate {rateHz} Hz must be positive and finite.");
        Shapes.RequireSound(problems, nameof(options));
        (int n, int p) = (model.Joints, model.ParameterCount);
        (this.model, dt, minimum) = (model, 1 / rateHz, options.Minimum);
        (errorRate, feedback, adaptation) = (Shapes.Spread(options.ErrorRate, n), Shapes.Spread(options.Feedback, n), Shapes.Spread(options.Adaptation, p));
        initial = options.Initial.Count == 0 ? [.. Enumerable.Repeat(Math.Max(0, minimum), p)] : [.. options.Initial];
        estimates = [.. initial];
        (combined, reference, referenceRate, regressor) = (new double[n], new double[n], new double[n], new double[n * p]);
    }

    /// <summary>θ̂: what is thought of the parameters, p values.</summary>
    public ReadOnlySpan<double> Estimates => estimates;

    /// <summary>s: the combined error of the last step, n values, rad/s.</summary>
    public ReadOnlySpan<double> CombinedError => combined;

    /// <summary>Forgets what was learned.</summary>
    public void Reset() => initial.CopyTo(estimates, 0);

    /// <summary>One control period. Nothing is allocated. What is not finite is not learned from.</summary>
    /// <param name="targets">q_d, n values, rad.</param>
    /// <param name="targetVelocities">q̇_d, n values, rad/s.</param>
    /// <param name="targetAccelerations">q̈_d, n values, rad/s².</param>
    /// <param name="joints">q, n values, rad.</param>
    /// <param name="velocities">q̇, n values, rad/s.</param>
    /// <param name="torques">Receives τ, n values, N m.</param>
    public void Step(
        ReadOnlySpan<double> targets, ReadOnlySpan<double> targetVelocities, ReadOnlySpan<double> targetAccelerations, ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities, Span<double> torques)
    {
        (int n, int p) = (model.Joints, model.ParameterCount);
        Shapes.Require(targets.Length, n, "target");
        Shapes.Require(targetVelocities.Length, n, "target velocity");
        Shapes.Require(targetAccelerations.Length, n, "target acceleration");
        Shapes.Require(joints.Length, n, "joint vector");
        Shapes.Require(velocities.Length, n, "velocity vector");
        Shapes.Require(torques.Length, n, "torque vector");
        for (int i = 0; i < n; i++)
        {
            double error = joints[i] - targets[i], rate = velocities[i] - targetVelocities[i];
            combined[i] = rate + (errorRate[i] * error);
            reference[i] = targetVelocities[i] - (errorRate[i] * error);
            referenceRate[i] = targetAccelerations[i] - (errorRate[i] * rate);
        }

        model.Regressor(joints, velocities, reference, referenceRate, regressor);
        for (int i = 0; i < n; i++)
        {
            torques[i] = -feedback[i] * combined[i];
            for (int k = 0; k < p; k++) torques[i] += regressor[(i * p) + k] * estimates[k];
        }

        for (int k = 0; k < p; k++)
        {
            double slope = 0;
            for (int i = 0; i < n; i++) slope += regressor[(i * p) + k] * combined[i];
            if (double.IsFinite(slope)) estimates[k] = Math.Max(minimum, estimates[k] - (dt * adaptation[k] * slope));
        }
    }
}
