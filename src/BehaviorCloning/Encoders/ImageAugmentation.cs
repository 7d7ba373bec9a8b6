namespace BehaviorCloning.Encoders;

/// <summary>
/// What training changes in camera frames, so that a policy does not depend on it: light, colors, sharpness, what is hidden, a few pixels of place.
/// Drawn anew for every observation, alike for all its steps and seeded by the training's generator; in use nothing is changed.
/// </summary>
/// <remarks>
/// Applied behind resize and crop, in this order: shift, brightness, contrast, saturation, hue, blur, erasing. Colors are changed by
/// torchvision's formulas; torchvision draws the order of the four, here it is fixed.
/// </remarks>
/// <example><code>
/// var augmentation = new ImageAugmentation { Brightness = 0.3, Contrast = 0.3, Saturation = 0.3, Hue = 0.05, EraseProbability = 0.25 };
/// </code></example>
public sealed record ImageAugmentation
{
    /// <summary>Pixels by which a frame may be moved along each axis, its edge repeated (DrQ, arXiv 2004.13649, has 4 of 84). Default 0.</summary>
    public int Shift { get; init; }

    /// <summary>b: colors are multiplied by a factor in [max(0, 1 - b), 1 + b]. Default 0.</summary>
    public double Brightness { get; init; }

    /// <summary>c: the distance from the frame's mean gray is multiplied by a factor in [max(0, 1 - c), 1 + c]. Default 0.</summary>
    public double Contrast { get; init; }

    /// <summary>s: the distance from the pixel's own gray is multiplied by a factor in [max(0, 1 - s), 1 + s]. Default 0.</summary>
    public double Saturation { get; init; }

    /// <summary>h, at most 0.5: hues are turned by a share of the circle in [-h, h]. Default 0.</summary>
    public double Hue { get; init; }

    /// <summary>How often a frame is blurred. Default 0.</summary>
    public double BlurProbability { get; init; }

    /// <summary>Pixels of the Gaussian's window along each axis, odd. Default 5.</summary>
    public int BlurKernel { get; init; } = 5;

    /// <summary>The smallest deviation of the Gaussian, in pixels. Default 0.1.</summary>
    public double BlurSigmaMinimum { get; init; } = 0.1;

    /// <summary>The largest. Default 2.</summary>
    public double BlurSigmaMaximum { get; init; } = 2;

    /// <summary>How often a rectangle is erased: it becomes the mean color (random erasing, arXiv 1708.04896; cutout). Default 0.</summary>
    public double EraseProbability { get; init; }

    /// <summary>The smallest share of the frame that is erased. Default 0.02.</summary>
    public double EraseMinimum { get; init; } = 0.02;

    /// <summary>The largest. The sides' ratio is 0.3 to 3.3; what does not fit is cut off. Default 0.2.</summary>
    public double EraseMaximum { get; init; } = 0.2;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Shift < 0) yield return $"{nameof(Shift)} {Shift} must not be negative.";
        foreach ((string name, double value) in new[] { (nameof(Brightness), Brightness), (nameof(Contrast), Contrast), (nameof(Saturation), Saturation) })
        {
            if (!(value >= 0 && double.IsFinite(value))) yield return $"{name} {value} must not be negative; 0.2 to 0.4 is usual.";
        }

        if (!(Hue is >= 0 and <= 0.5)) yield return $"{nameof(Hue)} {Hue} must be between 0 and 0.5, a share of the circle; 0.05 is usual.";
        if (!(BlurProbability is >= 0 and <= 1)) yield return $"{nameof(BlurProbability)} {BlurProbability} must be between 0 and 1.";
        if (BlurKernel < 1 || BlurKernel % 2 == 0) yield return $"{nameof(BlurKernel)} {BlurKernel} must be odd and positive.";
        if (!(BlurSigmaMinimum > 0 && BlurSigmaMinimum <= BlurSigmaMaximum && double.IsFinite(BlurSigmaMaximum)))
            yield return $"{nameof(BlurSigmaMinimum)} {BlurSigmaMinimum} must be positive and at most {nameof(BlurSigmaMaximum)} {BlurSigmaMaximum}.";
        if (!(EraseProbability is >= 0 and <= 1)) yield return $"{nameof(EraseProbability)} {EraseProbability} must be between 0 and 1.";
        if (!(EraseMinimum > 0 && EraseMinimum <= EraseMaximum && EraseMaximum < 1))
            yield return $"{nameof(EraseMinimum)} {EraseMinimum} must be positive and at most {nameof(EraseMaximum)} {EraseMaximum}, which must be below 1.";
    }
}
