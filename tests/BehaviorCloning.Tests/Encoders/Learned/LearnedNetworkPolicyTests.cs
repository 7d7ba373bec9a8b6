using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Encoders;

/// <summary>A network learned here inside a policy: what training moves, and what a policy's file holds.</summary>
public sealed class LearnedNetworkPolicyTests
{
    private static readonly ObservationSpec Observations = new(new FeatureSpec("position", 1), new FeatureSpec("front", FeatureElement.UInt8, 16, 24, 3));
    private static readonly ActionSpec Actions = new("arm", 1);

    public static TheoryData<string, int?> Cases => new() { { "autoencoder", null }, { "autoencoder", 2 }, { "variational", null }, { "masked", null }, { "masked", -1 } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Frozen_weights_do_not_move_and_the_policys_file_needs_no_other(string name, int? frozen)
    {
        using var folder = new TemporaryFolder();
        LearnedNetwork config = name switch
        {
            "autoencoder" => LearnedEncoderVariants.Tiny(new Autoencoder()),
            "variational" => LearnedEncoderVariants.Tiny(new VariationalAutoencoder()),
            _ => LearnedEncoderVariants.Masked,
        };
        IEpisodeSource demonstrations = Demonstrate();
        // The masked autoencoder was made for another size: frames are resized on their way, and recordings of another size are refused.
        FrameSource frames = FrameSource.Of(demonstrations);
        if (config is MaskedAutoencoder) frames = new FrameSource(12, 16, 8, (number, frame) => frame.Fill((byte)(20 * number)));
        using (PretrainedNetwork network = Pretraining.Train(config, frames, new PretrainingOptions { Steps = 2, BatchSize = 4 }, 1, Accelerator.Cpu(1))) network.Save(folder["network"]);

        var policyConfig = new PolicyConfig
        {
            Horizons = new Horizons { Observation = 1, Prediction = 2, Execution = 1 },
            Head = new MseHeadConfig { HiddenWidth = 16 },
            Encoder = new PretrainedEncoderConfig { Network = PretrainedNetwork.ReadConfig(folder["network"]), FrozenStages = frozen },
        };
        using LearnedPolicy policy = LearnedPolicy.Create(policyConfig, demonstrations, seed: 1, Accelerator.Cpu(1));
        Action untold = () => Trainer.Train(policy, demonstrations, new TrainerConfig { Steps = 1, BatchSize = 4, WarmupSteps = 0 });
        untold.Should().Throw<InvalidOperationException>().WithMessage("*no weights yet*");
        ((PretrainedEncoder)policy.Network.Encoder).Load(folder["network"]);
        Dictionary<string, float[]> before = Weights(policy);
        Trainer.Train(policy, demonstrations, new TrainerConfig { Steps = 3, BatchSize = 4, WarmupSteps = 0, WeightDecay = 0.1, Ema = new NoEmaConfig() });
        foreach ((string weight, float[] values) in Weights(policy))
        {
            bool isFrozen = weight.Contains(".networks.", StringComparison.Ordinal) && frozen switch
            {
                null => true,
                -1 => false,
                _ => weight.Contains("encoder.convolutions.0.") || weight.Contains("encoder.convolutions.1.") || weight.Contains("encoder.norms.0.") || weight.Contains("encoder.norms.1."),
            };
            values.SequenceEqual(before[weight]).Should().Be(isFrozen, weight);
            weight.Should().NotContain("decoder", "it stays behind");
        }

        policy.Save(folder["policy"]);
        Directory.Delete(folder["network"], recursive: true);
        using LearnedPolicy loaded = LearnedPolicy.Load(folder["policy"], Accelerator.Cpu(1));
        var history = new ObservationHistory(1);
        history.Push(Observe(3, 0.5f));
        loaded.Predict(history).Values.ToArray().Should().Equal(policy.Predict(history).Values.ToArray());
    }

    [Fact]
    public void A_file_of_another_network_is_refused_with_every_fault()
    {
        using var folder = new TemporaryFolder();
        using (PretrainedNetwork network = PretrainedNetwork.Untrained(LearnedEncoderVariants.Tiny(new Autoencoder()), 1, Accelerator.Cpu(1))) network.Save(folder["network"]);
        using var encoder = new PretrainedEncoder(new PretrainedEncoderConfig { Network = LearnedEncoderVariants.Tiny(new VariationalAutoencoder()) with { Latents = 7 } }, Observations, 1);
        Action load = () => encoder.Load(folder["network"]);
        load.Should().Throw<InvalidDataException>().WithMessage("*encoder.output.bias*[5]*[14]*encoder.output.weight*");
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
        byte[] pixels = new byte[16 * 24 * 3];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)((i * (seed + 3)) % 251);
        return new Observation { ["position"] = new[] { position }, Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["front"] = pixels } };
    }
}
