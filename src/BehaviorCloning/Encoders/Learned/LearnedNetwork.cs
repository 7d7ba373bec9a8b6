namespace BehaviorCloning.Encoders;

/// <summary>
/// A network that is learned on one's own frames without labels, and then used like a published one: <c>new PretrainedEncoderConfig { Network = ... }</c>, frozen,
/// fine-tuned or partly frozen. Its decoder stays behind.
/// </summary>
public abstract record LearnedNetwork : PublishedNetwork
{
    /// <summary>The file of weights in a learned network's folder.</summary>
    public const string WeightsName = "weights.safetensors";

    /// <summary>Rows of the frames it is learned on; others are resized. Default 96.</summary>
    public int Height { get; init; } = 96;

    /// <summary>Columns of these frames. Default 96.</summary>
    public int Width { get; init; } = 96;

    internal sealed override ImageSize? InputSize => new(Height, Width);

    internal sealed override ImageScaling Scaling => ImageScaling.Symmetric;

    internal sealed override ImageResampling Resampling => ImageResampling.Bilinear;

    internal sealed override string? ImageProblem(ImageSize seen) => seen == InputSize
        ? null
        : $"{seen.Height} x {seen.Width} pixels are not the {Height} x {Width} that this network is learned on. Crop to that size, or set {nameof(CameraEncoderConfig.Resize)}.";

    /// <summary>Builds encoder and decoder, to be learned.</summary>
    internal abstract LearnedModel CreateModel();
}
