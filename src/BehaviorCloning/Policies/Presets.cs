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

    /// <summary>
    /// The same with a behavior transformer: one token an observed step, 64 clusters of chunks, a trunk of block push's published size (4 layers,
    /// 4 heads, 72 wide), 0.4 million weights.
    /// </summary>
    public static PolicyConfig BehaviorTransformerPushTState =>
        PushTState(new BehaviorTransformerHeadConfig { Trunk = new() { Width = 72, Layers = 4, Heads = 4 } }) with { Encoder = new ProprioceptionEncoderConfig { TokenPerStep = true } };

    /// <summary>
    /// LSTM-GMM for Push-T from states: robomimic's ten observations, five components and low-noise evaluation; a narrower LSTM, for a CPU, and
    /// a larger least standard deviation, because chunks have 32 values.
    /// </summary>
    public static PolicyConfig LstmGmmPushTState =>
        PushTState(new RecurrentGaussianMixtureHeadConfig { HiddenWidth = 128, Mixture = new MixtureOptions { MinimumScale = 0.01 } }) with
        {
            Horizons = new Horizons { Observation = 10, Prediction = 16, Execution = 8 },
            Encoder = new ProprioceptionEncoderConfig { TokenPerStep = true },
        };

    /// <summary>
    /// Implicit cloning for Push-T from states, one action at a time as in diffusion policy's baseline: in two values the derivative-free
    /// search finds the lowest energy, and a few counter-examples, which a CPU can afford, fill the action box. Answers are drawn, as in that
    /// baseline: with the best one instead, the same weights score less than half.
    /// </summary>
    public static PolicyConfig ImplicitPushTState =>
        PushTState(new ImplicitHeadConfig
        {
            CounterExamples = 32,
            Search = new DerivativeFreeSearch { Samples = 512 },
            Choice = ImplicitChoice.Drawn,
        }) with
        {
            Horizons = new Horizons { Observation = 2, Prediction = 1, Execution = 1 },
        };

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

    /// <summary>
    /// Diffusion Policy's U-Net for Push-T from states as published (arXiv 2303.04137): nine keypoints of the block and the agent, all numbers
    /// min-max normalized, noise prediction, 100 DDPM steps, 65,783,298 weights.
    /// </summary>
    /// <remarks>
    /// Needs the feature "keypoints" (<c>PushTDataset.Open(path, keypoints: true)</c>). The published chunk begins at the oldest of the two
    /// observed steps, and execution with its second action; here a chunk begins at the newest, so its 16 actions reach one step further.
    /// </remarks>
    public static PolicyConfig DiffusionPolicyPushTState => DiffusionPolicyPushT(
        new ConditionalUnetDenoiserConfig { Widths = [256, 512, 1024], TimeWidth = 256 }, tokenPerStep: false);

    /// <summary>The same with Diffusion Policy's time-series transformer, of 8,965,122 weights.</summary>
    public static PolicyConfig DiffusionTransformerPushT => DiffusionPolicyPushT(new DiffusionTransformerDenoiserConfig(), tokenPerStep: true);

    /// <summary>
    /// Diffusion Policy's U-Net for Push-T from images as published: frames of 96 x 96 cropped to 84 x 84, ResNet-18 with group norm and spatial
    /// softmax trained with the head, 251,511,938 weights in the U-Net and 11,197,088 in the images' network. Train it with
    /// <c>TrainerPresets.DiffusionPolicyImage</c>.
    /// </summary>
    /// <remarks>Needs the feature "image". For the position of the chunk see <see cref="DiffusionPolicyPushTState"/>.</remarks>
    public static PolicyConfig DiffusionPolicyPushTImage =>
        DiffusionPolicyPushT(new ConditionalUnetDenoiserConfig { Widths = [512, 1024, 2048], TimeWidth = 128 }, tokenPerStep: false) with
        {
            Features = [new RawFeature("agent_position"), new RawFeature("image")],
            Encoder = new ResNetEncoderConfig { Crop = new ImageSize(84, 84), Scaling = ImageScaling.Symmetric },
        };

    /// <summary>
    /// The flow policy of the Kinetix benchmark of Real-Time Chunking (arXiv 2506.07339): an MLP-Mixer of 4 blocks, 256 wide, chunks of 8, five
    /// Euler steps, nothing normalized because actions and observations already are of order one.
    /// </summary>
    /// <remarks>The benchmark varies how many of the 8 actions are executed, from 1 to 8; here it is 4.</remarks>
    public static PolicyConfig FlowMatchingKinetix => new()
    {
        Horizons = new Horizons { Observation = 1, Prediction = 8, Execution = 4 },
        ObservationNormalization = new NoNormalization(),
        ActionNormalization = new NoNormalization(),
        Head = new FlowMatchingHeadConfig { Denoiser = new MlpMixerDenoiserConfig(), SamplingSteps = 5 },
    };

    private static PolicyConfig DiffusionPolicyPushT(DenoiserConfig denoiser, bool tokenPerStep) => new()
    {
        Horizons = new Horizons { Observation = 2, Prediction = 16, Execution = 8 },
        Features = [new RawFeature("keypoints"), new RawFeature("agent_position")],
        ObservationNormalization = new MinMaxNormalization(),
        ActionNormalization = new MinMaxNormalization(),
        Encoder = new ProprioceptionEncoderConfig { TokenPerStep = tokenPerStep },
        HoldsAfterEnd = true,
        Head = new DiffusionHeadConfig
        {
            Denoiser = denoiser,
            Prediction = DiffusionPrediction.Epsilon,
            Sampler = new DdpmSampler(),
            Clipping = new ClipToRange(),
        },
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
