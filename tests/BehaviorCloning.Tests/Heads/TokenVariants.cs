using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads;

/// <summary>Small networks for the contract suite. Learned by heart, a distribution is sharp: what is drawn is the expert's chunk.</summary>
public sealed class TokenVariants : IContractVariants
{
    private static readonly TokenDecoderConfig Small = new() { Width = 64, Layers = 1, Heads = 4, FeedForwardWidth = 128 };
    private static readonly ActionBinsConfig FewBins = new() { Count = 32 };

    public IEnumerable<ContractVariant> Variants =>
    [
        Binned(new BinnedHeadConfig(), "Sampled"),
        Binned(new BinnedHeadConfig { Decoding = BinDecoding.Likeliest }, "Likeliest"),
        Binned(new BinnedHeadConfig { Decoding = BinDecoding.Expected }, "Expected"),
        Autoregressive(new AutoregressiveHeadConfig(), "TimeMajor"),
        Autoregressive(new AutoregressiveHeadConfig { Order = FactorOrder.DimensionMajor, Sampling = new TokenSampling { Temperature = 0 } }, "DimensionMajor, greedy"),
        Autoregressive(new AutoregressiveHeadConfig { Order = FactorOrder.ReverseTimeMajor, Sampling = new TokenSampling { TopK = 5, TopP = 0.9 } }, "ReverseTimeMajor, nucleus"),
        Fast(new FastHeadConfig(), "Sampled"),
        Fast(new FastHeadConfig { Sampling = new TokenSampling { Temperature = 0 } }, "greedy"),
    ];

    private static ContractVariant Binned(BinnedHeadConfig config, string name) =>
        new(config with { HiddenWidth = 64, Blocks = 1, Bins = FewBins }, name) { OverfitSteps = 200 };

    private static ContractVariant Autoregressive(AutoregressiveHeadConfig config, string name) =>
        new(config with { Decoder = Small, Bins = FewBins }, name) { OverfitSteps = 300 };

    private static ContractVariant Fast(FastHeadConfig config, string name) =>
        new(config with { Decoder = Small, VocabularySize = 64, Scale = 4 }, name) { OverfitSteps = 300 };
}
