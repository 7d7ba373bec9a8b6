namespace BehaviorCloning.Features;

/// <summary>One frame of a camera, bytes rows from the top.</summary>
/// <param name="Bytes">height x width x channels.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 (gray) or 3 (red, green, blue).</param>
public readonly record struct CameraFrame(ReadOnlyMemory<byte> Bytes, int Height, int Width, int Channels)
{
    /// <summary>A frame of an image feature.</summary>
    /// <param name="spec">The feature: [height, width] or [height, width, 1 or 3].</param>
    /// <param name="bytes">Its bytes at one step.</param>
    public static CameraFrame Of(FeatureSpec spec, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (FaultOf(spec) is { } fault) throw new ArgumentException(fault, nameof(spec));
        return new(bytes, spec.Shape[0], spec.Shape[1], spec.Shape.Count == 3 ? spec.Shape[2] : 1);
    }

    /// <summary>Its luminance.</summary>
    public GrayImage ToGray() => GrayImage.FromBytes(Bytes.Span, Width, Height, Channels);

    /// <summary>Why a feature is no camera's, or null if it is.</summary>
    internal static string? FaultOf(FeatureSpec spec)
    {
        bool image = spec.Element == FeatureElement.UInt8 && (spec.Shape.Count == 2 || (spec.Shape.Count == 3 && spec.Shape[2] is 1 or 3));
        return image ? null : $"Feature '{spec}' is no camera image: expected bytes [height, width] or [height, width, 1 or 3].";
    }
}
