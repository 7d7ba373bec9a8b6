using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads.Implicit;

internal sealed class ImplicitVariants : IContractVariants
{
    // Chunks of the suite have twelve values, too many for uniform counter-examples: they learn in ImplicitLearningTests, on fewer.
    public IEnumerable<ContractVariant> Variants =>
    [
        new(
            new ImplicitHeadConfig
            {
                HiddenWidth = 48,
                Blocks = 1,
                CounterExamples = 8,
                ExpertNoise = 0.01,
                CounterExampleChain = new LangevinChain { Steps = 10 },
                Search = new DerivativeFreeSearch { Samples = 512, Iterations = 12, NoiseShrink = 0.75 },
            })
        { OverfitSteps = 800 },
        new(
            new ImplicitHeadConfig
            {
                HiddenWidth = 48,
                Blocks = 1,
                CounterExamples = 8,
                CounterExampleChain = new LangevinChain { Steps = 10 },
                Search = new LangevinSearch { Samples = 64 },
            },
            "LangevinSearch")
        { OverfitSteps = 500 },
    ];
}
