namespace BehaviorCloning.Runtime;

/// <summary>What a robot does while there is no action for it.</summary>
public enum HoldBehavior
{
    /// <summary>The last action is sent again: right where actions are positions. The default.</summary>
    RepeatLast,

    /// <summary>Zero is approached: right where actions are velocities or forces.</summary>
    Zero,
}

/// <summary>Computes the point that an action moves the robot's tool to.</summary>
/// <param name="action">Da values in raw units.</param>
/// <param name="point">Receives the point.</param>
public delegate void ForwardKinematics(ReadOnlySpan<double> action, Span<double> point);

/// <summary>A box that a point of the robot must not leave.</summary>
/// <param name="Minimum">Its lower corner.</param>
/// <param name="Maximum">Its upper corner.</param>
/// <param name="Point">Where an action moves the point to. Must not allocate, and must give the same for the same action.</param>
public sealed record WorkspaceBox(IReadOnlyList<double> Minimum, IReadOnlyList<double> Maximum, ForwardKinematics Point);

/// <summary>
/// Options of <see cref="ActionGuard"/>. Limits have one entry an action dimension, or are empty where there is none; rates are differences
/// of successive actions, per second. Positions are limited by <see cref="ActionSpec.Minimum"/> and <see cref="ActionSpec.Maximum"/>.
/// </summary>
public sealed record GuardOptions
{
    /// <summary>Control steps a second: what turns differences into rates.</summary>
    public required double ControlRateHz { get; init; }

    /// <summary>Largest speed of each dimension, units/s. Default none.</summary>
    public IReadOnlyList<double> Velocity { get; init; } = [];

    /// <summary>Largest acceleration of each dimension, units/s². Default none.</summary>
    public IReadOnlyList<double> Acceleration { get; init; } = [];

    /// <summary>Largest jerk of each dimension, units/s³. Default none.</summary>
    public IReadOnlyList<double> Jerk { get; init; } = [];

    /// <summary>Where the robot's tool must stay. Default anywhere.</summary>
    public WorkspaceBox? Workspace { get; init; }

    /// <summary>What the robot does without an action. Default: repeat the last one.</summary>
    public HoldBehavior Hold { get; init; }

    /// <summary>Control steps in a row without a usable action after which the robot is stopped for good. Default 10.</summary>
    public int StaleLimit { get; init; } = 10;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems(ActionSpec actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        foreach (string problem in actions.Problems()) yield return problem;
        bool rate = ControlRateHz > 0 && double.IsFinite(ControlRateHz);
        if (!rate) yield return $"{nameof(ControlRateHz)} {ControlRateHz} must be positive and finite.";
        if (StaleLimit < 1) yield return $"{nameof(StaleLimit)} {StaleLimit} must be at least 1.";
        bool sound = rate;
        foreach ((string name, IReadOnlyList<double> limits) in new[] { (nameof(Velocity), Velocity), (nameof(Acceleration), Acceleration), (nameof(Jerk), Jerk) })
        {
            if (limits.Count != 0 && limits.Count != actions.Dimension)
                yield return $"{name} has {limits.Count} limits for the {actions.Dimension} dimensions of '{actions.Name}'. Give one a dimension, or none.";
            if (limits.Any(limit => !(limit > 0)))
                yield return $"{name} has a limit that is not positive: nothing could ever move. Use infinity for none.";
            sound &= (limits.Count == 0 || limits.Count == actions.Dimension) && limits.All(limit => limit > 0);
        }

        if (Workspace is { } box && (box.Minimum.Count != box.Maximum.Count || box.Minimum.Count == 0 || box.Minimum.Zip(box.Maximum).Any(pair => !(pair.First < pair.Second))))
            yield return "The workspace box needs two corners of one dimension, the minimum below the maximum everywhere.";
        if (!sound) yield break;

        for (int i = 0; i < actions.Dimension; i++)
        {
            double steps = new StoppingMotion(this, i).WorstStoppingSteps;
            if (steps > StoppingMotion.StepLimit)
                yield return $"Dimension {i} could take {steps:0} control steps to stop from full speed; the guard looks {StoppingMotion.StepLimit} ahead. Raise its acceleration or jerk limit, or lower its velocity limit.";
        }
    }
}
