using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads.Implicit;

internal sealed class ImplicitVariants : IContractVariants
{
    // Chunks of the suite have twelve values: more iterations than for an action alone, with noise that shrinks less.
    public IEnumerable<ContractVariant> Variants =>
    [
        new(new ImplicitHeadConfig
        {
            HiddenWidth = 48,
            Blocks = 1,
            CounterExamples = 64,
            ExpertNoise = 0.02,
            Search = new DerivativeFreeSearch { Samples = 512, Iterations = 12, NoiseShrink = 0.75 },
        }) { OverfitSteps = 2000 },
        new(
            new ImplicitHeadConfig
            {
                HiddenWidth = 48,
                Blocks = 1,
                CounterExamples = 8,
                CounterExampleChain = new LangevinChain { Steps = 10 },
                Search = new LangevinSearch { Samples = 64, Chain = new LangevinChain { Steps = 100 } },
                Choice = ImplicitChoice.Drawn,
            },
            "Langevin")
        { OverfitSteps = 800 },
    ];
}
