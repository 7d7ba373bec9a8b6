using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

/// <summary>A published network inside a policy: what training moves, and what a policy's file holds.</summary>
public sealed class PretrainedPolicyTests
{
    private static readonly ObservationSpec Observations = new(new FeatureSpec("position", 1), new FeatureSpec("front", FeatureElement.UInt8, 16, 16, 3));
    private static readonly ActionSpec Actions = new("arm", 1);

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Training_moves_what_is_not_frozen_and_nothing_else(int? frozen)
    {
        using LearnedPolicy policy = Create(frozen);
        Dictionary<string, float[]> before = Weights(policy);
        Trainer.Train(policy, Demonstrate(), new TrainerConfig { Steps = 3, BatchSize = 4, WarmupSteps = 0, WeightDecay = 0.1, Ema = new NoEmaConfig() });
        foreach ((string name, float[] values) in Weights(policy))
        {
            bool isFrozen = name.Contains(".networks.", StringComparison.Ordinal) && frozen switch
            {
                null => true,
                1 => !name.Contains("blocks.1.", StringComparison.Ordinal) && !name.Contains("network.norm", StringComparison.Ordinal),
                _ => false,
            };
            values.SequenceEqual(before[name]).Should().Be(isFrozen, name);
        }
    }

    [Fact]
    public void Its_own_learning_rate_is_a_tenth()
    {
        using LearnedPolicy policy = Create(-1);
        Dictionary<string, float[]> before = Weights(policy);
        // Adam's first step is the learning rate in every coordinate with a gradient.
        Trainer.Train(policy, Demonstrate(), new TrainerConfig { Steps = 1, BatchSize = 8, WarmupSteps = 0, WeightDecay = 0, LearningRate = 1e-3, FinalLearningRateFraction = 1, Ema = new NoEmaConfig() });
        Dictionary<string, float[]> after = Weights(policy);
        Moved("encoder.networks.0.network.blocks.0.feedForward.expand.weight").Should().BeInRange(0.9e-4f, 1.001e-4f);
        Moved("encoder.readouts.0.pool.probe").Should().BeInRange(0.9e-3f, 1.001e-3f);

        float Moved(string name) => after[name].Zip(before[name], (a, b) => Math.Abs(a - b)).Max();
    }

    [Fact]
    public void A_policys_file_needs_no_published_file()
    {
        using var folder = new TemporaryFolder();
        using LearnedPolicy policy = Create(null);
        policy.Save(folder["policy"]);
        using LearnedPolicy loaded = LearnedPolicy.Load(folder["policy"], Accelerator.Cpu());
        var history = new ObservationHistory(1);
        history.Push(Observe(3, 0.5f));
        loaded.Predict(history).Values.ToArray().Should().Equal(policy.Predict(history).Values.ToArray());
    }

    private static LearnedPolicy Create(int? frozen)
    {
        var config = new PolicyConfig
        {
            Horizons = new Horizons { Observation = 1, Prediction = 2, Execution = 1 },
            Head = new MseHeadConfig { HiddenWidth = 16 },
            Encoder = new PretrainedEncoderConfig
            {
                Network = new PublishedSiglip { ImageExtent = 12, PatchSize = 4, Width = 16, Depth = 2, Heads = 2, FeedForwardWidth = 40 }, FrozenStages = frozen, Readout = new AttentionReadout(),
            },
        };
        var policy = LearnedPolicy.Create(config, Demonstrate(), seed: 1, Accelerator.Cpu());
        ((PretrainedEncoder)policy.Network.Encoder).Load(GoldenFile.PathOf("siglip.safetensors"));
        return policy;
    }

    private static Dictionary<string, float[]> Weights(LearnedPolicy policy) => policy.Network.named_parameters().ToDictionary(p => p.name, p => p.parameter.Values());

    private static InMemoryEpisodes Demonstrate()
    {
        var episodes = new InMemoryEpisodes(Observations, Actions);
        for (int e = 0; e < 3; e++)
        {
            var builder = new EpisodeBuilder(Observations, Actions);
            for (int t = 0; t < 6; t++) builder.Append(Observe((7 * e) + t, t / 6f), [(e - 1) * t / 6f]);
            episodes.Add(builder.Build());
        }

        return episodes;
    }

    private static Observation Observe(int seed, float position)
    {
        byte[] pixels = new byte[16 * 16 * 3];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)((i * (seed + 3)) % 251);
        return new Observation { ["position"] = new[] { position }, Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["front"] = pixels } };
    }
}
