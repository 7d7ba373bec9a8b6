using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Policies;

/// <summary>Weights of policies that LeRobot trained (its model.safetensors), under our names.</summary>
/// <remarks>
/// Only weights are read. LeRobot keeps the statistics of its normalization elsewhere (in processor files, or up to 0.3.3 as buffers named
/// <c>normalize_...</c>, which are left out here): fit the policy's normalizers to the data it was trained on.
/// </remarks>
public static class LeRobotCheckpoint
{
    // A prefix of LeRobot's names, and ours of the same part. The first that fits counts.
    private static readonly (string Theirs, string Ours)[] Act =
    [
        ("model.backbone.", "encoder.backbones.0."),
        ("model.vae_encoder_cls_embed.weight", "head.style.summary"),
        ("model.vae_encoder_robot_state_input_proj.", "head.style.state."),
        ("model.vae_encoder_action_input_proj.", "head.style.action."),
        ("model.vae_encoder_latent_output_proj.", "head.style.output."),
        ("model.vae_encoder.layers.", "head.style.layers."),
        ("model.vae_encoder.norm.", "head.style.norm."),
        ("model.encoder_latent_input_proj.", "head.network.latent."),
        ("model.encoder_robot_state_input_proj.", "head.network.vectors.0."),
        ("model.encoder_env_state_input_proj.", "head.network.vectors.1."),
        ("model.encoder_img_feat_input_proj.", "head.network.image."),
        ("model.encoder_1d_feature_pos_embed.weight", "head.network.vectorPositions"),
        ("model.encoder.layers.", "head.network.encoder."),
        ("model.encoder.norm.", "head.network.encoderNorm."),
        ("model.decoder_pos_embed.weight", "head.network.queries"),
        ("model.decoder.layers.", "head.network.decoder."),
        ("model.decoder.norm.", "head.network.decoderNorm."),
        ("model.action_head.", "head.network.action."),
    ];

    // Parts of a transformer layer.
    private static readonly (string Theirs, string Ours)[] ActLayer =
    [
        (".self_attn.in_proj_", ".attention.input."),
        (".self_attn.out_proj.", ".attention.output."),
        (".multihead_attn.in_proj_", ".cross.input."),
        (".multihead_attn.out_proj.", ".cross.output."),
        (".linear1.", ".feedForward.expand."),
        (".linear2.", ".feedForward.contract."),
    ];

    private static readonly string[] Statistics = ["normalize_inputs.", "normalize_targets.", "unnormalize_outputs."];

    /// <summary>
    /// Copies an ACT policy's weights. The policy is one of <see cref="Presets.ActAloha"/>, or of other sizes: a <c>ResNetEncoder</c> with shared weights,
    /// frozen batch norm and feature maps, and an <c>ActHead</c>.
    /// </summary>
    /// <param name="path">LeRobot's model.safetensors.</param>
    /// <param name="network">What is filled; its normalizers stay as they are.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit; the message lists every fault, and nothing was changed.</exception>
    public static void LoadAct(string path, PolicyNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        file.LoadInto(Weights(network), NameOfAct);
    }

    /// <summary>Our name of an ACT tensor of LeRobot's; null for what is no weight. A name that is not known stays as it is.</summary>
    internal static string? NameOfAct(string theirs)
    {
        // Compiled models carry a wrapper's name.
        string name = theirs.Replace("_orig_mod.", "", StringComparison.Ordinal);
        if (Statistics.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) || name == "model.vae_encoder_pos_enc") return null;
        foreach ((string prefix, string ours) in Act)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            string rest = name[prefix.Length..];
            if (prefix.EndsWith(".layers.", StringComparison.Ordinal))
            {
                foreach ((string theirPart, string ourPart) in ActLayer) rest = rest.Replace(theirPart, ourPart, StringComparison.Ordinal);
            }

            return ours + rest;
        }

        return name;
    }

    // Without the normalizers, whose numbers come from data.
    private static Dictionary<string, Tensor> Weights(PolicyNetwork network) => network.state_dict()
        .Where(pair => pair.Key.StartsWith("encoder.", StringComparison.Ordinal) || pair.Key.StartsWith("head.", StringComparison.Ordinal))
        .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
}
