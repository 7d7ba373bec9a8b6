namespace BehaviorCloning.Features;

/// <summary>A point that is found again after the camera has moved, turned or come closer, and what it looks like.</summary>
/// <param name="X">To the right, in pixels of the image.</param>
/// <param name="Y">Downwards, in pixels of the image.</param>
/// <param name="Scale">Deviation of the Gaussian at which it stands out, in pixels.</param>
/// <param name="Angle">Direction of its strongest gradient, 0 to 2 pi, from the x axis towards the y axis.</param>
/// <param name="Response">How much it stands out: |difference of Gaussians|, luminance 0..1.</param>
/// <param name="Descriptor">128 numbers of unit length: 4 x 4 cells, row by row, of 8 gradient directions.</param>
public sealed record SiftFeature(float X, float Y, float Scale, float Angle, float Response, ReadOnlyMemory<float> Descriptor)
{
    /// <summary>Numbers of a descriptor.</summary>
    public const int DescriptorSize = 128;
}

/// <summary>Options of <see cref="SiftDetector"/>; the defaults are Lowe's (2004).</summary>
public sealed record SiftOptions
{
    /// <summary>Keeps only so many features, those that stand out most; 0 for all. Default 0.</summary>
    public int MaximumFeatures { get; init; }

    /// <summary>Scales looked at within a doubling of size. Default 3.</summary>
    public int ScalesPerOctave { get; init; } = 3;

    /// <summary>The first scale's Gaussian deviation in pixels of the doubled image. Default 1.6.</summary>
    public double FirstScale { get; init; } = 1.6;

    /// <summary>The blur an image has by itself. Default 0.5 pixels.</summary>
    public double ImageBlur { get; init; } = 0.5;

    /// <summary>
    /// Features that stand out less than this share of the luminance range, over <see cref="ScalesPerOctave"/>, are left out. Default 0.04; Lowe
    /// writes the quotient, for other scales.
    /// </summary>
    public double ContrastThreshold { get; init; } = 0.04;

    /// <summary>Features on edges, where the larger curvature is more than this many times the smaller, are left out: they slide. Default 10.</summary>
    public double EdgeRatio { get; init; } = 10;

    /// <summary>Whether the image is doubled first, which finds four times as many features. Default true.</summary>
    public bool DoublesImage { get; init; } = true;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (MaximumFeatures < 0) yield return $"{nameof(MaximumFeatures)} {MaximumFeatures} must not be negative; 0 keeps all.";
        if (ScalesPerOctave is < 1 or > 16) yield return $"{nameof(ScalesPerOctave)} {ScalesPerOctave} must be 1 to 16.";
        if (!(FirstScale > 0 && double.IsFinite(FirstScale))) yield return $"{nameof(FirstScale)} {FirstScale} must be positive.";
        if (!(ImageBlur >= 0 && double.IsFinite(ImageBlur))) yield return $"{nameof(ImageBlur)} {ImageBlur} must not be negative.";
        else if ((DoublesImage ? 2 : 1) * ImageBlur >= FirstScale)
            yield return $"{nameof(ImageBlur)} {ImageBlur}{(DoublesImage ? ", doubled," : "")} must be less than {nameof(FirstScale)} {FirstScale}: blur can be added, not taken away.";
        if (!(ContrastThreshold >= 0 && double.IsFinite(ContrastThreshold))) yield return $"{nameof(ContrastThreshold)} {ContrastThreshold} must not be negative.";
        if (!(EdgeRatio >= 1 && double.IsFinite(EdgeRatio))) yield return $"{nameof(EdgeRatio)} {EdgeRatio} must be at least 1.";
    }
}
