namespace BehaviorCloning.Features;

/// <summary>
/// How near things are, from a rectified pair of cameras: for each cell of a grid the mean inverse depth of its known pixels (1/m), and the share of known pixels.
/// </summary>
/// <remarks>Nearness is disparity / (focal length x baseline): finite for what is far, and as exact everywhere as the disparity. A share of 0 says that the nearness, 0, is no measurement.</remarks>
public sealed record StereoDepth : ImageFeatureTransform
{
    /// <summary>The left camera of the rectified pair.</summary>
    public required string Left { get; init; }

    /// <summary>The right camera.</summary>
    public required string Right { get; init; }

    /// <summary>Of the rectified cameras, in pixels.</summary>
    public required double FocalLength { get; init; }

    /// <summary>Between the cameras, in meters.</summary>
    public required double Baseline { get; init; }

    /// <summary>Right minus left principal point, in pixels. Default 0.</summary>
    public double PrincipalOffset { get; init; }

    /// <summary>Rows of the grid. Default 24.</summary>
    public int Rows { get; init; } = 24;

    /// <summary>Columns of the grid. Default 24.</summary>
    public int Columns { get; init; } = 24;

    /// <summary>How disparities are found.</summary>
    public StereoOptions Matching { get; init; } = new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Left, Right];

    /// <inheritdoc/>
    public override FeatureSpec Output(ObservationSpec raw) => new(OutputName ?? $"{Left}_nearness", Rows, Columns, 2);

    /// <inheritdoc/>
    public override void Apply(IReadOnlyList<CameraFrame> frames, Span<float> output)
    {
        new StereoMatcher(Matching).Match(frames[0].ToGray(), frames[1].ToGray()).CellMeans(Rows, Columns, output);
        double scale = 1 / (FocalLength * Baseline);
        for (int i = 0; i < output.Length; i += 2)
        {
            if (output[i + 1] > 0) output[i] = (float)(scale * (output[i] + PrincipalOffset));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec raw)
    {
        List<string> problems = [.. base.Problems(raw), .. Matching.Problems().Select(problem => $"{nameof(StereoDepth)}: {problem}")];
        if (!(FocalLength > 0 && double.IsFinite(FocalLength))) problems.Add($"{nameof(StereoDepth)}: {nameof(FocalLength)} {FocalLength} must be positive (pixels).");
        if (!(Baseline > 0 && double.IsFinite(Baseline))) problems.Add($"{nameof(StereoDepth)}: {nameof(Baseline)} {Baseline} must be positive (meters).");
        if (!double.IsFinite(PrincipalOffset)) problems.Add($"{nameof(StereoDepth)}: {nameof(PrincipalOffset)} {PrincipalOffset} must be finite.");
        if (Rows < 1 || Columns < 1) problems.Add($"{nameof(StereoDepth)}: a grid of {Rows} x {Columns} must be at least 1 x 1.");
        if (problems.Count > 0) return problems;
        FeatureSpec left = raw[Left], right = raw[Right];
        if (left.Shape[0] != right.Shape[0] || left.Shape[1] != right.Shape[1])
            problems.Add($"{nameof(StereoDepth)}: '{left}' and '{right}' differ in size; a rectified pair does not.");
        if (left.Shape[1] <= Matching.Disparities) problems.Add($"{nameof(StereoDepth)}: '{left}' is {left.Shape[1]} pixels wide, but {Matching.Disparities} disparities are asked for.");
        if (Rows > left.Shape[0] || Columns > left.Shape[1]) problems.Add($"{nameof(StereoDepth)}: a grid of {Rows} x {Columns} has more cells than '{left}' has pixels.");
        return problems;
    }
}
