using BehaviorCloning.Heads;
using BehaviorCloning.Policies;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/heads/vae.md, behavior-transformer.md and vq-bet.md.</summary>
internal static class ClusterHeadPages
{
    public static LearnedPolicy TakeTheMean(LearnedPolicy trained, CvaeHeadConfig head)
    {
        // <snippet cvae-mean>
        // The same weights, but always the middle of the prior, as ACT: one chunk a situation, nothing drawn.
        LearnedPolicy steady = trained.With(trained.Config with { Head = head with { LatentScale = 0 } });
        // </snippet>
        return steady;
    }

    public static PolicyConfig Bet()
    {
        // <snippet bet-tokens>
        PolicyConfig config = Presets.BehaviorTransformerPushTState with
        {
            Horizons = new Horizons { Observation = 5, Prediction = 8, Execution = 4 },
            Head = new BehaviorTransformerHeadConfig { Clusters = 32, Temperature = 0.5 },
        };
        // </snippet>
        return config;
    }

    public static void LookAtTheCodec(IEpisodeSource demonstrations)
    {
        // <snippet vq-bet-codec>
        var config = Presets.BehaviorTransformerPushTState with { Head = new VqBetHeadConfig() };
        LearnedPolicy policy = LearnedPolicy.Create(config, demonstrations);    // trains the codec
        ChunkCodec codec = ((VqBetHead)policy.Network.Head).Codec;
        Console.WriteLine($"mean error {codec.ReconstructionError:0.000} of a standard deviation");
        Console.WriteLine($"codes used: {string.Join(", ", codec.CodeMembers.Select(level => level.Count(members => members > 0)))}");
        // </snippet>
        policy.Dispose();
    }
}
