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

/// <summary>What a mirror does to the frames of a camera that looks straight at the plane.</summary>
public enum FrameMirror
{
    /// <summary>Left and right change places: the line is upright and runs through the frame's middle.</summary>
    LeftRight,

    /// <summary>Top and bottom change places: the line is level and runs through the frame's middle.</summary>
    TopBottom,

    /// <summary>Rows become columns: the line runs from the top left corner to the bottom right one of a square frame.</summary>
    Diagonal,

    /// <summary>Rows become columns from the end: the line runs from the top right corner to the bottom left one of a square frame.</summary>
    AntiDiagonal,
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

    /// <summary>What becomes of the frames of each image feature. Default none: a feature that is not listed cannot be mirrored.</summary>
    public IReadOnlyDictionary<string, FrameMirror> Frames { get; init; } = System.Collections.Frozen.FrozenDictionary<string, FrameMirror>.Empty;

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
            {
                if (!Frames.TryGetValue(spec.Name, out FrameMirror frames))
                    yield return $"The mirror does not know what becomes of the frames of '{spec.Name}': add it to {nameof(Frames)}, or leave it out of the dataset.";
                else if (spec.Shape.Count is not (2 or 3) || (frames is FrameMirror.Diagonal or FrameMirror.AntiDiagonal && spec.Shape[0] != spec.Shape[1]))
                    yield return $"The frames of '{spec}' cannot be mirrored ({frames}): expected [height, width] or [height, width, channels], square for a diagonal.";
            }
            else if (!Features.TryGetValue(spec.Name, out PlanarQuantity quantity))
                yield return $"The mirror does not know what feature '{spec.Name}' is: add it to {nameof(Features)} as a point, vector, angle, or unchanged.";
            else if (ArePairs(quantity) && spec.Size % 2 != 0)
                yield return $"Feature '{spec.Name}' has {spec.Size} values; x, y pairs are an even number.";
        }

        if (ArePairs(Actions) && actions.Dimension % 2 != 0)
            yield return $"Action '{actions.Name}' has {actions.Dimension} values; x, y pairs are an even number.";
    }

    /// <inheritdoc/>
    public bool MirrorsFrames(FeatureSpec image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Frames.ContainsKey(image.Name);
    }

    /// <inheritdoc/>
    public void ApplyToFrame(FeatureSpec image, Span<byte> frame)
    {
        ArgumentNullException.ThrowIfNull(image);
        int height = image.Shape[0], width = image.Shape[1], pixel = image.StepBytes / (height * width);
        byte[] original = frame.ToArray();
        FrameMirror mirror = Frames[image.Name];
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                (int fromRow, int fromColumn) = mirror switch
                {
                    FrameMirror.LeftRight => (row, width - 1 - column),
                    FrameMirror.TopBottom => (height - 1 - row, column),
                    FrameMirror.Diagonal => (column, row),
                    _ => (height - 1 - column, width - 1 - row),
                };
                original.AsSpan(((fromRow * width) + fromColumn) * pixel, pixel).CopyTo(frame[(((row * width) + column) * pixel)..]);
            }
        }
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
