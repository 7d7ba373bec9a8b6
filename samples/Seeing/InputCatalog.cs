using BehaviorCloning.Encoders;
using BehaviorCloning.Networks;

namespace Seeing;

/// <summary>The inputs there are, by name. A further one is one more entry.</summary>
internal static class InputCatalog
{
    // Two pixels of 48 to each side: what a crop of 84 of 96 moves.
    private static readonly ImageAugmentation Moved = new() { Shift = 2 };

    private static readonly ImageAugmentation Recolored = new() { Brightness = 0.5, Contrast = 0.3, Saturation = 0.5, Hue = 0.1 };

    // Patches of 8 of 48 pixels: 36, a quarter of which is seen.
    private static readonly VisionTransformerOptions Patches = VisionTransformerOptions.Mini with { PatchSize = 8, Stem = VisionStem.Patch, Positions = VisionPositions.Sinusoidal };

    public static IReadOnlyList<Input> All { get; } =
    [
        new StateInput("state"),
        new KeypointInput("keypoints", tables: false),
        new KeypointInput("keypoints-tables", tables: true),
        new MinimalInput("convolution", "nothing changed", Convolution(null)),
        new MinimalInput("convolution-shift", "moved by up to 2 pixels", Convolution(Moved)),
        new MinimalInput("convolution-jitter", "color jitter", Convolution(Recolored)),
        new MinimalInput("transformer", "nothing changed", _ => new VisionTransformerEncoderConfig
        {
            Transformer = VisionTransformerOptions.Mini with { Width = 64, Depth = 2, Heads = 2 }, Readout = new DenseReadout { Width = MinimalInput.Width }, TokenPerStep = true,
        }),
        new EncodedInput("frozen", "frozen", _ => new PublishedCifarResNet()),
        new EncodedInput("fine-tuned", "fine-tuned", _ => new PublishedCifarResNet()) { FrozenStages = 1 },
        new EncodedInput("autoencoder", "learned", quick => new Autoencoder { Height = SmallFrame.Size, Width = SmallFrame.Size, Channels = quick ? 4 : 16 }) { PretrainingSteps = 1200, Readout = new SummaryReadout() },
        new EncodedInput("vae", "learned", quick => new VariationalAutoencoder { Height = SmallFrame.Size, Width = SmallFrame.Size, Channels = quick ? 4 : 16 }) { PretrainingSteps = 1200, Readout = new SummaryReadout() },
        new EncodedInput("masked", "learned", _ => new MaskedAutoencoder { Height = SmallFrame.Size, Width = SmallFrame.Size, Transformer = Patches }) { PretrainingSteps = 1200 },
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(input => input.Name)];

    /// <summary>The input of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static Input Find(string name) => All.FirstOrDefault(input => input.Name == name)
        ?? throw new ArgumentException($"There is no input '{name}'. There are: {string.Join(", ", Names)}.");

    private static Func<bool, ObservationEncoderConfig> Convolution(ImageAugmentation? augmentation) => quick => new ConvolutionEncoderConfig
    {
        Channels = quick ? [4, 8] : [16, 32, 64], Width = MinimalInput.Width, TokenPerStep = true, Augmentation = augmentation,
    };
}
