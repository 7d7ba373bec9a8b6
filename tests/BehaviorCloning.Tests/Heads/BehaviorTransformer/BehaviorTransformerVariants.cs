using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads.BehaviorTransformer;

/// <summary>Small ones for the contract suite, whose batch has six chunks.</summary>
public sealed class BehaviorTransformerVariants : IContractVariants
{
    public static readonly ContextTransformerConfig Trunk = new() { Width = 24, Layers = 1, Heads = 2, Dropout = 0 };

    public IEnumerable<ContractVariant> Variants =>
    [
        new(new BehaviorTransformerHeadConfig { Clusters = 4, Trunk = Trunk }),
        new(new BehaviorTransformerHeadConfig { Clusters = 4, Trunk = Trunk, FocalGamma = 0, OffsetWeight = 1, Temperature = 0 }, "most probable"),
    ];
}
