namespace BehaviorCloning.Networks;

/// <summary>How pixels become patch tokens.</summary>
public enum VisionStem
{
    /// <summary>One linear layer over the pixels of each patch, as published.</summary>
    Patch,

    /// <summary>
    /// 3 x 3 convolutions that halve the image until a pixel is a patch, then a linear layer (Xiao et al., arXiv 2106.14881): learns faster and bears
    /// more learning rates. Group norm stands where theirs is batch norm. They give up one block for it.
    /// </summary>
    EarlyConvolution,
}

/// <summary>Where a patch stands, as the network is told.</summary>
public enum VisionPositions
{
    /// <summary>A learned vector a patch, resized for images of another size.</summary>
    Learned,

    /// <summary>Fixed sines and cosines of row and column, as in masked autoencoders: for any image size, and nothing to learn.</summary>
    Sinusoidal,
}

/// <summary>What a <see cref="VisionTransformer"/> is made of. The defaults are ViT-S/16.</summary>
public sealed record VisionTransformerOptions
{
    /// <summary>ViT-Ti/16: 5.5 million weights.</summary>
    public static VisionTransformerOptions Tiny { get; } = new() { Width = 192, Heads = 3 };

    /// <summary>ViT-S/16: 21.6 million weights.</summary>
    public static VisionTransformerOptions Small { get; } = new();

    /// <summary>For small images on a CPU: patches of 8, 4 blocks of width 128, early convolutions; 0.9 million weights.</summary>
    public static VisionTransformerOptions Mini { get; } = new() { PatchSize = 8, Width = 128, Depth = 4, Heads = 4, Stem = VisionStem.EarlyConvolution };

    /// <summary>Edge of a square patch in pixels. Default 16.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Width of a token. Default 384.</summary>
    public int Width { get; init; } = 384;

    /// <summary>Blocks. Default 12.</summary>
    public int Depth { get; init; } = 12;

    /// <summary>Attention heads; must divide the width. Default 6.</summary>
    public int Heads { get; init; } = 6;

    /// <summary>Width of the feed-forward layer, in widths of a token. Default 4.</summary>
    public double FeedForwardRatio { get; init; } = 4;

    /// <summary>A token that belongs to no patch and may sum up the image. Default true.</summary>
    public bool ClassToken { get; init; } = true;

    /// <summary>
    /// Tokens that belong to no patch and are thrown away: where the network may put what it would otherwise write over patches that hold
    /// little (Darcet et al., arXiv 2309.16588). Default 0; DINOv2 has 0 or 4.
    /// </summary>
    public int Registers { get; init; }

    /// <summary>Default learned.</summary>
    public VisionPositions Positions { get; init; }

    /// <summary>Whether learned positions are smoothed when they are resized, as DINOv2 with registers does. Default false.</summary>
    public bool SmoothPositions { get; init; }

    /// <summary>Default patches.</summary>
    public VisionStem Stem { get; init; }

    /// <summary>Whether the patch layer has a bias. Default true; CLIP's has none.</summary>
    public bool PatchBias { get; init; } = true;

    /// <summary>Whether tokens are normalized before the first block, as CLIP's are. Default false.</summary>
    public bool NormBeforeBlocks { get; init; }

    /// <summary>Default exact.</summary>
    public Gelu Activation { get; init; }

    /// <summary>Keeps the norms' division finite. Default 1e-6; CLIP has 1e-5.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>What the factors of each channel of each branch start at; null: there are none. Default null; DINOv2 has 1.</summary>
    public double? LayerScale { get; init; }

    /// <summary>Sizes of a block.</summary>
    internal TransformerBlockOptions Block => new(Width, Heads, (int)(Width * FeedForwardRatio)) { Activation = Activation, NormEpsilon = NormEpsilon, LayerScale = LayerScale };

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (PatchSize < 1) yield return $"{nameof(PatchSize)} {PatchSize} must be at least 1.";
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
        else if (Heads < 1 || Width % Heads != 0) yield return $"{nameof(Heads)} {Heads} must be at least 1 and divide {nameof(Width)} {Width}.";
        if (Depth < 1) yield return $"{nameof(Depth)} {Depth} must be at least 1.";
        if (!(Width * FeedForwardRatio is >= 1 and < 1e6)) yield return $"{nameof(FeedForwardRatio)} {FeedForwardRatio} must make the feed-forward layer at least 1 wide.";
        if (Registers < 0) yield return $"{nameof(Registers)} {Registers} must not be negative.";
        if (Positions == VisionPositions.Sinusoidal && Width % 4 != 0) yield return $"{nameof(Width)} {Width} must be a multiple of 4 for sines and cosines of row and column.";
        if (!(NormEpsilon > 0 && double.IsFinite(NormEpsilon))) yield return $"{nameof(NormEpsilon)} {NormEpsilon} must be positive.";
        if (LayerScale is { } scale && !double.IsFinite(scale)) yield return $"{nameof(LayerScale)} {LayerScale} must be finite.";
        if (!Enum.IsDefined(Positions)) yield return $"{nameof(Positions)} {Positions} must be one of {string.Join(", ", Enum.GetNames<VisionPositions>())}.";
        if (!Enum.IsDefined(Activation)) yield return $"{nameof(Activation)} {Activation} must be one of {string.Join(", ", Enum.GetNames<Gelu>())}.";
        if (!Enum.IsDefined(Stem)) yield return $"{nameof(Stem)} {Stem} must be one of {string.Join(", ", Enum.GetNames<VisionStem>())}.";
        else if (Stem == VisionStem.EarlyConvolution && (PatchSize < 2 || !int.IsPow2(PatchSize) || Width < PatchSize / 2 || Width % (PatchSize / 2) != 0))
            yield return $"Early convolutions double their channels at each halving up to {nameof(Width)} {Width}: {nameof(PatchSize)} {PatchSize} must be a power of two, and half of it must divide the width.";
    }
}
