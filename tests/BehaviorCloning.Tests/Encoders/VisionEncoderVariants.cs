using BehaviorCloning.Encoders;
using BehaviorCloning.Networks;

namespace BehaviorCloning.Tests.Encoders;

public sealed class ModulatedResNetVariants : IEncoderVariants
{
    private static readonly ObservationSpec Features = new(new FeatureSpec("task", 3), new FeatureSpec("front", FeatureElement.UInt8, 32, 40, 3));

    public IEnumerable<EncoderVariant> Variants =>
    [
        new(new ResNetEncoderConfig { Width = 4, Readout = new SummaryReadout(), FilmFeature = "task" }, Features, 2, "modulated by the task, summary"),
        new(new ResNetEncoderConfig { Width = 4, Readout = new AttentionReadout(), FilmFeature = "task" }, Features, 1, "modulated by the task, attention"),
    ];
}

public sealed class VisionTransformerEncoderVariants : IEncoderVariants
{
    private static readonly VisionTransformerOptions Small = new() { PatchSize = 8, Width = 16, Depth = 2, Heads = 2 };

    private static readonly ObservationSpec TwoCameras =
        new(new FeatureSpec("front", FeatureElement.UInt8, 24, 32, 3), new FeatureSpec("a", 2), new FeatureSpec("wrist", FeatureElement.UInt8, 16, 16, 3));

    public IEnumerable<EncoderVariant> Variants =>
    [
        new(new VisionTransformerEncoderConfig { Transformer = Small with { Registers = 2, LayerScale = 0.5 } }, TwoCameras, 2, "class token, registers"),
        new(new VisionTransformerEncoderConfig { Transformer = Small with { Stem = VisionStem.EarlyConvolution, ClassToken = false }, Readout = new AverageReadout(), SharedWeights = true, TokenPerStep = true }, TwoCameras, 2, "mean, early convolution, shared, token per step"),
        new(new VisionTransformerEncoderConfig { Transformer = Small with { Positions = VisionPositions.Sinusoidal }, Readout = new AttentionReadout { Heads = 2 }, Crop = new ImageSize(16, 16) }, TwoCameras, 1, "attention pooling, crop") { Augments = true },
        new(new VisionTransformerEncoderConfig { Transformer = Small, Readout = new FeatureMapReadout() }, TwoCameras, 1, "all patches"),
    ];
}

public sealed class PretrainedEncoderVariants : IEncoderVariants
{
    private static readonly ObservationSpec Features = new(new FeatureSpec("a", 3), new FeatureSpec("front", FeatureElement.UInt8, 32, 40, 3));

    public IEnumerable<EncoderVariant> Variants =>
    [
        new(new PretrainedEncoderConfig { Network = new PublishedResNet { Width = 4 } }, Features, 1, "ResNet, frozen"),
        new(new PretrainedEncoderConfig { Network = new PublishedResNet { Width = 4, TrainedStatistics = true }, FrozenStages = 2, Readout = new SpatialSoftmaxReadout() }, Features, 2, "ResNet, two stages frozen, spatial softmax")
        {
            WithoutGradient = ["readouts.0.pool.keypoints.bias"],
        },
        new(new PretrainedEncoderConfig { Network = new PublishedCifarResNet { Depth = 8, Width = 4 }, FrozenStages = -1, TokenPerStep = true }, Features, 2, "CIFAR ResNet, fine-tuned"),
        new(new PretrainedEncoderConfig { Network = Tiny(new PublishedClip { Projection = 6 }), FrozenStages = 1 }, Features, 1, "CLIP, projected, partly frozen"),
        new(new PretrainedEncoderConfig { Network = Tiny(new PublishedSiglip()), FrozenStages = 0, SharedWeights = false }, Features, 1, "SigLIP, its own pooling"),
        new(new PretrainedEncoderConfig { Network = Tiny(new PublishedDinoV2 { Registers = 2 }), Readout = new FeatureMapReadout(), Resize = new ImageSize(12, 20) }, Features, 1, "DINOv2, patches, resized positions"),
    ];

    private static T Tiny<T>(T network)
        where T : PublishedTransformer => network with { ImageExtent = 16, PatchSize = 4, Width = 16, Depth = 2, Heads = 2, FeedForwardWidth = 32 };
}
