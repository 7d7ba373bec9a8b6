namespace BehaviorCloning.Encoders;

/// <summary>What all encoders of camera images have in common: what frames become, and what is read from the map that a network makes of them.</summary>
public abstract record CameraEncoderConfig : ObservationEncoderConfig
{
    /// <summary>What is read from the map. Default spatial softmax, or what the encoder says.</summary>
    public ImageReadout Readout { get; init; } = new SpatialSoftmaxReadout();

    /// <summary>One network for all cameras, instead of one for each. Default false, or what the encoder says.</summary>
    public bool SharedWeights { get; init; }

    /// <summary>What frames are resized to, before they are cropped. Default null: not at all, or to what the network was trained with.</summary>
    public ImageSize? Resize { get; init; }

    /// <summary>What frames are cropped to: anywhere in training, the center in use. Default null: not at all.</summary>
    public ImageSize? Crop { get; init; }

    /// <summary>What training changes in the frames besides the crop. Default null: nothing.</summary>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary>One token an observed step instead of one for the whole history; not for feature maps. Default false.</summary>
    public bool TokenPerStep { get; init; }

    /// <summary>What bytes become.</summary>
    internal abstract ImageScaling ScalingInUse { get; }

    internal virtual ImageResampling ResamplingInUse => ImageResampling.Bilinear;

    internal virtual ImageSize? ResizeInUse => Resize;

    /// <summary>Channels of the map.</summary>
    internal abstract int MapChannels { get; }

    /// <summary>Width of the network's own summary; null where it has none.</summary>
    internal abstract int? SummaryWidth { get; }

    /// <inheritdoc/>
    public override TokenShape Tokens(ObservationSpec features, int observationHorizon)
    {
        int floats = FloatsOf(features).Sum(f => f.Size);
        if (VectorWidth is not { } width)
            return new TokenShape((floats > 0 ? 1 : 0) + CamerasOf(features).Sum(camera => MapOf(camera).Height * MapOf(camera).Width), Math.Max(MapChannels, floats));
        int step = floats + (CamerasOf(features).Count() * width);
        return TokenPerStep ? new TokenShape(observationHorizon, step) : new TokenShape(1, observationHorizon * step);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ContextPart> Parts(ObservationSpec features, int observationHorizon)
    {
        if (VectorWidth is not null) return [];
        List<ContextPart> parts = [];
        int floats = FloatsOf(features).Sum(f => f.Size), token = 0;
        if (floats > 0) parts.Add(new ContextPart("proprioception", token++, 1, 0, floats));
        foreach (FeatureSpec camera in CamerasOf(features))
        {
            ImageSize map = MapOf(camera);
            parts.Add(new ContextPart(camera.Name, token, map.Height * map.Width, 0, MapChannels) { Height = map.Height, Width = map.Width });
            token += map.Height * map.Width;
        }

        return parts;
    }

    /// <inheritdoc/>
    public sealed override IEnumerable<string> Problems(ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(features);
        string[] ofNetwork = [.. NetworkProblems(features)];
        foreach (string problem in ofNetwork) yield return problem;
        if (!Enum.IsDefined(ScalingInUse)) yield return $"Scaling {ScalingInUse} must be one of {string.Join(", ", Enum.GetNames<ImageScaling>())}.";
        foreach (string problem in Readout.Problems()) yield return $"{nameof(Readout)}: {problem}";
        if (Resize is { Height: < 1 } or { Width: < 1 }) yield return $"{nameof(Resize)} {Resize.Height} x {Resize.Width} must be at least 1 x 1.";
        if (Crop is { Height: < 1 } or { Width: < 1 }) yield return $"{nameof(Crop)} {Crop.Height} x {Crop.Width} must be at least 1 x 1.";
        foreach (string problem in Augmentation?.Problems() ?? []) yield return $"{nameof(Augmentation)}: {problem}";
        foreach (FeatureSpec other in features.Where(f => f.Element == FeatureElement.UInt16))
            yield return $"Feature '{other.Name}' holds 16-bit distances, which a network for colors does not read. Give it to a {nameof(ConvolutionEncoder)}, together with this encoder in a {nameof(MultiSensorEncoder)}.";
        if (Readout is FeatureMapReadout && observationHorizon != 1)
            yield return $"Feature maps of {observationHorizon} observed steps cannot be told apart by their positions. Use an observation horizon of 1, or another {nameof(Readout)}.";
        if (Readout is FeatureMapReadout && TokenPerStep) yield return $"{nameof(TokenPerStep)} is for vectors; {nameof(FeatureMapReadout)} gives a token a place.";
        if (Readout is SummaryReadout && SummaryWidth is null) yield return $"This network makes no summary of an image (it has no class token). Use another {nameof(Readout)}.";
        if (ofNetwork.Length == 0 && Readout is AttentionReadout { Heads: > 0 } pool && MapChannels % pool.Heads != 0) yield return $"{nameof(Readout)}: {nameof(pool.Heads)} {pool.Heads} must divide the map's {MapChannels} channels.";
        if (!CamerasOf(features).Any()) yield return $"There is no image (a uint8 feature [height, width, 3]) among the features ({features}). Use the proprioception encoder, or add a camera.";
        bool sound = true;
        foreach (FeatureSpec camera in CamerasOf(features))
        {
            if (camera.Shape.Count != 3 || camera.Shape[2] != 3)
            {
                sound = false;
                yield return $"Feature '{camera.Name}' has shape [{string.Join(", ", camera.Shape)}]; an image is [height, width, 3].";
                continue;
            }

            ImageSize from = ResizeInUse ?? new ImageSize(camera.Shape[0], camera.Shape[1]);
            if (Crop is not null && (Crop.Height > from.Height || Crop.Width > from.Width))
                yield return $"{nameof(Crop)} {Crop.Height} x {Crop.Width} is larger than the image '{camera.Name}' of {from.Height} x {from.Width}.";
            else if (ofNetwork.Length == 0 && ImageProblem(SeenOf(camera)) is { } problem)
                yield return $"Image '{camera.Name}': {problem}";
            ImageSize seen = SeenOf(camera);
            if (Augmentation is { BlurProbability: > 0 } && Augmentation.BlurKernel / 2 >= Math.Min(seen.Height, seen.Width))
                yield return $"{nameof(Augmentation)}: a blur of {Augmentation.BlurKernel} pixels reaches beyond the image '{camera.Name}' of {seen.Height} x {seen.Width}.";
        }

        if (SharedWeights && sound && ofNetwork.Length == 0 && CamerasOf(features).Select(MapOf).Distinct().Count() > 1 && Readout is SpatialSoftmaxReadout)
            yield return $"With {nameof(SharedWeights)} the cameras' feature maps must have one size for spatial softmax. Set {nameof(Resize)} or {nameof(Crop)}.";
    }

    internal static IEnumerable<FeatureSpec> CamerasOf(ObservationSpec features) => features.Where(f => f.Element == FeatureElement.UInt8);

    internal static IEnumerable<FeatureSpec> FloatsOf(ObservationSpec features) => features.Where(f => f.Element == FeatureElement.Float32);

    /// <summary>Numbers an image; null where maps are passed on.</summary>
    internal int? VectorWidth => Readout is SummaryReadout ? SummaryWidth ?? MapChannels : Readout.WidthOf(MapChannels);

    internal ImageSize SeenOf(FeatureSpec camera) => Crop ?? ResizeInUse ?? new ImageSize(camera.Shape[0], camera.Shape[1]);

    internal ImageSize MapOf(FeatureSpec camera) => MapOf(SeenOf(camera));

    /// <summary>The map of an image of a size.</summary>
    internal abstract ImageSize MapOf(ImageSize seen);

    /// <summary>What is wrong with an image of this size, or null.</summary>
    internal virtual string? ImageProblem(ImageSize seen) => null;

    /// <summary>Faults of the network's own options.</summary>
    private protected abstract IEnumerable<string> NetworkProblems(ObservationSpec features);
}
