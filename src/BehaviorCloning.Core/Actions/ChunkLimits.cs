namespace BehaviorCloning.Actions;

/// <summary>What some dimensions of an action are.</summary>
public enum ActionPartKind
{
    /// <summary>Positions: joint angles in rad, or a tool's coordinates in m.</summary>
    Position,

    /// <summary>Velocities, in units/s.</summary>
    Velocity,

    /// <summary>A rotation in six numbers: see <see cref="Rotation6D"/>.</summary>
    Rotation,
}

/// <summary>Some dimensions of an action, side by side, and what they must keep. A list of limits has one value for all dimensions, one each, or none.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Dimension">How many; 6 for a rotation.</param>
public sealed record ActionPart(ActionPartKind Kind, int Dimension)
{
    /// <summary>Lowest positions. Default none; not for velocities and rotations.</summary>
    public IReadOnlyList<double> Minimum { get; init; } = [];

    /// <summary>Highest positions. Default none; not for velocities and rotations.</summary>
    public IReadOnlyList<double> Maximum { get; init; } = [];

    /// <summary>Largest speeds, units/s: of a rotation, one value in rad/s. Default none.</summary>
    public IReadOnlyList<double> Speed { get; init; } = [];

    /// <summary>Largest accelerations, units/s². Default none; not for rotations.</summary>
    public IReadOnlyList<double> Acceleration { get; init; } = [];

    internal IEnumerable<string> Problems(int index)
    {
        if (!Enum.IsDefined(Kind)) yield return $"Part {index}: there is no kind {Kind}.";
        if (Dimension < 1) yield return $"Part {index} has {Dimension} dimensions; it needs at least 1.";
        if (Kind == ActionPartKind.Rotation && Dimension != 6) yield return $"Part {index} is a rotation of {Dimension} dimensions; it has 6.";
        if (Kind != ActionPartKind.Position && Minimum.Count + Maximum.Count > 0) yield return $"Part {index}: only positions have a minimum and a maximum.";
        if (Kind == ActionPartKind.Rotation && Acceleration.Count > 0) yield return $"Part {index}: a rotation's acceleration is not limited; limit its speed.";
        int dimension = Kind == ActionPartKind.Rotation ? 1 : Dimension;
        foreach ((string name, IReadOnlyList<double> values) in new[] { (nameof(Minimum), Minimum), (nameof(Maximum), Maximum), (nameof(Speed), Speed), (nameof(Acceleration), Acceleration) })
        {
            if (values.Count > 1 && values.Count != dimension) yield return $"Part {index}: {name} has {values.Count} values for {dimension} dimensions. Give one for all, one each, or none.";
            if (values.Any(double.IsNaN)) yield return $"Part {index}: {name} has a NaN.";
            if (name is nameof(Speed) or nameof(Acceleration) && values.Any(value => value <= 0)) yield return $"Part {index}: {name} must be positive: nothing could ever move.";
        }

        if (Minimum.Count is 0 or 1 || Minimum.Count == dimension)
        {
            for (int d = 0; d < dimension; d++)
            {
                if (Of(Minimum, d, double.NegativeInfinity) > Of(Maximum, d, double.PositiveInfinity)) yield return $"Part {index}, dimension {d}: the minimum is above the maximum.";
            }
        }
    }

    internal static double Of(IReadOnlyList<double> values, int index, double none) => values.Count == 0 ? none : values.Count == 1 ? values[0] : index < values.Count ? values[index] : none;
}

/// <summary>What a chunk must keep.</summary>
/// <example>A tool's pose and a gripper: <code>
/// new ChunkLimits
/// {
///     ControlRateHz = 20,
///     Parts = [new(ActionPartKind.Position, 3) { Speed = [0.5], Acceleration = [2] }, new(ActionPartKind.Rotation, 6) { Speed = [1.5] }, new(ActionPartKind.Position, 1)],
/// }
/// </code></example>
public sealed record ChunkLimits
{
    /// <summary>Actions a second: what turns differences into rates.</summary>
    public required double ControlRateHz { get; init; }

    /// <summary>The parts of an action, in order; together all of its dimensions.</summary>
    public required IReadOnlyList<ActionPart> Parts { get; init; }

    /// <summary>Values an action.</summary>
    public int Dimension => Parts.Sum(part => part.Dimension);

    /// <summary>Every fault, none if sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (!(ControlRateHz > 0) || !double.IsFinite(ControlRateHz)) yield return $"{nameof(ControlRateHz)} {ControlRateHz} must be positive and finite.";
        if (Parts.Count == 0) yield return "An action needs at least one part.";
        foreach (string problem in Parts.SelectMany((part, index) => part.Problems(index))) yield return problem;
    }
}
