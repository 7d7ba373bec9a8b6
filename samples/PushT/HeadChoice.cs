using BehaviorCloning.Heads;
using BehaviorCloning.Policies;

namespace PushT;

/// <summary>A head that can be trained here: a preset for Push-T from states.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Preset">Its full size.</param>
internal sealed record HeadChoice(string Name, PolicyConfig Preset)
{
    public static readonly HeadChoice[] All =
    [
        new("flow", Presets.FlowMatchingPushTState) { Small = new FlowMatchingHeadConfig { Denoiser = SmallDenoiser } },
        new("diffusion", Presets.DiffusionPushTState) { Small = new DiffusionHeadConfig { Denoiser = SmallDenoiser } },
        new("diffusion-unet", WithDenoiser(new ConditionalUnetDenoiserConfig())),
        new("diffusion-transformer", WithDenoiser(new DiffusionTransformerDenoiserConfig { Width = 128, Layers = 4, FeedForwardWidth = 512 })),
        new("mse", Presets.MsePushTState) { Small = new MseHeadConfig { HiddenWidth = 64, Blocks = 2 } },
        new("bet", Presets.BehaviorTransformerPushTState) { Small = new BehaviorTransformerHeadConfig { Clusters = 8, Trunk = new() { Width = 32, Layers = 1, Heads = 2 } } },
        new("lstm-gmm", Presets.LstmGmmPushTState),
        new("ibc", Presets.ImplicitPushTState),
        new("act", Presets.ActPushTState),
    ];

    /// <summary>A network that trains in seconds, to see that everything works; null where the preset is all there is.</summary>
    public PolicyHeadConfig? Small { get; init; }

    private static ResidualMlpDenoiserConfig SmallDenoiser => new() { Width = 64, Blocks = 2 };

    // Diffusion Policy's networks, small enough for a processor. The published sizes are in Presets, and want a GPU.
    private static PolicyConfig WithDenoiser(DenoiserConfig denoiser) => Presets.DiffusionPushTState with { Head = new DiffusionHeadConfig { Denoiser = denoiser } };

    public PolicyConfig Config(bool small) => small && Small is not null ? Preset with { Head = Small } : Preset;

    public static HeadChoice Find(string name) => Array.Find(All, choice => choice.Name == name)
        ?? throw new ArgumentException($"There is no head '{name}'. There are: {string.Join(", ", All.Select(choice => choice.Name))}.");
}
