using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads.Diffusion;

/// <summary>What the contract suite makes of diffusion: every target with a different sampler.</summary>
public sealed class DiffusionVariants : IContractVariants
{
    internal static readonly ResidualMlpDenoiserConfig Small = new() { Width = 32, Blocks = 2, ConditionWidth = 32, TimeWidth = 16 };

    internal static readonly ConditionalUnetDenoiserConfig Unet = new() { Widths = [16, 32], Groups = 4, KernelSize = 3, TimeWidth = 16 };

    internal static readonly DiffusionTransformerDenoiserConfig Transformer = new() { Width = 32, Layers = 1, Heads = 2, FeedForwardWidth = 64, Dropout = 0 };

    public IEnumerable<ContractVariant> Variants =>
    [
        Variant(new DiffusionHeadConfig { Denoiser = Small }, "velocity, DDIM"),
        Variant(new DiffusionHeadConfig { Denoiser = Small, Prediction = DiffusionPrediction.Epsilon, Sampler = new DdpmSampler { Steps = 50 } }, "epsilon, DDPM"),
        Variant(new DiffusionHeadConfig { Denoiser = Small, Prediction = DiffusionPrediction.Sample, Sampler = new DpmSolverSampler() }, "sample, DPM-Solver++"),
        Variant(new DiffusionHeadConfig { Denoiser = Small, Schedule = new LinearSchedule(), Clipping = new ClipToRange { Range = 4 }, StartNoiseScale = 0.9, Sampler = new DdimSampler { Eta = 0.5 } }, "linear, eta"),
        Variant(new DiffusionHeadConfig { Denoiser = Unet }, "U-Net") with { OverfitSteps = 450, LearningRate = 5e-3 },
        Variant(new DiffusionHeadConfig { Denoiser = Transformer }, "transformer") with { OverfitSteps = 1400 },
        Variant(new DiffusionHeadConfig { Denoiser = Small, Guidance = new GuidanceConfig { DropProbability = 0.4, Scale = 1.2 } }, "guided") with { OverfitSteps = 2000 },
    ];

    private static ContractVariant Variant(DiffusionHeadConfig config, string name) => new(config, name) { OverfitSteps = 900 };
}
