using BehaviorCloning.Heads;
using BehaviorCloning.Tests.Heads.BehaviorTransformer;

namespace BehaviorCloning.Tests.Heads.VqBet;

/// <summary>Small ones for the contract suite, whose batch has six chunks.</summary>
public sealed class VqBetVariants : IContractVariants
{
    public static readonly ChunkCodecConfig Codec = new() { Codes = 4, CodeWidth = 8, HiddenWidth = 16, Steps = 50, BatchSize = 32 };

    public IEnumerable<ContractVariant> Variants =>
    [
        new(new VqBetHeadConfig { Codec = Codec, Trunk = BehaviorTransformerVariants.Trunk, HeadWidth = 24 }),
        new(new VqBetHeadConfig { Codec = Codec, Trunk = BehaviorTransformerVariants.Trunk, HeadWidth = 24, Sequential = false, Offsets = TrainedOffsets.OfDraw }, "as published"),
    ];
}
