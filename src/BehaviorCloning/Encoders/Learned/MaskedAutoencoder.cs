using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>
/// A masked autoencoder (He et al., arXiv 2111.06377): a vision transformer sees a quarter of the patches, and a small decoder must say what the others hold. In use it
/// sees all of them. Its summary is the class token, its map the patch tokens.
/// </summary>
/// <remarks>
/// <code>
/// 96 x 96 pixels, patches of 12: 64, of which 16 are seen
/// loss = mean over masked patches of the mean of (predicted - target)²     target = (pixels - their patch's mean) / sqrt(their variance + 1e-6)
/// </code>
/// A patch of one color has a target of zeros, and one with an edge a target of ones and minus ones, however faint: a white table with one thing on it is learned by its edges.
/// </remarks>
public sealed record MaskedAutoencoder : LearnedNetwork
{
    /// <summary>
    /// The encoder. Default <see cref="VisionTransformerOptions.Mini"/> with patches of 12 as one linear layer, and sines for positions. Early convolutions will not do: they look, and
    /// normalize, beyond a patch, and would tell what is masked.
    /// </summary>
    public VisionTransformerOptions Transformer { get; init; } = VisionTransformerOptions.Mini with { PatchSize = 12, Stem = VisionStem.Patch, Positions = VisionPositions.Sinusoidal };

    /// <summary>Share of patches that are masked. Default 0.75.</summary>
    public double MaskedShare { get; init; } = 0.75;

    /// <summary>Width of the decoder's tokens. Default 64.</summary>
    public int DecoderWidth { get; init; } = 64;

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
    internal int SeenPatches => (int)(Patches * (1 - MaskedShare));

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

/// <summary>The encoder as it is used, with all patches.</summary>
internal sealed class VisionTrunk : LearnedTrunk
{
    private readonly VisionTransformer encoder;

    public VisionTrunk(MaskedAutoencoder options, bool withSummary, int? frozenStages)
        : base(nameof(VisionTrunk), withSummary)
    {
        encoder = new VisionTransformer(options.Transformer, options.Height, options.Width);
        RegisterComponents();
        if (frozenStages is { } blocks) encoder.Freeze(blocks);
    }

    private protected override string? SummaryPrefix => null;

    public override Tensor Map(Tensor images) => VisionTransformerEncoder.MapOf(encoder, images);

    public override Tensor Summary(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        return encoder.forward(images).select(1, 0).contiguous().MoveToOuterDisposeScope();
    }
}

/// <summary>Encoder and decoder.</summary>
internal sealed class MaskedModel : LearnedModel
{
    private readonly VisionTransformer encoder;
    private readonly MaskedPatchDecoder decoder;
    private readonly MaskedAutoencoder options;

    public MaskedModel(MaskedAutoencoder options)
        : base(nameof(MaskedModel))
    {
        this.options = options;
        int patch = options.Transformer.PatchSize;
        encoder = new VisionTransformer(options.Transformer, options.Height, options.Width);
        decoder = new MaskedPatchDecoder(
            options.Transformer.Width, new TransformerBlockOptions(options.DecoderWidth, options.DecoderHeads, 4 * options.DecoderWidth), options.DecoderDepth,
            options.Height / patch, options.Width / patch, patch * patch * 3);
        RegisterComponents();
    }

    public override Tensor Loss(Tensor images, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        return Loss(images, Order(images, random)).MoveToOuterDisposeScope();
    }

    /// <summary>The loss with given masks.</summary>
    /// <param name="images">[B, 3, H, W].</param>
    /// <param name="order">A permutation of each image's patches, those seen first, [B, patches], int64.</param>
    public Tensor Loss(Tensor images, Tensor order)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor target = Take(ImagePatches.Cut(images, options.Transformer.PatchSize), Masked(order));
        if (options.NormalizedPixels)
        {
            (Tensor mean, Tensor deviation) = ImagePatches.Scale(target);
            target = target.sub(mean).div(deviation);
        }

        return decoder.Predict(Seen(images, order), order, options.SeenPatches).sub(target).square().mean().MoveToOuterDisposeScope();
    }

    /// <summary>The encoder's tokens of the patches that are seen, [B, prefix + seen, width].</summary>
    public Tensor Seen(Tensor images, Tensor order)
    {
        using DisposeScope scope = NewDisposeScope();
        return encoder.Encode(Take(encoder.Patches(images), order.narrow(1, 0, options.SeenPatches))).MoveToOuterDisposeScope();
    }

    public override ImageReconstruction Reconstruct(Tensor images, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor order = Order(images, random), masked = Masked(order);
        (Tensor rebuilt, Tensor asked) = (ImagePatches.Cut(images, options.Transformer.PatchSize), zeros(images.size(0), options.Patches, 1, device: images.device));
        Tensor predicted = decoder.Predict(Seen(images, order), order, options.SeenPatches);
        if (options.NormalizedPixels)
        {
            // What was not asked for, a patch's own mean and deviation, is lent to it for showing, as in the paper's figures.
            (Tensor mean, Tensor deviation) = ImagePatches.Scale(Take(rebuilt, masked));
            predicted = predicted.mul(deviation).add(mean);
        }

        rebuilt = rebuilt.scatter(1, Wide(masked, rebuilt.size(2)), predicted);
        asked = asked.scatter(1, masked.unsqueeze(-1), ones(images.size(0), masked.size(1), 1, device: images.device)).expand(-1, -1, rebuilt.size(2));
        return new ImageReconstruction(Join(rebuilt).MoveToOuterDisposeScope(), Join(asked.contiguous()).narrow(1, 0, 1).contiguous().MoveToOuterDisposeScope());
    }

    private Tensor Join(Tensor patches) => ImagePatches.Join(patches, options.Height / options.Transformer.PatchSize, options.Width / options.Transformer.PatchSize, options.Transformer.PatchSize);

    private Tensor Order(Tensor images, Generator? random) => SeededDraw.Uniform([images.size(0), options.Patches], images.device, random).argsort(1);

    private Tensor Masked(Tensor order) => order.narrow(1, options.SeenPatches, options.Patches - options.SeenPatches);

    private static Tensor Take(Tensor tokens, Tensor which) => tokens.gather(1, Wide(which, tokens.size(2)));

    private static Tensor Wide(Tensor which, long width) => which.unsqueeze(-1).expand(-1, -1, width);
}
