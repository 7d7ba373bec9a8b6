using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/heads/diffusion.md, docs/heads/flow-matching.md and docs/guidance.md.</summary>
internal static class DenoisingPages
{
    public static void Diffusion(IEpisodeSource demonstrations)
    {
        // <snippet diffusion-policy>
        using var policy = LearnedPolicy.Create(Presets.DiffusionPolicyPushTState, demonstrations);
        Trainer.Train(policy, demonstrations, TrainerPresets.DiffusionPolicy);
        var head = (DiffusionHeadConfig)policy.Config.Head;
        using LearnedPolicy fast = policy.With(policy.Config with { Head = head with { Sampler = new DpmSolverSampler { Steps = 10 } } });
        // </snippet>
    }

    public static void Distill(LearnedPolicy policy, IEpisodeSource demonstrations)
    {
        // <snippet distill>
        using LearnedPolicy quick = FlowDistillation.Distill(policy, demonstrations, new TrainerConfig { Steps = 10_000 }, steps: 1);
        // </snippet>
    }

    public static void Guide(IEpisodeSource demonstrations)
    {
        // <snippet guide>
        PolicyConfig config = new()
        {
            Features = [new RawFeature("position"), new RawFeature("goal"), new OneHotFeature { Feature = "task", Count = 3, OutputName = "kind" }],
            FeatureNormalization = new Dictionary<string, NormalizerConfig> { ["kind"] = new NoNormalization() },
            Head = new FlowMatchingHeadConfig { Guidance = new GuidanceConfig { Parts = ["goal", "kind"], DropProbability = 0.2 } },
        };
        using var policy = LearnedPolicy.Create(config, demonstrations);
        Trainer.Train(policy, demonstrations, new TrainerConfig());
        var head = (FlowMatchingHeadConfig)config.Head;
        using LearnedPolicy strict = policy.With(config with { Head = head with { Guidance = head.Guidance! with { Scale = 2 } } });
        // </snippet>
    }
}
