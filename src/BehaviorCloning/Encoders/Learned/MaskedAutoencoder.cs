using BehaviorCloning.Networks;

namespace BehaviorCloning.Encoders;

/// <summary>
/// A masked autoencoder (He et al., arXiv 2111.06377): a vision transformer sees a quarter of the patches, and a small decoder must say what the others hold. In use it
/// sees all of them. Its summary is the class token, its map the patch tokens.
/// </summary>
/// <remarks>
/// <code>
/// 96 x 96 pixels, patches of 8: 144, of which 36 are seen
/// loss = mean over masked patches of the mean of (predicted - target)²     target = (pixels - their patch's mean) / sqrt(their variance + 1e-6)
/// </code>
/// A patch of one color has a target of zeros, and one with an edge a target of ones and minus ones, however faint: a white table with one thing on it is learned by its edges.
/// </remarks>
public sealed record MaskedAutoencoder : LearnedNetwork
{
    /// <summary>
    /// The encoder. Default: for small images on a CPU, patches of 8, 4 blocks of width 96, sines for positions. Early convolutions will not do: they look, and normalize, beyond a
    /// patch, and would tell what is masked.
    /// </summary>
    public VisionTransformerOptions Transformer { get; init; } = new() { PatchSize = 8, Width = 96, Depth = 4, Heads = 4, Positions = VisionPositions.Sinusoidal };

    /// <summary>Share of patches that are masked. Default 0.75.</summary>
    public double MaskedShare { get; init; } = 0.75;

    /// <summary>Width of the decoder's tokens. Default 48.</summary>
    public int DecoderWidth { get; init; } = 48;

    /// <summary>Blocks of the decoder. Default 2.</summary>
    public int DecoderDepth { get; init; } = 2;

    /// <summary>Attention heads of the decoder; must divide its width. Default 4.</summary>
    public int DecoderHeads { get; init; } = 4;

    /// <summary>Whether each patch's pixels are predicted less their mean and in units of their deviation. Default true.</summary>
    public bool NormalizedPixels { get; init; } = true;

    internal override int MapChannels => Transformer.Width;

    internal override int SummaryWidth => Transformer.Width;

    internal override int StageCount => Transformer.Depth;

    internal int Patches => Height / Transformer.PatchSize * (Width / Transformer.PatchSize);

    /// <summary>How many patches the encoder sees in training.</summary>
    internal int SeenPatches => (int)Math.Round(Patches * (1 - MaskedShare));

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        string[] ofTransformer = [.. Transformer.Problems()];
        foreach (string problem in ofTransformer) yield return $"{nameof(Transformer)}: {problem}";
        if (Transformer.Stem != VisionStem.Patch) yield return $"{nameof(Transformer)}: {nameof(VisionTransformerOptions.Stem)} {Transformer.Stem} looks beyond a patch and would tell what is masked. Use {nameof(VisionStem.Patch)}.";
        if (!Transformer.ClassToken) yield return $"{nameof(Transformer)}: {nameof(VisionTransformerOptions.ClassToken)} must be true, for it is the summary.";
        if (DecoderDepth < 1) yield return $"{nameof(DecoderDepth)} {DecoderDepth} must be at least 1.";
        if (DecoderWidth < 4 || DecoderWidth % 4 != 0 || DecoderHeads < 1 || DecoderWidth % DecoderHeads != 0)
            yield return $"{nameof(DecoderWidth)} {DecoderWidth} must be a multiple of 4 and of {nameof(DecoderHeads)} {DecoderHeads}.";
        if (!(MaskedShare is > 0 and < 1)) yield return $"{nameof(MaskedShare)} {MaskedShare} must lie between 0 and 1; 0.75 is published.";
        if (ofTransformer.Length > 0) yield break;
        if (VisionTransformerEncoderConfig.VisionProblem(new ImageSize(Height, Width), Transformer.PatchSize) is { } ofImage) yield return ofImage;
        else if (MaskedShare is > 0 and < 1 && SeenPatches < 1) yield return $"{nameof(MaskedShare)} {MaskedShare} leaves none of {Patches} patches to be seen. Use smaller patches, or mask less.";
        else if (MaskedShare is > 0 and < 1 && SeenPatches == Patches) yield return $"{nameof(MaskedShare)} {MaskedShare} masks none of {Patches} patches. Use smaller patches, or mask more.";
    }

    internal override ImageSize MapOf(ImageSize seen) => new(seen.Height / Transformer.PatchSize, seen.Width / Transformer.PatchSize);

    internal override PublishedTrunk Create(bool withSummary, int? frozenStages) => new VisionTrunk(this, withSummary, frozenStages);

    internal override LearnedModel CreateModel() => new MaskedModel(this);
}
