using BehaviorCloning.Actions;
using BehaviorCloning.Encoders;
using BehaviorCloning.Features;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Sensing;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/geometric-features.md and docs/sensing.md.</summary>
internal static class SensingPages
{
    public static PolicyConfig Sparse()
    {
        // <snippet sift-policy>
        PolicyConfig config = Presets.FlowMatchingPushTState with
        {
            Features = [new RawFeature("agent_position"), new SiftFeatures { Camera = "image", Count = 32 }],
            FeatureNormalization = new Dictionary<string, NormalizerConfig>
            {
                ["agent_position"] = new FixedNormalization { Center = 256, Scale = 256 },
                ["image_sift"] = new NoNormalization(),
            },
            Encoder = new SparseFeatureEncoderConfig { Feature = "image_sift", Questions = 8, Width = 64 },
        };
        // </snippet>
        return config;
    }

    public static void Moving(IEpisodeSource recordings)
    {
        // <snippet flow-sensing>
        var module = new OpticalFlowSensing(recordings.Observations["image"], rows: 12, columns: 12);
        IEpisodeSource training = new SensedEpisodes(recordings, module);
        using IEnvironment world = new SensedEnvironment(new PushTEnvironment(new PushTOptions { Images = true }), module);
        // </snippet>
        _ = training.EpisodeCount + world.StepLimit;
    }

    public static int Alone(GrayImage first, GrayImage second)
    {
        // <snippet geometry-alone>
        IReadOnlyList<SiftFeature> here = new SiftDetector().Detect(first), there = new SiftDetector().Detect(second);
        IReadOnlyList<FeatureMatch> same = new FeatureMatcher { Ratio = 0.8 }.Match(here, there);
        FlowField motion = new OpticalFlow().Estimate(first, second);
        float[] meters = new StereoMatcher(new StereoOptions { Disparities = 80 }).Match(first, second).ToDepth(focalLength: 994.978, baseline: 0.193001, principalOffset: 31.2);
        // </snippet>
        return same.Count + motion.Width + meters.Length;
    }

    public static void Keypoints()
    {
        // <snippet keypoint-sensor>
        using KeypointSensor sensor = KeypointTraining.Train(
            new KeypointSensorConfig
            {
                Bodies = PushTKeypointExamples.Bodies,
                Channels = 8,
                UnitsPerPixel = PushTKeypointExamples.UnitsPerPixel,
                OriginX = PushTKeypointExamples.Origin,
                OriginY = PushTKeypointExamples.Origin,
                Filter = new PlanarPoseFilterOptions(),
            },
            PushTKeypointExamples.Draw,
            new KeypointTrainingOptions { Steps = 2000, Light = new LightChange() });
        Console.WriteLine(KeypointTraining.Measure(sensor, PushTKeypointExamples.Draw));
        sensor.Save("sensor");
        // </snippet>
    }

    public static void Encoded()
    {
        // <snippet encoder-sensing>
        using var maps = new EncoderSensing(
            new PretrainedEncoderConfig { Network = new PublishedCifarResNet(), Readout = new FeatureMapReadout() },
            new FeatureSpec("image", FeatureElement.UInt8, 96, 96, 3));
        ((PretrainedEncoder)maps.Encoder).Load("resnet20-12fca82f.th");
        IEpisodeSource demonstrations = new SensedEpisodes(PushTDataset.Open("pusht_cchi_v7_replay.zarr", images: true), maps);
        PolicyConfig config = Presets.FlowMatchingPushTState with
        {
            Features = [new RawFeature("agent_position"), new RawFeature("image_encoded")],
            FeatureNormalization = new Dictionary<string, NormalizerConfig>
            {
                ["agent_position"] = new FixedNormalization { Center = 256, Scale = 256 },
                ["image_encoded"] = new NoNormalization(),
            },
            Encoder = new MultiSensorEncoderConfig
            {
                Width = 64,
                Sensors =
                [
                    new SensorConfig { Name = "agent", Features = ["agent_position"], Encoder = new ProprioceptionEncoderConfig { TokenPerStep = true } },
                    new SensorConfig { Name = "camera", Features = ["image_encoded"], Encoder = new ProprioceptionEncoderConfig { TokenPerStep = true, HiddenWidths = [64] } },
                ],
            },
        };
        using LearnedPolicy onMaps = LearnedPolicy.Create(config, demonstrations);
        Trainer.Train(onMaps, demonstrations, new TrainerConfig());
        using LearnedPolicy onFrames = maps.Unite(onMaps);
        // </snippet>
        _ = onFrames.Seed;
    }

    public static void Policy(KeypointSensor sensor)
    {
        // <snippet sensed-policy>
        IEpisodeSource demonstrations = new SensedEpisodes(PushTDataset.Open("pusht_cchi_v7_replay.zarr", images: true), sensor);
        PolicyConfig config = Presets.FlowMatchingPushTState with
        {
            Features = [new RawFeature("sensed_agent_position"), new RawFeature("sensed_block_position"), new AngleSinCos { Feature = "sensed_block_angle" }],
            ObservationNormalization = new StandardNormalization(),
            FeatureNormalization = new Dictionary<string, NormalizerConfig>(),
            Actions = new RelativeActions { ReferenceFeature = "sensed_agent_position" },
        };
        using LearnedPolicy policy = LearnedPolicy.Create(config, demonstrations);
        using IEnvironment world = new SensedEnvironment(new PushTEnvironment(new PushTOptions { Images = true }), sensor);
        // </snippet>
        _ = policy.Seed + world.StepLimit;
    }
}
