namespace BehaviorCloning.Features;

/// <summary>
/// The most prominent SIFT features of a camera frame as a set: rows of a presence flag, place, scale, direction and descriptor. Rows without a feature are
/// flagged 0, and zero otherwise.
/// </summary>
/// <remarks>
/// <code>
/// column   0        1  2                  3                     4    5     6 .. 133
///          present  x, y (-1..1, edges)   log2(scale in px)/4   sin  cos   descriptor x sqrt(128)
/// </code>
/// The numbers are of order one: leave them unnormalized (<c>NoNormalization</c>), or the flag loses its meaning. Rows are sorted by prominence, which says nothing
/// from frame to frame: encode them as a set (<c>SparseFeatureEncoder</c>).
/// </remarks>
public sealed record SiftFeatures : ImageFeatureTransform
{
    /// <summary>Numbers of a row.</summary>
    public const int RowSize = 6 + SiftFeature.DescriptorSize;

    /// <summary>The camera.</summary>
    public required string Camera { get; init; }

    /// <summary>Rows: how many features are kept. Default 32.</summary>
    public int Count { get; init; } = 32;

    /// <summary>See <see cref="SiftOptions.ContrastThreshold"/>. Default 0.04.</summary>
    public double ContrastThreshold { get; init; } = 0.04;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Camera];

    private SiftOptions Options => new() { MaximumFeatures = Count, ContrastThreshold = ContrastThreshold };

    /// <inheritdoc/>
    public override FeatureSpec Output(ObservationSpec raw) => new(OutputName ?? $"{Camera}_sift", Count, RowSize);

    /// <inheritdoc/>
    public override void Apply(IReadOnlyList<CameraFrame> frames, Span<float> output)
    {
        output.Clear();
        CameraFrame frame = frames[0];
        float ofDescriptor = MathF.Sqrt(SiftFeature.DescriptorSize);
        int row = 0;
        foreach (SiftFeature feature in new SiftDetector(Options).Detect(frame.ToGray()))
        {
            Span<float> values = output.Slice(row++ * RowSize, RowSize);
            values[0] = 1;
            values[1] = ((2 * feature.X) + 1 - frame.Width) / frame.Width;
            values[2] = ((2 * feature.Y) + 1 - frame.Height) / frame.Height;
            values[3] = MathF.Log2(feature.Scale) / 4;
            (values[4], values[5]) = MathF.SinCos(feature.Angle);
            ReadOnlySpan<float> descriptor = feature.Descriptor.Span;
            for (int i = 0; i < descriptor.Length; i++) values[6 + i] = ofDescriptor * descriptor[i];
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec raw)
    {
        if (Count < 1) return [.. base.Problems(raw), $"{nameof(SiftFeatures)}: {nameof(Count)} {Count} must be at least 1."];
        return [.. base.Problems(raw), .. Options.Problems().Select(problem => $"{nameof(SiftFeatures)}: {problem}")];
    }
}
