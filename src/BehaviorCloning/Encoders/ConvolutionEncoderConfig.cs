namespace BehaviorCloning.Encoders;

/// <summary>Options of <see cref="ConvolutionEncoder"/>.</summary>
public sealed record ConvolutionEncoderConfig : ObservationEncoderConfig
{
    /// <summary>Channels of the layers, each of which halves the picture. Default 16, 32, 64, 64.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [16, 32, 64, 64];

    /// <summary>Extent of the convolutions, odd. Default 3; 5 or 7 for range scans of many beams.</summary>
    public int Kernel { get; init; } = 3;

    /// <summary>Numbers a sensor, or a pad of one, becomes. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <summary>What is as far as this, in units of the uint16 features, or farther, is seen alike. Default 5000: 5 m in millimeters.</summary>
    public int FarUnits { get; init; } = 5000;

    /// <summary>Range scans go all around: their last beam is the first one's neighbor. Default false.</summary>
    public bool Circular { get; init; }

    /// <summary>What training changes in color pictures, uint8 [height, width, 3]; a shift stands for a random crop. Default null: nothing.</summary>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary>One token an observed step instead of one for the whole history. Default false.</summary>
    public bool TokenPerStep { get; init; }

    /// <inheritdoc/>
    public override ObservationEncoder Create(ObservationSpec features, int observationHorizon) => new ConvolutionEncoder(this, features, observationHorizon);

    /// <inheritdoc/>
    public override TokenShape Tokens(ObservationSpec features, int observationHorizon)
    {
        int step = features.Where(f => !f.IsImage).Sum(f => f.Size) + features.Where(f => f.IsImage).Sum(f => PadsOf(f) * Width);
        return TokenPerStep ? new TokenShape(observationHorizon, step) : new TokenShape(1, observationHorizon * step);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (Channels.Count == 0) yield return $"{nameof(Channels)} is empty; every entry is a layer.";
        foreach (int channels in Channels.Where(channels => channels < 1)) yield return $"{nameof(Channels)}: {channels} must be at least 1.";
        if (Kernel < 1 || Kernel % 2 == 0) yield return $"{nameof(Kernel)} {Kernel} must be odd and positive.";
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
        if (FarUnits is < 1 or > ushort.MaxValue) yield return $"{nameof(FarUnits)} {FarUnits} must be 1 to {ushort.MaxValue}.";
        foreach (string problem in Augmentation?.Problems() ?? []) yield return $"{nameof(Augmentation)}: {problem}";
        if (Augmentation is not null && !features.Any(IsColor))
            yield return $"{nameof(Augmentation)} changes color pictures, uint8 [height, width, 3], but there is none among the features ({features}). Leave it out.";
        foreach (FeatureSpec color in features.Where(f => IsColor(f) && Augmentation is { BlurProbability: > 0 } && Augmentation.BlurKernel / 2 >= Math.Min(f.Shape[0], f.Shape[1])))
            yield return $"{nameof(Augmentation)}: a blur of {Augmentation!.BlurKernel} pixels reaches beyond {color}.";
        if (!features.Any(f => f.IsImage)) yield return $"There is no picture (a uint8 or uint16 feature) among the features ({features}). Use the proprioception encoder.";
        foreach (FeatureSpec feature in features.Where(f => f.IsImage))
        {
            bool fits = feature.Element == FeatureElement.UInt16 ? feature.Shape.Count is 1 or 2 : feature.Shape.Count is 2 or 3 or 4;
            if (!fits)
                yield return $"Feature {feature} is no picture this encoder knows: uint16 [beams] or [height, width]; uint8 [height, width], [height, width, channels] or [pads, height, width, channels].";
            else if (Circular && feature.Shape.Count == 1 && MapExtent(feature.Shape[0], Channels.Count - 1) < Kernel / 2)
                yield return $"Feature {feature} has too few beams for {Channels.Count} layers that wrap around with a {nameof(Kernel)} of {Kernel}.";
        }
    }

    /// <inheritdoc/>
    public bool Equals(ConvolutionEncoderConfig? other) => other is not null && Channels.SequenceEqual(other.Channels) && Kernel == other.Kernel
        && Width == other.Width && FarUnits == other.FarUnits && Circular == other.Circular && Augmentation == other.Augmentation && TokenPerStep == other.TokenPerStep;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Channels.Count, Kernel, Width, FarUnits, Circular, Augmentation, TokenPerStep);

    internal static int MapExtent(int extent, int layers)
    {
        for (int i = 0; i < layers; i++) extent = (extent + 1) / 2;
        return extent;
    }

    internal static bool IsColor(FeatureSpec feature) => feature.Element == FeatureElement.UInt8 && feature.Shape.Count == 3 && feature.Shape[2] == 3;

    internal static int PadsOf(FeatureSpec feature) => feature.Shape.Count == 4 ? feature.Shape[0] : 1;
}
