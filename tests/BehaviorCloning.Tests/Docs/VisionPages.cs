using BehaviorCloning.Encoders;
using BehaviorCloning.Networks;
using BehaviorCloning.Policies;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/encoders/vision-transformer.md and docs/encoders/pretrained.md.</summary>
internal static class VisionPages
{
    // <snippet vision-transformer>
    public static PolicyConfig WithVisionTransformer(PolicyConfig policy) => policy with
    {
        Encoder = new VisionTransformerEncoderConfig
        {
            Transformer = VisionTransformerOptions.Mini with { Registers = 2 },
            Readout = new AttentionReadout(),
            Resize = new ImageSize(96, 96),
            Crop = new ImageSize(88, 88),
        },
    };
    // </snippet>

    // <snippet pretrained>
    public static LearnedPolicy WithDino(PolicyConfig config, IEpisodeSource demonstrations, string dinov2SmallSafetensors)
    {
        var encoder = new PretrainedEncoderConfig { Network = new PublishedDinoV2(), Readout = new AttentionReadout { Heads = 6 } };
        var policy = LearnedPolicy.Create(config with { Encoder = encoder }, demonstrations);
        ((PretrainedEncoder)policy.Network.Encoder).Load(dinov2SmallSafetensors);
        return policy;
    }
    // </snippet>

    // <snippet clip-text>
    public static float[] Instruction(string folder)
    {
        using ClipText text = ClipText.Load(Path.Combine(folder, "model.safetensors"), Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"));
        return text.Embed("push the block onto the target")[0];
    }
    // </snippet>
}
