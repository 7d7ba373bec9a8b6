using BehaviorCloning.Networks;

namespace BehaviorCloning.Encoders;

/// <summary>A published vision transformer. The default sizes of each are those of its smallest published network.</summary>
public abstract record PublishedTransformer : PublishedNetwork
{
    /// <summary>Edge of the square images it was trained on, in pixels: it says how many positions there are.</summary>
    public int ImageExtent { get; init; } = 224;

    /// <summary>Edge of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Width of a token.</summary>
    public int Width { get; init; } = 768;

    /// <summary>Blocks.</summary>
    public int Depth { get; init; } = 12;

    /// <summary>Attention heads. Not to be seen in the weights: published networks have a head for 64 of the width.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>Width of the feed-forward layers.</summary>
    public int FeedForwardWidth { get; init; } = 3072;

    internal override ImageSize? InputSize => new(InputExtent, InputExtent);

    internal override ImageResampling Resampling => ImageResampling.Bicubic;

    internal override int MapChannels => Width;

    internal override int StageCount => Depth;

    internal virtual int InputExtent => ImageExtent;

    internal abstract VisionTransformerOptions Options { get; }

    private protected VisionTransformerOptions Sizes => new() { PatchSize = PatchSize, Width = Width, Depth = Depth, Heads = Heads, FeedForwardRatio = FeedForwardWidth / (double)Math.Max(1, Width) };

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (string problem in Options.Problems()) yield return problem;
        if (ImageExtent < PatchSize || (PatchSize > 0 && ImageExtent % PatchSize != 0)) yield return $"{nameof(ImageExtent)} {ImageExtent} must be a multiple of {nameof(PatchSize)} {PatchSize}.";
    }

    internal override ImageSize MapOf(ImageSize seen) => new(seen.Height / PatchSize, seen.Width / PatchSize);

    internal override string? ImageProblem(ImageSize seen) => VisionTransformerEncoderConfig.VisionProblem(seen, PatchSize);
}

/// <summary>
/// The image tower of OpenAI's CLIP (Radford et al., arXiv 2103.00020) as Hugging Face publishes it (<c>CLIPModel</c>, <c>CLIPVisionModel</c>). Defaults: ViT-B/32.
/// Its summary is the normalized class token, or with a projection its place in the space shared with texts (<see cref="ClipText"/>).
/// </summary>
public sealed record PublishedClip : PublishedTransformer
{
    /// <summary>ViT-B/32.</summary>
    public PublishedClip()
    {
        PatchSize = 32;
    }

    /// <summary>Width of the space shared with texts (512 for ViT-B, 768 for ViT-L); null: the class token itself. Default null.</summary>
    public int? Projection { get; init; }

    internal override ImageScaling Scaling => ImageScaling.Clip;

    internal override int SummaryWidth => Projection ?? Width;

    internal override VisionTransformerOptions Options => Sizes with { PatchBias = false, NormBeforeBlocks = true, Activation = Gelu.Quick, NormEpsilon = 1e-5 };

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => Projection is { } width and < 1 ? [.. base.Problems(), $"{nameof(Projection)} {width} must be at least 1."] : base.Problems();

    internal override PublishedTrunk Create(bool withSummary, int? frozenStages) =>
        new TransformerTrunk(new VisionTransformer(Options, ImageExtent, ImageExtent), null, withSummary ? Projection : null, frozenStages, PublishedNames.Clip);
}

/// <summary>
/// The image tower of SigLIP (Zhai et al., arXiv 2303.15343) as Hugging Face publishes it (<c>SiglipModel</c>, <c>SiglipVisionModel</c>). Defaults: base, patches
/// of 16, 224 x 224. Its summary is its attention pooling.
/// </summary>
public sealed record PublishedSiglip : PublishedTransformer
{
    internal override ImageScaling Scaling => ImageScaling.Symmetric;

    internal override int SummaryWidth => Width;

    internal override VisionTransformerOptions Options => Sizes with { ClassToken = false, Activation = Gelu.Tanh };

    internal override PublishedTrunk Create(bool withSummary, int? frozenStages) =>
        new TransformerTrunk(new VisionTransformer(Options, ImageExtent, ImageExtent), withSummary ? new AttentionPooling(Options.Block) : null, null, frozenStages, PublishedNames.Siglip);
}

/// <summary>
/// DINOv2 (Oquab et al., arXiv 2304.07193), with or without registers, as Hugging Face publishes it (<c>Dinov2Model</c>, <c>Dinov2WithRegistersModel</c>). Defaults:
/// small, without registers. Trained on 518 x 518, used at 224 x 224: positions are resized. Its summary is the class token.
/// </summary>
public sealed record PublishedDinoV2 : PublishedTransformer
{
    /// <summary>ViT-S/14.</summary>
    public PublishedDinoV2()
    {
        (ImageExtent, PatchSize, Width, Heads, FeedForwardWidth) = (518, 14, 384, 6, 1536);
    }

    /// <summary>0 or 4. Default 0.</summary>
    public int Registers { get; init; }

    internal override int InputExtent => PatchSize == 14 ? 224 : ImageExtent;

    internal override ImageScaling Scaling => ImageScaling.ImageNet;

    internal override int SummaryWidth => Width;

    internal override VisionTransformerOptions Options => Sizes with { LayerScale = 1, Registers = Registers, SmoothPositions = Registers > 0 };

    internal override PublishedTrunk Create(bool withSummary, int? frozenStages) =>
        new TransformerTrunk(new VisionTransformer(Options, ImageExtent, ImageExtent), null, null, frozenStages, PublishedNames.DinoV2);
}

/// <summary>
/// A plain vision transformer under timm's names, which many publish under: ViT itself, DeiT, DINO, and the encoder of a masked autoencoder. Defaults: ViT-S/16. Its
/// summary is the class token.
/// </summary>
public sealed record PublishedVit : PublishedTransformer
{
    /// <summary>ViT-S/16.</summary>
    public PublishedVit()
    {
        (Width, Heads, FeedForwardWidth) = (384, 6, 1536);
    }

    /// <summary>Whether frames become -1..1, as timm's own ViTs (augreg) take them, instead of ImageNet's standardization (DeiT, DINO, masked autoencoders). Default false.</summary>
    public bool Symmetric { get; init; }

    internal override ImageScaling Scaling => Symmetric ? ImageScaling.Symmetric : ImageScaling.ImageNet;

    internal override int SummaryWidth => Width;

    internal override VisionTransformerOptions Options => Sizes;

    internal override PublishedTrunk Create(bool withSummary, int? frozenStages) =>
        new TransformerTrunk(new VisionTransformer(Options, ImageExtent, ImageExtent), null, null, frozenStages, PublishedNames.Timm);
}
