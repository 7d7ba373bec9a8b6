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
        new(new ResNetEncoderConfig { Width = 4, Readout = new AverageReadout(), Norm = ResNetNorm.Batch, Scaling = ImageScaling.Symmetric }, OneCamera, 1, "average, batch norm"),
        new(new ResNetEncoderConfig { Width = 4, Depth = 34, Readout = new FeatureMapReadout(), Norm = ResNetNorm.FrozenBatch }, TwoCameras, 1, "feature maps"),
        new(new ResNetEncoderConfig { Width = 4, Readout = new FeatureMapReadout() }, new ObservationSpec(new FeatureSpec("front", FeatureElement.UInt8, 40, 64, 3)), 1, "camera only"),
    ];
}
