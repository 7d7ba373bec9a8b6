using BehaviorCloning.Networks;

namespace BehaviorCloning.Encoders;

/// <summary>Options of <see cref="ResNetEncoder"/>. The defaults are Diffusion Policy's: trained from nothing, group norm, spatial softmax.</summary>
public sealed record ResNetEncoderConfig : ObservationEncoderConfig
{
    /// <summary>18 or 34. Default 18.</summary>
    public int Depth { get; init; } = 18;

    /// <summary>Channels of the first stage; the last has 8 times as many. Default 64, as published; less for a CPU.</summary>
    public int Width { get; init; } = 64;

    /// <summary>How the network normalizes. Default group norm.</summary>
    public ResNetNorm Norm { get; init; } = ResNetNorm.Group;

    /// <summary>What is read from the feature map. Default spatial softmax.</summary>
    public ImageReadout Readout { get; init; } = new SpatialSoftmaxReadout();

    /// <summary>One network for all cameras, instead of one for each. Default false.</summary>
    public bool SharedWeights { get; init; }

    /// <summary>What frames are resized to, before they are cropped. Default null: not at all.</summary>
    public ImageSize? Resize { get; init; }

    /// <summary>What frames are cropped to: anywhere in training, the center in use. Default null: not at all.</summary>
    public ImageSize? Crop { get; init; }

    /// <summary>What training changes in the frames besides the crop. Default null: nothing.</summary>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary>What bytes become. Default ImageNet's standardization.</summary>
    public ImageScaling Scaling { get; init; } = ImageScaling.ImageNet;

    /// <summary>One token an observed step instead of one for the whole history; not for feature maps. Default false.</summary>
    public bool TokenPerStep { get; init; }

    /// <inheritdoc/>
    public override ObservationEncoder Create(ObservationSpec features, int observationHorizon) => new ResNetEncoder(this, features, observationHorizon);

    /// <inheritdoc/>
    public override TokenShape Tokens(ObservationSpec features, int observationHorizon)
    {
        int floats = FloatsOf(features).Sum(f => f.Size);
        if (Readout.WidthOf(8 * Width) is not { } width)
            return new TokenShape((floats > 0 ? 1 : 0) + CamerasOf(features).Sum(camera => MapOf(camera).Height * MapOf(camera).Width), Math.Max(8 * Width, floats));
        int step = floats + (CamerasOf(features).Count() * width);
        return TokenPerStep ? new TokenShape(observationHorizon, step) : new TokenShape(1, observationHorizon * step);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ContextPart> Parts(ObservationSpec features, int observationHorizon)
    {
        if (Readout.WidthOf(8 * Width) is not null) return [];
        List<ContextPart> parts = [];
        int floats = FloatsOf(features).Sum(f => f.Size), token = 0;
        if (floats > 0) parts.Add(new ContextPart("proprioception", token++, 1, 0, floats));
        foreach (FeatureSpec camera in CamerasOf(features))
        {
            ImageSize map = MapOf(camera);
            parts.Add(new ContextPart(camera.Name, token, map.Height * map.Width, 0, 8 * Width) { Height = map.Height, Width = map.Width });
            token += map.Height * map.Width;
        }

        return parts;
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (ResNet.BlocksOf(Depth) is null) yield return $"{nameof(Depth)} {Depth} must be 18 or 34.";
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1; 64 is published.";
        else if (Norm == ResNetNorm.Group && Width > 16 && Width % 16 != 0) yield return $"{nameof(Width)} {Width} must be a multiple of 16 for groups of 16 channels.";
        if (!Enum.IsDefined(Norm)) yield return $"{nameof(Norm)} {Norm} must be one of {string.Join(", ", Enum.GetNames<ResNetNorm>())}.";
        if (!Enum.IsDefined(Scaling)) yield return $"{nameof(Scaling)} {Scaling} must be one of {string.Join(", ", Enum.GetNames<ImageScaling>())}.";
        foreach (string problem in Readout.Problems()) yield return $"{nameof(Readout)}: {problem}";
        if (Resize is { Height: < 1 } or { Width: < 1 }) yield return $"{nameof(Resize)} {Resize.Height} x {Resize.Width} must be at least 1 x 1.";
        if (Crop is { Height: < 1 } or { Width: < 1 }) yield return $"{nameof(Crop)} {Crop.Height} x {Crop.Width} must be at least 1 x 1.";
        foreach (string problem in Augmentation?.Problems() ?? []) yield return $"{nameof(Augmentation)}: {problem}";
        foreach (FeatureSpec other in features.Where(f => f.Element == FeatureElement.UInt16))
            yield return $"Feature '{other.Name}' holds 16-bit distances, which a ResNet for colors does not read. Give it to a {nameof(ConvolutionEncoder)}, together with this encoder in a {nameof(MultiSensorEncoder)}.";
        if (Readout is FeatureMapReadout && observationHorizon != 1)
            yield return $"Feature maps of {observationHorizon} observed steps cannot be told apart by their positions. Use an observation horizon of 1, or another {nameof(Readout)}.";
        if (Readout is FeatureMapReadout && TokenPerStep) yield return $"{nameof(TokenPerStep)} is for vectors; {nameof(FeatureMapReadout)} gives a token a place.";
        if (!CamerasOf(features).Any()) yield return $"There is no image (a uint8 feature [height, width, 3]) among the features ({features}). Use the proprioception encoder, or add a camera.";
        foreach (FeatureSpec camera in CamerasOf(features))
        {
            if (camera.Shape.Count != 3 || camera.Shape[2] != 3)
            {
                yield return $"Feature '{camera.Name}' has shape [{string.Join(", ", camera.Shape)}]; an image is [height, width, 3].";
                continue;
            }

            ImageSize from = Resize ?? new ImageSize(camera.Shape[0], camera.Shape[1]);
            if (Crop is not null && (Crop.Height > from.Height || Crop.Width > from.Width))
                yield return $"{nameof(Crop)} {Crop.Height} x {Crop.Width} is larger than the image '{camera.Name}' of {from.Height} x {from.Width}.";
            ImageSize seen = Crop ?? from;
            if (Augmentation is { BlurProbability: > 0 } && Augmentation.BlurKernel / 2 >= Math.Min(seen.Height, seen.Width))
                yield return $"{nameof(Augmentation)}: a blur of {Augmentation.BlurKernel} pixels reaches beyond the image '{camera.Name}' of {seen.Height} x {seen.Width}.";
        }

        if (SharedWeights && CamerasOf(features).Where(camera => camera.Shape.Count == 3).Select(MapOf).Distinct().Count() > 1 && Readout is SpatialSoftmaxReadout)
            yield return $"With {nameof(SharedWeights)} the cameras' feature maps must have one size for spatial softmax. Set {nameof(Resize)} or {nameof(Crop)}.";
    }

    internal static IEnumerable<FeatureSpec> CamerasOf(ObservationSpec features) => features.Where(f => f.Element == FeatureElement.UInt8);

    internal static IEnumerable<FeatureSpec> FloatsOf(ObservationSpec features) => features.Where(f => f.Element == FeatureElement.Float32);

    internal ImageSize MapOf(FeatureSpec camera)
    {
        ImageSize seen = Crop ?? Resize ?? new ImageSize(camera.Shape[0], camera.Shape[1]);
        return new ImageSize(ResNet.MapExtent(seen.Height), ResNet.MapExtent(seen.Width));
    }
}
