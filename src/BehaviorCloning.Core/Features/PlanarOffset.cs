namespace BehaviorCloning.Features;

/// <summary>
/// Where a point lies as seen from a moving frame in the plane: R(-angle) (point - frame position). What matters for pushing a
/// block is where the hand is on the block, wherever on the table the block may be.
/// </summary>
/// <remarks>
/// <code>
/// // frame at (10, 0), turned by +90 degrees; point at (10, 5):
/// //   offset in the world   ( 0, 5)
/// //   offset in the frame   ( 5, 0)     the frame's x axis points along the world's y
/// </code>
/// </remarks>
public sealed record PlanarOffset : FeatureTransform
{
    /// <summary>The point (x, y), or several of them: x0, y0, x1, y1, ...</summary>
    public required string Point { get; init; }

    /// <summary>The frame's origin (x, y).</summary>
    public required string FramePosition { get; init; }

    /// <summary>The frame's angle in radians, counter-clockwise from the world's x axis.</summary>
    public required string FrameAngle { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Point, FramePosition, FrameAngle];

    /// <inheritdoc/>
    public override FeatureSpec Output(ObservationSpec raw) => new(OutputName ?? $"{Point}_from_{FramePosition}", [.. raw[Point].Shape]);

    /// <inheritdoc/>
    public override void Apply(IReadOnlyList<ReadOnlyMemory<float>> inputs, int steps, Span<float> output)
    {
        ReadOnlySpan<float> points = inputs[0].Span, positions = inputs[1].Span, angles = inputs[2].Span;
        int size = points.Length / steps;
        for (int step = 0; step < steps; step++)
        {
            (float sin, float cos) = MathF.SinCos(angles[step]);
            float originX = positions[2 * step], originY = positions[(2 * step) + 1];
            for (int i = step * size; i < (step + 1) * size; i += 2)
            {
                float x = points[i] - originX, y = points[i + 1] - originY;
                output[i] = (cos * x) + (sin * y);
                output[i + 1] = (cos * y) - (sin * x);
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec raw)
    {
        string[] faults = [.. base.Problems(raw)];
        if (faults.Length > 0) return faults;
        List<string> sizes = [];
        if (raw[Point].Size % 2 != 0)
            sizes.Add($"{nameof(PlanarOffset)}: '{Point}' has {raw[Point].Size} values; points in the plane need an even number (x, y pairs).");
        if (raw[FramePosition].Size != 2)
            sizes.Add($"{nameof(PlanarOffset)}: frame position '{FramePosition}' has {raw[FramePosition].Size} values, expected 2 (x, y).");
        if (raw[FrameAngle].Size != 1)
            sizes.Add($"{nameof(PlanarOffset)}: frame angle '{FrameAngle}' has {raw[FrameAngle].Size} values, expected 1 (radians).");
        return sizes;
    }
}
