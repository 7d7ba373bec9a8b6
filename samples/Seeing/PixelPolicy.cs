using BehaviorCloning.Encoders;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace Seeing;

/// <summary>What all policies here have in common: horizons, actions and head are the state preset's; only what is seen differs.</summary>
internal static class PixelPolicy
{
    public static readonly FixedNormalization Position = new() { Center = 256, Scale = 256 };

    private const int TokenWidth = 64;

    /// <summary>
    /// The preset, seeing states of one step in place of two: what moves here stops at once, a second frame costs as much as the first, and a policy that knows how the agent
    /// moved goes on as before in place of looking where the T is.
    /// </summary>
    public static PolicyConfig Base(bool quick) => Presets.FlowMatchingPushTState with
    {
        Horizons = Presets.FlowMatchingPushTState.Horizons with { Observation = 1 },
        Head = new FlowMatchingHeadConfig
        {
            Denoiser = quick ? new ResidualMlpDenoiserConfig { Width = 32, Blocks = 1 } : new ResidualMlpDenoiserConfig(),
            SamplingSteps = quick ? 2 : 10,
            StartNoiseScale = 0.5,
        },
    };

    /// <summary>The same, seeing the agent's position (as is published for images) and a picture: a token of each a step.</summary>
    /// <param name="feature">The picture: frames, or what was made of them.</param>
    /// <param name="encoder">What encodes it, a token a step.</param>
    /// <param name="quick">Whether networks are tiny.</param>
    public static PolicyConfig Seeing(string feature, ObservationEncoderConfig encoder, bool quick)
    {
        var normalization = new Dictionary<string, NormalizerConfig> { [PushTEnvironment.AgentPosition] = Position };
        if (feature != PushTEnvironment.Image) normalization[feature] = new NoNormalization();
        return Base(quick) with
        {
            Features = [new RawFeature(PushTEnvironment.AgentPosition), new RawFeature(feature)],
            FeatureNormalization = normalization,
            Encoder = new MultiSensorEncoderConfig
            {
                Width = TokenWidth,
                Sensors =
                [
                    new SensorConfig { Name = "agent", Features = [PushTEnvironment.AgentPosition], Encoder = new ProprioceptionEncoderConfig { TokenPerStep = true } },
                    new SensorConfig { Name = "picture", Features = [feature], Encoder = encoder },
                ],
            },
        };
    }
}
