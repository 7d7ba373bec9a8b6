using BehaviorCloning;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Sensing;
using BehaviorCloning.Simulation;

namespace Seeing;

/// <summary>Explicit, from pixels: a sensor that was trained on rendered frames under changing light finds the T, and the policy runs on the pose it says.</summary>
/// <param name="name">Its name.</param>
/// <param name="tables">Whether the sensor's frames have backgrounds of any color.</param>
internal sealed class KeypointInput(string name, bool tables) : Input(name, "explicit, sensed", tables ? "sensor: random light and backgrounds" : "sensor: random light")
{
    private const string Block = "sensed_block_position", Angle = "sensed_block_angle", Offset = "agent_from_block";

    public override Learned Learn(Job job)
    {
        TimeSpan before = Learner.Spent();
        KeypointSensor sensor = Train(job);
        try
        {
            var sensed = new SensedEpisodes(job.Demonstrations, sensor);
            for (int episode = 0; episode < sensed.EpisodeCount; episode++) sensed.ReadEpisode(episode);
            double preparation = (Learner.Spent() - before).TotalSeconds;
            LearnedPolicy policy = LearnedPolicy.Create(Config(job.Quick), sensed, job.Seed, job.Accelerator);
            return new Learned(policy, Learner.Train(policy, sensed, Learner.Batch, job) with { PreparationSeconds = preparation, SensorParameters = sensor.ParameterCount }) { Sensor = sensor };
        }
        catch
        {
            sensor.Dispose();
            throw;
        }
    }

    public override ISensingModule? LoadSensor(string folder, Accelerator accelerator) => KeypointSensor.Load(Path.Combine(folder, "sensor"), accelerator);

    private KeypointSensor Train(Job job)
    {
        // A pixel here is two of the examples', and its center between theirs.
        var config = new KeypointSensorConfig
        {
            Bodies = PushTKeypointExamples.Bodies,
            Height = SmallFrame.Size,
            Width = SmallFrame.Size,
            Channels = 8,
            UnitsPerPixel = 2 * PushTKeypointExamples.UnitsPerPixel,
            OriginX = PushTKeypointExamples.Origin + (PushTKeypointExamples.UnitsPerPixel / 2),
            OriginY = PushTKeypointExamples.Origin + (PushTKeypointExamples.UnitsPerPixel / 2),
            Filter = new PlanarPoseFilterOptions(),
        };
        var options = new KeypointTrainingOptions { Steps = job.Quick ? 4 : 4000, BatchSize = job.Quick ? 4 : 32, CalibrationExamples = job.Quick ? 16 : 256, Light = new LightChange() };
        KeypointSensor sensor = KeypointTraining.Train(config, Small, options, job.Seed, job.Accelerator, cancellationToken: job.CancellationToken);
        job.CancellationToken.ThrowIfCancellationRequested();
        job.Say($"  {KeypointTraining.Measure(sensor, Small, job.Quick ? 16 : 256)}".Replace("\n", "\n  ", StringComparison.Ordinal));
        return sensor;
    }

    private KeypointExample Small(long seed)
    {
        KeypointExample large = PushTKeypointExamples.Draw(seed, tables ? new PushTColors { Background = Table(seed) } : null);
        return new KeypointExample(SmallFrame.Of(large.Frame), [.. large.Keypoints.Select(at => (at - 0.5f) / 2)]);
    }

    private static PushTColor Table(long seed)
    {
        var random = new RandomStream(RandomStreams.SeedOf(seed, "table"));
        return new PushTColor(Channel(), Channel(), Channel());

        byte Channel() => (byte)(256 * random.NextUniform());
    }

    // The preset's features, the T's pose as it was sensed.
    private static PolicyConfig Config(bool quick) => PixelPolicy.Base(quick) with
    {
        Features =
        [
            new RawFeature(PushTEnvironment.AgentPosition),
            new RawFeature(Block),
            new AngleSinCos { Feature = Angle },
            new PlanarOffset { Point = PushTEnvironment.AgentPosition, FramePosition = Block, FrameAngle = Angle, OutputName = Offset },
        ],
        FeatureNormalization = new Dictionary<string, NormalizerConfig>
        {
            [PushTEnvironment.AgentPosition] = PixelPolicy.Position,
            [Block] = PixelPolicy.Position,
            [Offset] = new FixedNormalization { Scale = 128 },
        },
    };
}
