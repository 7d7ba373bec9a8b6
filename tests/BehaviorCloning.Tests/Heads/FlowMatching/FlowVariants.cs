using BehaviorCloning.Heads;
using BehaviorCloning.Tests.Heads.Diffusion;

namespace BehaviorCloning.Tests.Heads.FlowMatching;

/// <summary>What the contract suite makes of flow matching: every network, every integrator, every time distribution.</summary>
public sealed class FlowVariants : IContractVariants
{
    public IEnumerable<ContractVariant> Variants =>
    [
        new(new FlowMatchingHeadConfig { Denoiser = DiffusionVariants.Small }),
        new(new FlowMatchingHeadConfig { Denoiser = DiffusionVariants.Small, Integrator = new MidpointIntegrator(), SamplingSteps = 5, Time = new BetaFlowTime() }, "midpoint, beta"),
        new(new FlowMatchingHeadConfig { Denoiser = DiffusionVariants.Small, Integrator = new HeunIntegrator(), SamplingSteps = 5, Time = new LogitNormalFlowTime() }, "Heun, logit-normal"),
        new(new FlowMatchingHeadConfig { Denoiser = new TransformerDenoiserConfig { Width = 32, Layers = 2, Heads = 2, FeedForwardWidth = 64, TimeWidth = 16 } }, "Denoiser=TransformerDenoiser") { OverfitSteps = 400 },
        new(new FlowMatchingHeadConfig { Denoiser = DiffusionVariants.Unet }, "Denoiser=ConditionalUnetDenoiser") { OverfitSteps = 700 },
        new(new FlowMatchingHeadConfig { Denoiser = DiffusionVariants.Transformer }, "Denoiser=DiffusionTransformerDenoiser") { OverfitSteps = 1200 },
        new(new FlowMatchingHeadConfig { Denoiser = new MlpMixerDenoiserConfig { Width = 32, Blocks = 2, StepMixWidth = 8, ChannelMixWidth = 64, TimeWidth = 32 } }, "Denoiser=MlpMixerDenoiser") { OverfitSteps = 600 },
        new(new FlowMatchingHeadConfig { Denoiser = new MlpMixerDenoiserConfig { Width = 32, Blocks = 2, StepMixWidth = 8, ChannelMixWidth = 64, TimeWidth = 32 }, Prefix = new TrainedPrefix { MaximumDelay = 1 } }, "trained prefix") { OverfitSteps = 800 },
        new(new FlowMatchingHeadConfig { Denoiser = DiffusionVariants.Small, Guidance = new GuidanceConfig { DropProbability = 0.4, Null = NullCondition.Learned } }, "dropped conditions") { OverfitSteps = 2000 },
    ];
}
