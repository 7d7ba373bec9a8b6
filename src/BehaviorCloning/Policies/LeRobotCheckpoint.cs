using System.Text.RegularExpressions;
using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Policies;

/// <summary>Weights of policies that LeRobot trained (its model.safetensors), under our names.</summary>
/// <remarks>
/// Only weights are read. LeRobot keeps the statistics of its normalization elsewhere (in processor files, or up to 0.3.3 as buffers named
/// <c>normalize_...</c>, which are left out here): fit the policy's normalizers to the data it was trained on.
/// </remarks>
public static partial class LeRobotCheckpoint
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

    // Patterns of the diffusion policy's names, and ours. Blocks come in pairs: i and j are level and place in it.
    private static readonly (Regex Theirs, Func<Match, string> Ours)[] Diffusion =
    [
        (RgbStem(), m => $"encoder.backbones.{Camera(m)}.{(m.Groups["i"].Value == "0" ? "conv1" : "bn1")}."),
        (RgbStage(), m => $"encoder.backbones.{Camera(m)}.layer{Number(m, "i") - 3}."),
        (RgbKeypoints(), m => $"encoder.readouts.{Camera(m)}.pool.keypoints."),
        (RgbOutput(), m => $"encoder.readouts.{Camera(m)}.output."),
        (StepEncoder(), m => m.Groups["i"].Value == "1" ? "head.denoiser.time1." : "head.denoiser.time2."),
        (Resampling(), m => $"head.denoiser.{(m.Groups["side"].Value == "down" ? "shrink" : "grow")}.{m.Groups["i"].Value}."),
        (LevelBlock(), m => $"head.denoiser.{m.Groups["side"].Value}.{(2 * Number(m, "i")) + Number(m, "j")}."),
        (MiddleBlock(), m => $"head.denoiser.middle.{m.Groups["j"].Value}."),
        (FinalBlock(), _ => "head.denoiser.last.block."),
        (FinalOutput(), _ => "head.denoiser.output."),
    ];

    // Parts of a U-Net block.
    private static readonly (string Theirs, string Ours)[] UnetBlock =
    [
        (".conv1.block.0.", ".first.convolution."), (".conv1.block.1.", ".first.norm."),
        (".conv2.block.0.", ".second.convolution."), (".conv2.block.1.", ".second.norm."),
        (".residual_conv.", ".residual."), (".cond_encoder.1.", ".film."),
        (".last.block.0.", ".last.convolution."), (".last.block.1.", ".last.norm."),
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

    /// <summary>
    /// Copies a diffusion policy's weights. The policy is one of <see cref="Presets.DiffusionPolicyPushTImage"/>, or of other sizes, with
    /// <c>SpatialSoftmaxReadout.Rectified</c>, and with <c>SharedWeights</c> if there are several cameras (LeRobot up to 0.5).
    /// </summary>
    /// <param name="path">LeRobot's model.safetensors.</param>
    /// <param name="network">What is filled; its normalizers stay as they are.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit; the message lists every fault, and nothing was changed.</exception>
    public static void LoadDiffusion(string path, PolicyNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using DisposeScope scope = NewDisposeScope();
        file.LoadInto(DiffusionTargets(network), NameOfDiffusion);
    }

    /// <summary>Our name of a diffusion tensor of LeRobot's; null for what is no weight. A name that is not known stays as it is.</summary>
    internal static string? NameOfDiffusion(string theirs)
    {
        string name = theirs.Replace("_orig_mod.", "", StringComparison.Ordinal);
        if (Statistics.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) || name.EndsWith(".pool.pos_grid", StringComparison.Ordinal)) return null;
        foreach ((Regex pattern, Func<Match, string> ours) in Diffusion)
        {
            Match match = pattern.Match(name);
            if (!match.Success) continue;
            string found = ours(match) + name[match.Length..];
            foreach ((string theirPart, string ourPart) in UnetBlock) found = found.Replace(theirPart, ourPart, StringComparison.Ordinal);
            return found;
        }

        return name;
    }

    // The U-Net here has one layer for what LeRobot has a layer a block for: its rows belong to the blocks, down, middle and up.
    internal static Dictionary<string, Tensor> DiffusionTargets(PolicyNetwork network)
    {
        const string Prefix = "head.denoiser.";
        Dictionary<string, Tensor> targets = Weights(network);
        if (!targets.Remove(Prefix + "film.weight", out Tensor? weight) || !targets.Remove(Prefix + "film.bias", out Tensor? bias)) return targets;
        using IDisposable noGradient = no_grad();
        (string Name, long Channels)[] blocks = [.. new[] { "down", "middle", "up" }.SelectMany(side =>
            Enumerable.Range(0, targets.Count).Select(i => $"{Prefix}{side}.{i}").TakeWhile(block => targets.ContainsKey(block + ".first.convolution.weight"))
                .Select(block => (block, targets[block + ".first.convolution.weight"].size(0))))];
        long perChannel = weight.size(0) / blocks.Sum(block => block.Channels), row = 0;
        foreach ((string name, long channels) in blocks)
        {
            targets[name + ".film.weight"] = weight.narrow(0, row, channels * perChannel);
            targets[name + ".film.bias"] = bias.narrow(0, row, channels * perChannel);
            row += channels * perChannel;
        }

        return targets;
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

    // All of the encoder, and what the head trains: its constants, and the normalizers' numbers, are not LeRobot's.
    private static Dictionary<string, Tensor> Weights(PolicyNetwork network) => network.Encoder.state_dict().Select(pair => ("encoder." + pair.Key, pair.Value))
        .Concat(network.Head.named_parameters().Select(p => ("head." + p.name, (Tensor)p.parameter)))
        .ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, System.Globalization.CultureInfo.InvariantCulture);

    private static int Camera(Match match) => match.Groups["camera"].Success ? Number(match, "camera") : 0;

    [GeneratedRegex(@"^diffusion\.rgb_encoder\.((?<camera>\d+)\.)?backbone\.(?<i>[01])\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RgbStem();

    [GeneratedRegex(@"^diffusion\.rgb_encoder\.((?<camera>\d+)\.)?backbone\.(?<i>[4-7])\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RgbStage();

    [GeneratedRegex(@"^diffusion\.rgb_encoder\.((?<camera>\d+)\.)?pool\.nets\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RgbKeypoints();

    [GeneratedRegex(@"^diffusion\.rgb_encoder\.((?<camera>\d+)\.)?out\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RgbOutput();

    [GeneratedRegex(@"^diffusion\.unet\.diffusion_step_encoder\.(?<i>[13])\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StepEncoder();

    [GeneratedRegex(@"^diffusion\.unet\.(?<side>down|up)_modules\.(?<i>\d+)\.2\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Resampling();

    [GeneratedRegex(@"^diffusion\.unet\.(?<side>down|up)_modules\.(?<i>\d+)\.(?<j>[01])\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LevelBlock();

    [GeneratedRegex(@"^diffusion\.unet\.mid_modules\.(?<j>[01])\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MiddleBlock();

    [GeneratedRegex(@"^diffusion\.unet\.final_conv\.0\.block\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FinalBlock();

    [GeneratedRegex(@"^diffusion\.unet\.final_conv\.1\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FinalOutput();
}
