using BehaviorCloning.Encoders;
using BehaviorCloning.Networks;

namespace BehaviorCloning.Tests.Encoders;

public sealed class ProprioceptionEncoderVariants : IEncoderVariants
{
    private static readonly ObservationSpec Features = new(new FeatureSpec("a", 2), new FeatureSpec("b", 2, 2));

    public IEnumerable<EncoderVariant> Variants =>
    [
        new(new ProprioceptionEncoderConfig(), Features, 2, "one token"),
        new(new ProprioceptionEncoderConfig { TokenPerStep = true, HiddenWidths = [7] }, Features, 2, "token per step, hidden layer"),
    ];
}

public sealed class ResNetEncoderVariants : IEncoderVariants
{
    private static readonly ObservationSpec OneCamera = new(new FeatureSpec("a", 3), new FeatureSpec("front", FeatureElement.UInt8, 40, 64, 3));

    private static readonly ObservationSpec TwoCameras =
        new(new FeatureSpec("front", FeatureElement.UInt8, 40, 64, 3), new FeatureSpec("a", 2), new FeatureSpec("wrist", FeatureElement.UInt8, 36, 40, 3));

    // Adding one number to every place of a map changes no softmax.
    private static readonly string[] Biases = ["readouts.0.pool.keypoints.bias", "readouts.1.pool.keypoints.bias"];

    public IEnumerable<EncoderVariant> Variants =>
    [
        new(new ResNetEncoderConfig { Width = 4, Crop = new ImageSize(32, 36) }, TwoCameras, 2, "spatial softmax, crop") { WithoutGradient = Biases, Augments = true },
        new(new ResNetEncoderConfig { Width = 4, SharedWeights = true, Resize = new ImageSize(40, 40), TokenPerStep = true }, TwoCameras, 2, "shared, resized, token per step") { WithoutGradient = Biases },
        new(new ResNetEncoderConfig { Width = 4, Readout = new AverageReadout(), Augmentation = new ImageAugmentation { Shift = 3, Brightness = 0.3, Contrast = 0.3, Saturation = 0.3, Hue = 0.1, BlurProbability = 0.5, EraseProbability = 0.5 } }, OneCamera, 2, "augmented") { Augments = true },
        new(new ResNetEncoderConfig { Width = 4, Readout = new AverageReadout(), Norm = ResNetNorm.Batch, Scaling = ImageScaling.Symmetric }, OneCamera, 1, "average, batch norm"),
        new(new ResNetEncoderConfig { Width = 4, Depth = 34, Readout = new FeatureMapReadout(), Norm = ResNetNorm.FrozenBatch }, TwoCameras, 1, "feature maps"),
        new(new ResNetEncoderConfig { Width = 4, Readout = new DenseReadout { Width = 5 } }, OneCamera, 2, "all of the map"),
        new(new ResNetEncoderConfig { Width = 4, Readout = new FeatureMapReadout() }, new ObservationSpec(new FeatureSpec("front", FeatureElement.UInt8, 40, 64, 3)), 1, "camera only"),
    ];
}

public sealed class ConvolutionEncoderVariants : IEncoderVariants
{
    private static readonly ObservationSpec Sensors = new(
        new FeatureSpec("depth", FeatureElement.UInt16, 20, 24), new FeatureSpec("a", 3), new FeatureSpec("scan", FeatureElement.UInt16, 48), new FeatureSpec("pads", FeatureElement.UInt8, 2, 8, 8, 1));

    public IEnumerable<EncoderVariant> Variants =>
    [
        new(new ConvolutionEncoderConfig { Channels = [4, 8], Width = 6, Circular = true }, Sensors, 2, "depth, scan all around, pads"),
        new(new ConvolutionEncoderConfig { Channels = [4], Kernel = 5, Width = 6, TokenPerStep = true }, new ObservationSpec(new FeatureSpec("touch", FeatureElement.UInt8, 9, 7, 3)), 2, "tactile image, token per step"),
        new(new ConvolutionEncoderConfig { Channels = [4], Width = 6, Augmentation = new ImageAugmentation { Shift = 2, Brightness = 0.3, Hue = 0.1 } }, new ObservationSpec(new FeatureSpec("front", FeatureElement.UInt8, 16, 16, 3), new FeatureSpec("depth", FeatureElement.UInt16, 8, 8)), 2, "augmented") { Augments = true },
    ];
}

public sealed class MultiSensorEncoderVariants : IEncoderVariants
{
    private static readonly ObservationSpec Features = new(
        new FeatureSpec("front", FeatureElement.UInt8, 16, 16, 3), new FeatureSpec("a", 3), new FeatureSpec("task", 4), new FeatureSpec("depth", FeatureElement.UInt16, 12, 12));

    public IEnumerable<EncoderVariant> Variants =>
    [
        new(Of(dropout: 0), Features, 2, "cameras, proprioception, task"),
        new(Of(dropout: 0.4), Features, 2, "sensor dropout") { Augments = true },
    ];

    private static MultiSensorEncoderConfig Of(double dropout) => new()
    {
        Width = 12,
        Sensors =
        [
            new SensorConfig { Name = "camera", Features = ["front"], Encoder = new ConvolutionEncoderConfig { Channels = [4], Width = 6, TokenPerStep = true }, Dropout = dropout },
            new SensorConfig { Name = "depth", Features = ["depth"], Encoder = new ConvolutionEncoderConfig { Channels = [4], Width = 6 }, Dropout = dropout },
            new SensorConfig { Name = "proprioception", Features = ["a"], Encoder = new ProprioceptionEncoderConfig() },
            new SensorConfig { Name = "task", Features = ["task"], Encoder = new ProprioceptionEncoderConfig { HiddenWidths = [8] } },
        ],
    };
}
