using BehaviorCloning.Encoders;
using BehaviorCloning.Networks;

namespace BehaviorCloning.Tests.Encoders;

public sealed class LearnedEncoderVariants : IEncoderVariants
{
    private static readonly ObservationSpec Features = new(new FeatureSpec("a", 3), new FeatureSpec("front", FeatureElement.UInt8, 32, 40, 3), new FeatureSpec("wrist", FeatureElement.UInt8, 16, 24, 3));

    public IEnumerable<EncoderVariant> Variants =>
    [
        new(new PretrainedEncoderConfig { Network = Tiny(new Autoencoder()), FrozenStages = -1 }, Features, 2, "autoencoder, fine-tuned"),
        new(new PretrainedEncoderConfig { Network = Tiny(new Autoencoder()), Readout = new SpatialSoftmaxReadout(), FrozenStages = 1 }, Features, 1, "autoencoder's map, partly frozen") { WithoutGradient = ["readouts.0.pool.keypoints.bias"] },
        new(new PretrainedEncoderConfig { Network = Tiny(new VariationalAutoencoder { Beta = 4 }), SharedWeights = false, TokenPerStep = true }, Features, 2, "variational autoencoder, frozen, a network a camera"),
        new(new PretrainedEncoderConfig { Network = Masked, FrozenStages = 1 }, Features, 1, "masked autoencoder, class token, partly frozen"),
        new(new PretrainedEncoderConfig { Network = Masked, Readout = new FeatureMapReadout() }, Features, 1, "masked autoencoder, patches, frozen"),
    ];

    internal static MaskedAutoencoder Masked { get; } = new()
    {
        Height = 12, Width = 16, DecoderWidth = 8, DecoderHeads = 2,
        Transformer = new VisionTransformerOptions { PatchSize = 4, Width = 16, Depth = 2, Heads = 2, Positions = VisionPositions.Sinusoidal },
    };

    internal static T Tiny<T>(T network)
        where T : LatentNetwork => network with { Height = 16, Width = 24, Channels = 4, Stages = 3, Latents = 5 };
}
