using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Tests.Training;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Heads;

/// <summary>Heads of tokens as whole policies: bins and vocabularies are fitted when a policy is made, trained with, saved and loaded.</summary>
public sealed class TokenPolicyTests
{
    private static readonly TokenDecoderConfig Small = new() { Width = 32, Layers = 1, Heads = 2, FeedForwardWidth = 64 };

    public static TheoryData<string> Heads => ["binned", "autoregressive", "fast"];

    [Theory]
    [MemberData(nameof(Heads))]
    public void A_trained_policy_survives_its_file(string name)
    {
        using var folder = new TemporaryFolder();
        PolicyConfig config = PointEpisodes.Policy(Head(name)) with { ActionNormalization = new QuantileNormalization() };
        using LearnedPolicy policy = LearnedPolicy.Create(config, PointEpisodes.Make(), seed: 1, Accelerator.Cpu(1));
        TrainingResult result = Trainer.Train(policy, PointEpisodes.Make(), PointEpisodes.Quick with { Steps = 40 });
        result.Should().NotBeNull();
        policy.Save(folder["policy"]);
        var history = new ObservationHistory(2);
        history.Push(new Observation { ["position"] = new float[] { 0.5f, -0.7f } });
        policy.Seed = 3;
        float[] expected = policy.Predict(history).Values.ToArray();
        using LearnedPolicy loaded = LearnedPolicy.Load(folder["policy"], Accelerator.Cpu(1));
        loaded.Seed = 3;
        loaded.Predict(history).Values.ToArray().Should().Equal(expected);
    }

    private static PolicyHeadConfig Head(string name) => name switch
    {
        "binned" => new BinnedHeadConfig { HiddenWidth = 32, Blocks = 1 },
        "autoregressive" => new AutoregressiveHeadConfig { Decoder = Small },
        _ => new FastHeadConfig { Decoder = Small, VocabularySize = 256 },
    };
}
