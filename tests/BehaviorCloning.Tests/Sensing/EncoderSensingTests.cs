using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Sensing;
using BehaviorCloning.Training;
using TorchSharp;

namespace BehaviorCloning.Tests.Sensing;

/// <summary>Features of a frozen encoder, made once: what a policy learned on them is the policy that takes frames.</summary>
public sealed class EncoderSensingTests
{
    private static readonly FeatureSpec Camera = new("front", FeatureElement.UInt8, 16, 20, 3);
    private static readonly ObservationSpec Observations = new(new FeatureSpec("position", 2), Camera);
    private static readonly ActionSpec Actions = new("arm", 2);

    public static TheoryData<bool> Readouts => [true, false];

    [Theory]
    [MemberData(nameof(Readouts))]
    public void Features_made_once_are_what_the_encoder_makes_of_each_frame(bool map)
    {
        using EncoderSensing sensing = Create(map);
        sensing.Outputs.Select(f => f.ToString()).Should().Equal(map ? "front_encoded [20, 16]" : "front_encoded [16]");
        Observation[] seen = Seen(5);
        float[] block = sensing.Begin().Sense(seen)[0];
        for (int i = 0; i < seen.Length; i++)
        {
            float[] one = sensing.Begin().Sense([seen[i]])[0];
            one.Zip(block.Skip(i * one.Length), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f);
        }

        block[..16].Should().NotEqual(block[^16..], "the frames differ");
    }

    [Theory]
    [MemberData(nameof(Readouts))]
    public void The_united_policy_takes_frames_and_acts_as_the_one_that_was_trained_on_features(bool map)
    {
        using var folder = new TemporaryFolder();
        using EncoderSensing sensing = Create(map);
        Observation[] seen = Seen(8);
        var data = new SensedEpisodes(Recorded(seen), sensing);
        using LearnedPolicy policy = LearnedPolicy.Create(Config(map), data, seed: 2, Accelerator.Cpu(1));
        Trainer.Train(policy, data, new TrainerConfig { Steps = 20, BatchSize = 4, WarmupSteps = 0, LearningRate = 0.01 });
        using LearnedPolicy united = sensing.Unite(policy);
        united.Observations.Should().Equal(Observations);

        using var environment = new Playback(seen);
        using var sensed = new SensedEnvironment(new Playback(seen), sensing);
        float[] trained = Chunk(policy, sensed), direct = Chunk(united, environment);
        direct.Zip(trained, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-4f);
        trained.Max(Math.Abs).Should().BeGreaterThan(0.01f, "it says something");

        united.Save(folder["policy"]);
        using LearnedPolicy loaded = LearnedPolicy.Load(folder["policy"], Accelerator.Cpu(1));
        environment.Reset(0);
        Chunk(loaded, environment).Should().Equal(direct, "its folder needs neither the module nor the published file");
    }

    [Fact]
    public void A_united_policy_is_fine_tuned_from_there_on_if_asked()
    {
        using EncoderSensing sensing = Create(map: true);
        Observation[] seen = Seen(8);
        using LearnedPolicy policy = LearnedPolicy.Create(Config(map: true), new SensedEpisodes(Recorded(seen), sensing), accelerator: Accelerator.Cpu(1));
        foreach (int? frozen in new int?[] { null, -1 })
        {
            using LearnedPolicy united = sensing.Unite(policy, encoder => (PretrainedEncoderConfig)encoder with { FrozenStages = frozen });
            float[] Weights() => united.Network.state_dict().First(pair => pair.Key.EndsWith("conv1.weight", StringComparison.Ordinal)).Value.Values();
            float[] before = Weights();
            Trainer.Train(united, Recorded(seen), new TrainerConfig { Steps = 2, BatchSize = 4, WarmupSteps = 0, Ema = new NoEmaConfig() });
            Weights().SequenceEqual(before).Should().Be(frozen is null);
        }
    }

    [Fact]
    public void A_policy_built_otherwise_is_told_how_it_must_be_built()
    {
        using EncoderSensing sensing = Create(map: true);
        var data = new SensedEpisodes(Recorded(Seen(6)), sensing);
        foreach (PolicyConfig other in new[]
        {
            Config(map: false),
            Config(map: true) with { FeatureNormalization = new Dictionary<string, NormalizerConfig>() },
            Config(map: true) with { Encoder = new ProprioceptionEncoderConfig() },
        })
        {
            using LearnedPolicy policy = LearnedPolicy.Create(other, data, accelerator: Accelerator.Cpu(1));
            Action unite = () => sensing.Unite(policy);
            unite.Should().Throw<ArgumentException>().WithMessage("*MultiSensorEncoder*'front_encoded' alone*NoNormalization*one hidden layer*");
        }

        using var empty = new EncoderSensing(new PretrainedEncoderConfig { Network = new PublishedCifarResNet { Depth = 8, Width = 4 } }, Camera, accelerator: Accelerator.Cpu(1));
        Action sense = () => empty.Begin().Sense(Seen(1));
        sense.Should().Throw<InvalidOperationException>().WithMessage("*no weights yet*");
    }

    private static EncoderSensing Create(bool map)
    {
        var sensing = new EncoderSensing(
            new PretrainedEncoderConfig { Network = new PublishedCifarResNet { Depth = 8, Width = 4 }, Resize = new ImageSize(16, 20), Readout = map ? new FeatureMapReadout() : new SummaryReadout() },
            Camera,
            accelerator: Accelerator.Cpu(1));
        ((PretrainedEncoder)sensing.Encoder).Load(GoldenFile.PathOf("cifar_resnet8.th", Path.Combine(Repository.Root, "tests", "BehaviorCloning.Tests", "Encoders", "PretrainedEncoderTests.cs")));
        return sensing;
    }

    private static PolicyConfig Config(bool map) => new()
    {
        Horizons = new Horizons { Observation = 2, Prediction = 4, Execution = 2 },
        Features = [new RawFeature("position"), new RawFeature("front_encoded")],
        FeatureNormalization = new Dictionary<string, NormalizerConfig> { ["front_encoded"] = new NoNormalization() },
        Encoder = new MultiSensorEncoderConfig
        {
            Width = 12,
            Sensors =
            [
                new SensorConfig { Name = "arm", Features = ["position"], Encoder = new ProprioceptionEncoderConfig { TokenPerStep = true } },
                new SensorConfig { Name = "camera", Features = ["front_encoded"], Encoder = new ProprioceptionEncoderConfig { TokenPerStep = true, HiddenWidths = map ? [10] : [] } },
            ],
        },
        Head = new MseHeadConfig { HiddenWidth = 16, Blocks = 1 },
    };

    private static Observation[] Seen(int count) => [.. Enumerable.Range(0, count).Select(i => new Observation
    {
        ["position"] = new float[] { i, -0.5f * i },
        Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["front"] = Enumerable.Range(0, 16 * 20 * 3).Select(at => (byte)((at * (7 + (13 * i))) % 251)).ToArray() },
    })];

    private static InMemoryEpisodes Recorded(Observation[] seen)
    {
        var builder = new EpisodeBuilder(Observations, Actions);
        for (int i = 0; i < seen.Length; i++) builder.Append(seen[i], [0.1f * i, 1 - (0.2f * i)]);
        return new InMemoryEpisodes(Observations, Actions, [builder.Build()], 10);
    }

    private static float[] Chunk(LearnedPolicy policy, IEnvironment environment)
    {
        var history = new ObservationHistory(policy.Horizons.Observation);
        history.Push(environment.Reset(0));
        history.Push(environment.Step([0, 0]).Observation);
        policy.Seed = 0;
        ActionChunk chunk = policy.Predict(history);
        return [.. Enumerable.Range(0, chunk.Length).SelectMany(i => chunk[i].ToArray())];
    }

    // An environment that shows what was recorded.
    private sealed class Playback(Observation[] seen) : IEnvironment
    {
        private int at;

        public ObservationSpec Observations => EncoderSensingTests.Observations;

        public ActionSpec Actions => EncoderSensingTests.Actions;

        public double ControlRateHz => 10;

        public int StepLimit => seen.Length - 1;

        public Observation Reset(long seed) => seen[at = 0];

        public StepResult Step(ReadOnlySpan<float> action) => new(seen[++at], 0, false, false);

        public void Dispose()
        {
        }
    }
}
