using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads.GaussianMixtures;

internal sealed class GaussianMixtureVariants : IContractVariants
{
    public IEnumerable<ContractVariant> Variants =>
    [
        new(Small(new MixtureOptions { Components = 3, MinimumScale = 0.01 })),
        new(Small(new MixtureOptions { Components = 2, MinimumScale = 0.01, LowNoiseEvaluation = false }), "with learned noise"),
        new(Small(new MixtureOptions { Components = 2, MinimumScale = 0.01, Temperature = 0 }), "Temperature=0"),
    ];

    private static GaussianMixtureHeadConfig Small(MixtureOptions mixture) => new() { Mixture = mixture, HiddenWidth = 32, Blocks = 2 };
}

internal sealed class RecurrentGaussianMixtureVariants : IContractVariants
{
    public IEnumerable<ContractVariant> Variants =>
    [
        new(new RecurrentGaussianMixtureHeadConfig { Mixture = Mixture, HiddenWidth = 24 }),
        new(new RecurrentGaussianMixtureHeadConfig { Mixture = Mixture, HiddenWidth = 24, CarriesState = true }, "CarriesState") { OverfitSteps = 2000, LearningRate = 1e-2 },
    ];

    private static MixtureOptions Mixture => new() { Components = 3, MinimumScale = 0.01 };
}
