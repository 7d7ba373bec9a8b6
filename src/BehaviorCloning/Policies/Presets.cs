using BehaviorCloning.Actions;
using BehaviorCloning.Encoders;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Networks;
using BehaviorCloning.Normalization;

namespace BehaviorCloning.Policies;

/// <summary>Settings that are known to work, to start from. Each is an ordinary configuration: change it with <c>with</c>.</summary>
public static class Presets
{
    /// <summary>
    /// Flow matching for Push-T from states: the arena's numbers as scale, the agent also seen from the block, targets relative to
    /// the agent, a residual MLP of 1.25 million weights.
    /// </summary>
    public static PolicyConfig FlowMatchingPushTState => PushTState(new FlowMatchingHeadConfig());

    /// <summary>The same with diffusion: velocity prediction and DDIM in ten steps.</summary>
    public static PolicyConfig DiffusionPushTState => PushTState(new DiffusionHeadConfig());

    /// <summary>The same with regression, for comparison: it averages where people do different things.</summary>
    public static PolicyConfig MsePushTState => PushTState(new MseHeadConfig());

    /// <summary>A small ACT for Push-T from states, without a camera: 128 wide, two layers a part.</summary>
    public static PolicyConfig ActPushTState => PushTState(new ActHeadConfig
    {
        Width = 128, Heads = 4, FeedForwardWidth = 512, EncoderLayers = 2, StyleLayers = 2, LatentWidth = 16,
    });

    /// <summary>
    /// ACT as published for ALOHA (Zhao et al., arXiv 2304.13705): joint positions and camera images of one step, 100 actions, ResNet-18 with frozen batch
    /// norm, 51,613,582 trained weights with one camera and 14 joints. Start from ImageNet's weights: <see cref="ResNetEncoder.LoadBackbone"/>.
    /// Train it with <c>TrainerPresets.Act</c>.
    /// </summary>
    public static PolicyConfig ActAloha => new()
    {
        Horizons = new Horizons { Observation = 1, Prediction = 100, Execution = 100 },
        Encoder = new ResNetEncoderConfig { Norm = ResNetNorm.FrozenBatch, Readout = new FeatureMapReadout(), SharedWeights = true },
        Head = new ActHeadConfig { PaddingDilutesLoss = true },
    };

    private static PolicyConfig PushTState(PolicyHeadConfig head)
    {
        const string Agent = "agent_position", Block = "block_position", Angle = "block_angle", Offset = "agent_from_block";
        // The arena is 512 pixels wide.
        var position = new FixedNormalization { Center = 256, Scale = 256 };
        return new PolicyConfig
        {
            Horizons = new Horizons { Observation = 2, Prediction = 16, Execution = 8 },
            Features =
            [
                new RawFeature(Agent),
                new RawFeature(Block),
                new AngleSinCos { Feature = Angle },
                new PlanarOffset { Point = Agent, FramePosition = Block, FrameAngle = Angle, OutputName = Offset },
            ],
            ObservationNormalization = new NoNormalization(),
            FeatureNormalization = new Dictionary<string, NormalizerConfig>(StringComparer.Ordinal)
            {
                [Agent] = position,
                [Block] = position,
                [Offset] = new FixedNormalization { Scale = 128 },
            },
            Actions = new RelativeActions { ReferenceFeature = Agent },
            ActionNormalization = new StandardNormalization { SharedScale = true, Center = false },
            // The last target may be held, so what follows an episode's end is learned too.
            HoldsAfterEnd = true,
            Head = head,
        };
    }
}
