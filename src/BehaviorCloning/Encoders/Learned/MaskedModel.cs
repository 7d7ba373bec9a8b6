using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

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
