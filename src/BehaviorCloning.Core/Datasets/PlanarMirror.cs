namespace BehaviorCloning.Datasets;

/// <summary>What the values of a feature are in the plane, and so how a mirror changes them.</summary>
public enum PlanarQuantity
{
    /// <summary>Nothing a mirror changes: a distance, a gripper's opening, a time.</summary>
    Unchanged,

    /// <summary>Places: x, y pairs.</summary>
    Point,

    /// <summary>Velocities, forces, offsets: x, y pairs without a place.</summary>
    Vector,

    /// <summary>Orientations in radians.</summary>
    Angle,
}

/// <summary>Reflects episodes in the plane across the line through a center with a given direction.</summary>
/// <remarks>
/// With the line's direction angle phi, a vector v becomes M v, where M = [cos 2phi, sin 2phi; sin 2phi, -cos 2phi]; a point p becomes
/// c + M (p - c); a body's angle a becomes 2 phi - a + body offset. The offset is there because a mirrored body is a left-handed one:
/// it can be put back only where the body has a mirror axis of its own, at half that offset from its x axis.
/// <code>
/// // Push-T: center (256, 256), phi = -pi/4:  M = [0, -1; -1, 0], so (x, y) -> (512 - y, 512 - x).
/// // The T is its own mirror image under x -> -x, an axis at +pi/2 from its x axis, so the body offset is pi:
/// //   a -> -pi/2 - a + pi = pi/2 - a
/// </code>
/// </remarks>
public sealed record PlanarMirror : ISymmetry
{
    /// <summary>A point of the mirror line.</summary>
    public (double X, double Y) Center { get; init; }

    /// <summary>phi: the direction of the mirror line in radians from the x axis.</summary>
    public double Direction { get; init; }

    /// <summary>Added to mirrored angles: twice the angle of the body's own mirror axis. Default 0, an axis along its x axis.</summary>
    public double BodyOffset { get; init; }

    /// <summary>Mirrored angles lie from here to below 2 pi more. Default 0.</summary>
    public double LowestAngle { get; init; }

    /// <summary>What the values of each feature are. A feature that is not listed is an error, never guessed.</summary>
    public required IReadOnlyDictionary<string, PlanarQuantity> Features { get; init; }

    /// <summary>What the values of actions are. Default points: targets in the plane.</summary>
    public PlanarQuantity Actions { get; init; } = PlanarQuantity.Point;

    /// <inheritdoc/>
    public void Apply(string feature, Span<float> rows)
    {
        if (!Features.TryGetValue(feature, out PlanarQuantity quantity))
            throw new KeyNotFoundException($"The mirror does not know what feature '{feature}' is. It knows: {string.Join(", ", Features.Keys)}.");
        Apply(quantity, rows);
    }

    /// <inheritdoc/>
    public void ApplyToActions(Span<float> rows) => Apply(Actions, rows);

    /// <inheritdoc/>
    public IEnumerable<string> Problems(ObservationSpec observations, ActionSpec actions)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(actions);
        foreach (FeatureSpec spec in observations)
        {
            if (spec.IsImage)
                yield return $"Feature '{spec.Name}' is an image, which this mirror cannot reflect.";
            else if (!Features.TryGetValue(spec.Name, out PlanarQuantity quantity))
                yield return $"The mirror does not know what feature '{spec.Name}' is: add it to {nameof(Features)} as a point, vector, angle, or unchanged.";
            else if (ArePairs(quantity) && spec.Size % 2 != 0)
                yield return $"Feature '{spec.Name}' has {spec.Size} values; x, y pairs are an even number.";
        }

        if (ArePairs(Actions) && actions.Dimension % 2 != 0)
            yield return $"Action '{actions.Name}' has {actions.Dimension} values; x, y pairs are an even number.";
    }

    private static bool ArePairs(PlanarQuantity quantity) => quantity is PlanarQuantity.Point or PlanarQuantity.Vector;

    private void Apply(PlanarQuantity quantity, Span<float> rows)
    {
        if (ArePairs(quantity))
        {
            (double sin, double cos) = Math.SinCos(2 * Direction);
            (double x, double y) = quantity == PlanarQuantity.Point ? Center : (0, 0);
            for (int i = 0; i < rows.Length; i += 2)
            {
                double dx = rows[i] - x, dy = rows[i + 1] - y;
                rows[i] = (float)(x + (cos * dx) + (sin * dy));
                rows[i + 1] = (float)(y + (sin * dx) - (cos * dy));
            }
        }
        else if (quantity == PlanarQuantity.Angle)
        {
            foreach (ref float angle in rows) angle = Wrap((2 * Direction) - angle + BodyOffset);
        }
    }

    private float Wrap(double angle)
    {
        double turns = Math.Floor((angle - LowestAngle) / Math.Tau);
        float wrapped = (float)(angle - (turns * Math.Tau));

        // Rounding to float may land on the excluded end.
        return wrapped >= (float)(LowestAngle + Math.Tau) ? (float)LowestAngle : wrapped;
    }
}
