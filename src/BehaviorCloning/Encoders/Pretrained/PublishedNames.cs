using System.Globalization;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>
/// What a published transformer's weights are called, and which of ours they are. Queries, keys and values are one layer here and three at Hugging Face's: theirs
/// are rows of ours.
/// </summary>
internal sealed class PublishedNames
{
    private static readonly (string Theirs, string Ours)[] ClipBlock =
    [
        ("layer_norm1", "norm1"), ("layer_norm2", "norm2"), ("mlp.fc1", "feedForward.expand"), ("mlp.fc2", "feedForward.contract"), ("self_attn.out_proj", "attention.output"),
    ];

    /// <summary>CLIP's image tower.</summary>
    public static PublishedNames Clip { get; } = new(
        "vision_model.encoder.layers.", ClipBlock, "self_attn.{0}_proj", ["q", "k", "v"],
        [
            ("vision_model.embeddings.class_embedding", "network.classToken"), ("vision_model.embeddings.patch_embedding.weight", "network.stem.weight"),
            ("vision_model.embeddings.position_embedding.weight", "network.positions"), ("vision_model.pre_layrnorm.", "network.firstNorm."),
            ("vision_model.post_layernorm.", "network.norm."), ("visual_projection.", "projection."),
        ],
        ["text_model.", "text_projection.", "logit_scale"], "visual_projection.");

    /// <summary>SigLIP's image tower.</summary>
    public static PublishedNames Siglip { get; } = new(
        "vision_model.encoder.layers.", ClipBlock, "self_attn.{0}_proj", ["q", "k", "v"],
        [
            ("vision_model.embeddings.patch_embedding.", "network.stem."), ("vision_model.embeddings.position_embedding.weight", "network.positions"),
            ("vision_model.post_layernorm.", "network.norm."), ("vision_model.head.probe", "pool.probe"), ("vision_model.head.attention.in_proj_", "pool.attention.input."),
            ("vision_model.head.attention.out_proj.", "pool.attention.output."), ("vision_model.head.layernorm.", "pool.norm."),
            ("vision_model.head.mlp.fc1.", "pool.feedForward.expand."), ("vision_model.head.mlp.fc2.", "pool.feedForward.contract."),
        ],
        ["text_model.", "logit_scale", "logit_bias"], "vision_model.head.");

    /// <summary>DINOv2, with or without registers.</summary>
    public static PublishedNames DinoV2 { get; } = new(
        "encoder.layer.",
        [
            ("norm1", "norm1"), ("norm2", "norm2"), ("mlp.fc1", "feedForward.expand"), ("mlp.fc2", "feedForward.contract"), ("attention.output.dense", "attention.output"),
            ("layer_scale1.lambda1", "scale1"), ("layer_scale2.lambda1", "scale2"),
        ],
        "attention.attention.{0}", ["query", "key", "value"],
        [
            ("embeddings.cls_token", "network.classToken"), ("embeddings.register_tokens", "network.registers"), ("embeddings.position_embeddings", "network.positions"),
            ("embeddings.patch_embeddings.projection.", "network.stem."), ("layernorm.", "network.norm."),
        ],
        ["embeddings.mask_token", "classifier."], null);

    /// <summary>The names of timm, which DeiT, DINO and masked autoencoders share. Attention is one layer there, too.</summary>
    public static PublishedNames Timm { get; } = new(
        "blocks.", [("norm1", "norm1"), ("norm2", "norm2"), ("mlp.fc1", "feedForward.expand"), ("mlp.fc2", "feedForward.contract"), ("attn.proj", "attention.output"), ("ls1.gamma", "scale1"), ("ls2.gamma", "scale2")],
        "attn.{0}", ["qkv"],
        [("cls_token", "network.classToken"), ("pos_embed", "network.positions"), ("patch_embed.proj.", "network.stem."), ("norm.", "network.norm.")],
        ["head.", "mask_token"], null);

    /// <summary>CLIP's text tower.</summary>
    public static PublishedNames ClipText { get; } = new(
        "text_model.encoder.layers.", ClipBlock, "self_attn.{0}_proj", ["q", "k", "v"],
        [
            ("text_model.embeddings.token_embedding.", "tokens."), ("text_model.embeddings.position_embedding.weight", "positions"),
            ("text_model.final_layer_norm.", "norm."), ("text_projection.", "projection."),
        ],
        ["vision_model.", "visual_projection.", "logit_scale"], null);

    private readonly string blocks;
    private readonly (string Theirs, string Ours)[] blockParts;
    private readonly string[] attention;
    private readonly (string Theirs, string Ours)[] others;
    private readonly string[] leftOut;
    private readonly string? summaryOnly;

    private PublishedNames(
        string blocks, (string Theirs, string Ours)[] blockParts, string attentionPattern, string[] attentionParts, (string Theirs, string Ours)[] others, string[] leftOut, string? summaryOnly)
    {
        this.blocks = blocks;
        this.blockParts = blockParts;
        attention = [.. attentionParts.Select(part => string.Format(CultureInfo.InvariantCulture, attentionPattern, part))];
        this.others = others;
        this.leftOut = leftOut;
        this.summaryOnly = summaryOnly;
    }

    /// <summary>A name in the file as <see cref="Targets"/> has it, null for what is left out: the other tower, and what only a summary that is not read needs.</summary>
    public string? Of(string published, bool withSummary)
    {
        string name = TorchvisionNames.WithoutWrappers(published);
        foreach (string wrapper in new[] { "dinov2.", "dinov2_with_registers." })
        {
            if (name.StartsWith(wrapper, StringComparison.Ordinal)) name = name[wrapper.Length..];
        }

        bool isLeftOut = name.EndsWith(".position_ids", StringComparison.Ordinal) || leftOut.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            || (!withSummary && summaryOnly is not null && name.StartsWith(summaryOnly, StringComparison.Ordinal));
        return isLeftOut ? null : name;
    }

    /// <summary>Our tensors, as they are called and shaped in the file.</summary>
    public Dictionary<string, Tensor> Targets(IReadOnlyDictionary<string, Tensor> ours)
    {
        using IDisposable noGradient = no_grad();
        var targets = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string name, Tensor values) in ours)
        {
            if (name.Split("blocks.") is [_, var inBlock])
            {
                int dot = inBlock.IndexOf('.', StringComparison.Ordinal);
                AddOfBlock(targets, $"{blocks}{inBlock[..dot]}.", inBlock[(dot + 1)..], values);
                continue;
            }

            (string theirs, string mine) = others.First(pair => name == pair.Ours || (pair.Ours.EndsWith('.') && name.StartsWith(pair.Ours, StringComparison.Ordinal)));
            string found = name.Length == mine.Length ? theirs : theirs + name[mine.Length..];
            targets[found] = AsPublished(found, values);
        }

        return targets;
    }

    private void AddOfBlock(Dictionary<string, Tensor> targets, string prefix, string name, Tensor values)
    {
        const string Attention = "attention.input.";
        if (name.StartsWith(Attention, StringComparison.Ordinal))
        {
            long rows = values.size(0) / attention.Length;
            for (int i = 0; i < attention.Length; i++) targets[$"{prefix}{attention[i]}.{name[Attention.Length..]}"] = values.narrow(0, i * rows, rows);
            return;
        }

        (string theirs, string mine) = blockParts.First(pair => name == pair.Ours || name.StartsWith(pair.Ours + ".", StringComparison.Ordinal));
        targets[prefix + theirs + name[mine.Length..]] = values;
    }

    // Extents of 1 that are there and not here, or the other way round.
    private static Tensor AsPublished(string name, Tensor values) => name switch
    {
        "vision_model.embeddings.class_embedding" => values.view(-1),
        "embeddings.cls_token" or "embeddings.register_tokens" or "embeddings.position_embeddings" or "cls_token" or "pos_embed" => values.unsqueeze(0),
        _ => values,
    };
}
