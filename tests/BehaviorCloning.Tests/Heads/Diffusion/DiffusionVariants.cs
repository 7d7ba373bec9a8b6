using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads.Diffusion;

/// <summary>What the contract suite makes of diffusion: every target with a different sampler.</summary>
public sealed class DiffusionVariants : IContractVariants
{
    internal static readonly ResidualMlpDenoiserConfig Small = new() { Width = 48, Blocks = 2, ConditionWidth = 32, TimeWidth = 16 };

    public IEnumerable<ContractVariant> Variants =>
    [
        Variant(new DiffusionHeadConfig { Denoiser = Small }, "velocity, DDIM"),
        Variant(new DiffusionHeadConfig { Denoiser = Small, Prediction = DiffusionPrediction.Epsilon, Sampler = new DdpmSampler { Steps = 50 } }, "epsilon, DDPM"),
        Variant(new DiffusionHeadConfig { Denoiser = Small, Prediction = DiffusionPrediction.Sample, Sampler = new DpmSolverSampler() }, "sample, DPM-Solver++"),
        Variant(new DiffusionHeadConfig { Denoiser = Small, Schedule = new LinearSchedule(), Clipping = new ClipToRange { Range = 4 }, StartNoiseScale = 0.9, Sampler = new DdimSampler { Eta = 0.5 } }, "linear, eta"),
    ];

    private static ContractVariant Variant(DiffusionHeadConfig config, string name) => new(config, name) { OverfitSteps = 900 };
}
