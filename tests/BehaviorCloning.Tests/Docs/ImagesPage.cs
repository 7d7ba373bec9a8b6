using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Images;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/images.md and of the pages of encoders that read images.</summary>
internal static class ImagesPage
{
    public static void ReadAndWrite()
    {
        // <snippet read-and-write-images>
        Image photograph = ImageFile.Read("coffee.png").ToRgb();       // PNG or JPEG: its first bytes say
        ImageFile.Write("coffee.jpg", photograph, quality: 90);
        DepthImage depth = ImageFile.ReadDepth("depth.png");           // gray, 16 bits; 0: nothing was measured
        // </snippet>
        _ = depth;
    }

    public static EpisodeRecorder RecordCompressed(ActionSpec actions)
    {
        // <snippet record-compressed-frames>
        var observations = new ObservationSpec(
            new FeatureSpec("joint_positions", 7),
            new FeatureSpec("front", FeatureElement.UInt8, 480, 640, 3),
            new FeatureSpec("depth", FeatureElement.UInt16, 240, 320));
        var frames = new Dictionary<string, FrameEncoding> { ["front"] = new JpegFrames { Quality = 95 }, ["depth"] = new PngFrames() };
        EpisodeRecorder recorder = EpisodeRecorder.OpenOrCreate("demonstrations", observations, actions, controlRateHz: 20, frames: frames);
        // </snippet>
        return recorder;
    }

    public static ResNetEncoderConfig Augmented()
    {
        // <snippet augment-images>
        var encoder = new ResNetEncoderConfig
        {
            Crop = new ImageSize(84, 84),
            Augmentation = new ImageAugmentation { Brightness = 0.3, Contrast = 0.3, Saturation = 0.3, Hue = 0.05, EraseProbability = 0.25 },
        };
        // </snippet>
        return encoder;
    }

    public static Observation Observe(float[] jointPositions, float[] depthMeters, float[] scanMeters)
    {
        // <snippet observe-depth>
        var observation = new Observation
        {
            ["joint_positions"] = jointPositions,
            Images = new Dictionary<string, ReadOnlyMemory<byte>>
            {
                ["depth"] = DepthImage.BytesOfMeters(depthMeters),     // NaN, infinity and 0 become 0: nothing was measured
                ["scan"] = DepthImage.BytesOfMeters(scanMeters),
            },
        };
        // </snippet>
        return observation;
    }

    public static MultiSensorEncoderConfig Sensors()
    {
        // <snippet several-sensors>
        var encoder = new MultiSensorEncoderConfig
        {
            Width = 128,
            Sensors =
            [
                new SensorConfig { Name = "proprioception", Features = ["joint_positions"], Encoder = new ProprioceptionEncoderConfig() },
                new SensorConfig { Name = "front", Features = ["front"], Encoder = new ResNetEncoderConfig { Crop = new ImageSize(84, 84) }, PresentFeature = "front_present", Dropout = 0.1 },
                new SensorConfig { Name = "depth", Features = ["depth"], Encoder = new ConvolutionEncoderConfig { FarUnits = 3000 } },
                new SensorConfig { Name = "task", Features = ["task"], Encoder = new ProprioceptionEncoderConfig { HiddenWidths = [64] } },
            ],
        };
        // </snippet>
        return encoder;
    }
}
