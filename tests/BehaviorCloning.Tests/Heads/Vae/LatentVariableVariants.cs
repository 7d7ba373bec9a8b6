using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads.Vae;

/// <summary>Small ones for the contract suite.</summary>
public sealed class LatentVariableVariants : IContractVariants
{
    public IEnumerable<ContractVariant> Variants =>
    [
        new(new VaeHeadConfig { HiddenWidth = 32, Blocks = 1, LatentSize = 3 }),
        new(new CvaeHeadConfig { HiddenWidth = 32, Blocks = 1, LatentSize = 3 }),
        new(new CvaeHeadConfig { HiddenWidth = 32, Blocks = 1, LatentSize = 3, LearnedPrior = true, Reconstruction = RegressionLoss.L1 }, "learned prior"),
        new(new CvaeHeadConfig { HiddenWidth = 32, Blocks = 1, LatentSize = 3, FreeBits = 0.1, LatentScale = 0 }, "z = 0"),
    ];
}
