namespace BehaviorCloning.Images;

/// <summary>How the frames of an image feature are kept in an episode store.</summary>
/// <example><code>
/// var frames = new Dictionary&lt;string, FrameEncoding&gt; { ["front"] = new JpegFrames(), ["depth"] = new PngFrames() };
/// </code></example>
public abstract record FrameEncoding
{
    /// <summary>What a store's description calls it.</summary>
    internal abstract string Name { get; }

    /// <summary>The encoding of that name; its options do not matter to a reader.</summary>
    internal static FrameEncoding? Find(string name) => name switch { "png" => new PngFrames(), "jpeg" => new JpegFrames(), _ => null };

    /// <summary>Every reason why frames of this feature cannot be kept so, none if they can.</summary>
    public abstract IEnumerable<string> Problems(FeatureSpec feature);

    /// <summary>Encodes one frame.</summary>
    internal abstract byte[] Encode(FeatureSpec feature, ReadOnlyMemory<byte> frame);

    /// <summary>Decodes one frame into memory of exactly its size.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another size.</exception>
    internal abstract void Decode(FeatureSpec feature, ReadOnlySpan<byte> file, Span<byte> frame);

    /// <summary>Channels of an image [height, width] or [height, width, channels]; 0 where the feature is none.</summary>
    private protected static int ChannelsOf(FeatureSpec feature) => feature.Shape.Count switch { 2 => 1, 3 => feature.Shape[2], _ => 0 };
}

/// <summary>PNG: exactly the same values again. For images of 1 to 4 channels and for depth images.</summary>
public sealed record PngFrames : FrameEncoding
{
    /// <summary>How hard to try. Default fast: recording must keep up with the camera.</summary>
    public PngEffort Effort { get; init; } = PngEffort.Fast;

    internal override string Name => "png";

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(FeatureSpec feature)
    {
        ArgumentNullException.ThrowIfNull(feature);
        int channels = ChannelsOf(feature);
        bool fits = feature.Element switch { FeatureElement.UInt8 => channels is >= 1 and <= 4, FeatureElement.UInt16 => channels == 1, _ => false };
        if (!fits) yield return $"PNG keeps uint8 images [height, width, 1 to 4 channels] and uint16 depth images [height, width], but the feature is {feature}.";
        if (!Enum.IsDefined(Effort)) yield return $"{nameof(Effort)} {Effort} must be {nameof(PngEffort.Fast)} or {nameof(PngEffort.Normal)}.";
    }

    internal override byte[] Encode(FeatureSpec feature, ReadOnlyMemory<byte> frame) => LibPng.Library.Write(
        feature.Shape[0], feature.Shape[1], ChannelsOf(feature), feature.Element == FeatureElement.UInt16, frame.Span, Effort);

    internal override void Decode(FeatureSpec feature, ReadOnlySpan<byte> file, Span<byte> frame)
    {
        if (feature.Element == FeatureElement.UInt16) PngCodec.DecodeDepthInto(file, feature.Shape[0], feature.Shape[1], frame);
        else PngCodec.DecodeInto(file, feature.Shape[0], feature.Shape[1], ChannelsOf(feature), frame);
    }
}

/// <summary>JPEG: small, and nearly the same values again. For camera images of 1 or 3 channels.</summary>
public sealed record JpegFrames : FrameEncoding
{
    /// <summary>1 to 100. Default 95.</summary>
    public int Quality { get; init; } = 95;

    /// <summary>How many color samples are kept. Default one for each pixel.</summary>
    public JpegSampling Sampling { get; init; } = JpegSampling.Full;

    internal override string Name => "jpeg";

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(FeatureSpec feature)
    {
        ArgumentNullException.ThrowIfNull(feature);
        if (feature.Element != FeatureElement.UInt8 || ChannelsOf(feature) is not (1 or 3))
            yield return $"JPEG keeps uint8 images [height, width, 1 or 3 channels], but the feature is {feature}.";
        if (Quality is < 1 or > 100) yield return $"{nameof(Quality)} {Quality} must be 1 to 100.";
        if (!Enum.IsDefined(Sampling)) yield return $"{nameof(Sampling)} {Sampling} must be one of {string.Join(", ", Enum.GetNames<JpegSampling>())}.";
    }

    internal override byte[] Encode(FeatureSpec feature, ReadOnlyMemory<byte> frame) =>
        JpegCodec.Encode(new Image(feature.Shape[0], feature.Shape[1], ChannelsOf(feature), frame), Quality, Sampling);

    internal override void Decode(FeatureSpec feature, ReadOnlySpan<byte> file, Span<byte> frame) =>
        JpegCodec.DecodeInto(file, feature.Shape[0], feature.Shape[1], ChannelsOf(feature), frame);
}
