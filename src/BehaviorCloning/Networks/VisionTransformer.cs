using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// A vision transformer (Dosovitskiy et al., arXiv 2010.11929): an image is cut into patches, each patch becomes a token, and pre-normalized
/// blocks let all tokens attend to each other. With its options it is ViT's, CLIP's, SigLIP's or DINOv2's.
/// </summary>
/// <remarks>
/// <code>
/// 96 x 96 pixels, patches of 16: 6 x 6 of them, class token c, two registers r
///     tokens   c r r p00 p01 ... p05 p10 ... p55         [B, 3 + 36, width]
///     position x     x   x       x   x       x           registers stand nowhere
/// </code>
/// <see cref="forward"/> is <see cref="Encode"/> of <see cref="Patches"/>. A masked autoencoder calls the two itself and drops patches in between.
/// </remarks>
public sealed class VisionTransformer : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> stem;
    private readonly Parameter? classToken;
    private readonly Parameter? registers;
    private readonly Parameter? positions;
    private readonly LayerNorm? firstNorm;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly VisionTransformerOptions options;
    private readonly (int Height, int Width) grid;

    /// <summary>Builds the network.</summary>
    /// <param name="options">What it is made of.</param>
    /// <param name="height">Pixel rows of the images that learned positions are made for; others work, with positions resized.</param>
    /// <param name="width">Pixel columns.</param>
    /// <exception cref="ArgumentException">The options cannot be, or the patches do not fit the image; the message lists every fault.</exception>
    public VisionTransformer(VisionTransformerOptions options, int height, int width)
        : base(nameof(VisionTransformer))
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. options.Problems()];
        if (problems.Length > 0) throw new ArgumentException($"A vision transformer cannot be built: {string.Join(" ", problems)}", nameof(options));
        this.options = options;
        grid = GridOf(height, width, options.PatchSize);
        stem = VisionStems.Create(options);
        if (options.ClassToken) classToken = Small(1, options.Width);
        if (options.Registers > 0) registers = Small(options.Registers, options.Width);
        if (options.Positions == VisionPositions.Learned) positions = Small((options.ClassToken ? 1 : 0) + (grid.Height * grid.Width), options.Width);
        if (options.NormBeforeBlocks) firstNorm = nn.LayerNorm(options.Width, options.NormEpsilon);
        blocks = new ModuleList<TransformerBlock>([.. Enumerable.Range(0, options.Depth).Select(_ => new TransformerBlock(options.Block))]);
        norm = nn.LayerNorm(options.Width, options.NormEpsilon);
        RegisterComponents();
    }

    /// <summary>Width of a token.</summary>
    public int Width => options.Width;

    /// <summary>Blocks.</summary>
    public int Depth => options.Depth;

    /// <summary>Tokens before the patches': the class token and registers.</summary>
    public int PrefixTokens => (options.ClassToken ? 1 : 0) + options.Registers;

    /// <summary>Rows and columns of patches of an image.</summary>
    /// <exception cref="ArgumentException">The image is no whole number of patches.</exception>
    public (int Height, int Width) GridOf(int height, int width) => GridOf(height, width, options.PatchSize);

    /// <summary>All tokens of images.</summary>
    /// <param name="input">[B, 3, H, W]; H and W multiples of the patch size.</param>
    /// <returns>[B, prefix + patches, width], normalized; the class token first, then registers, then patches row by row.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return Encode(Patches(input)).MoveToOuterDisposeScope();
    }

    /// <summary>Patch tokens as the blocks are shown them, positions added.</summary>
    /// <param name="images">[B, 3, H, W]; H and W multiples of the patch size.</param>
    /// <returns>[B, patches, width], row by row.</returns>
    public Tensor Patches(Tensor images)
    {
        ShapeContract.Require(images, nameof(images), -1, 3, -1, -1);
        using DisposeScope scope = NewDisposeScope();
        (int Height, int Width) seen = GridOf((int)images.size(2), (int)images.size(3));
        return stem.forward(images).flatten(2).transpose(1, 2).add(PositionsOf(seen, images.device)).MoveToOuterDisposeScope();
    }

    /// <summary>The blocks, over all patches of an image or any of them: no token but the patches given is seen.</summary>
    /// <param name="patches">What <see cref="Patches"/> returned, or some of it, [B, n, width].</param>
    /// <returns>[B, prefix + n, width], normalized.</returns>
    public Tensor Encode(Tensor patches)
    {
        ShapeContract.Require(patches, nameof(patches), -1, -1, Width);
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> tokens = [];
        if (classToken is not null) tokens.Add(positions is null ? classToken : classToken.add(positions.narrow(0, 0, 1)));
        if (registers is not null) tokens.Add(registers);
        Tensor x = tokens.Count == 0 ? patches : cat([.. tokens.Select(token => token.unsqueeze(0).expand(patches.size(0), -1, -1)), patches], 1);
        if (firstNorm is not null) x = firstNorm.forward(x);
        foreach (TransformerBlock block in blocks) x = block.Forward(x);
        return norm.forward(x).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Keeps the stem, all learned tokens and positions and the first blocks as they are: nothing there is trained from now on.
    /// With all blocks, the last norm too.
    /// </summary>
    /// <param name="blockCount">How many blocks; 0 freezes what is before them.</param>
    public void Freeze(int blockCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blockCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockCount, Depth);
        if (blockCount == Depth)
        {
            this.Freeze();
            return;
        }

        stem.Freeze();
        firstNorm.Freeze();
        foreach (Parameter token in new[] { classToken, registers, positions }.OfType<Parameter>()) token.requires_grad = false;
        for (int i = 0; i < blockCount; i++) blocks[i].Freeze();
    }

    private static (int Height, int Width) GridOf(int height, int width, int patch) => height >= patch && width >= patch && height % patch == 0 && width % patch == 0
        ? (height / patch, width / patch)
        : throw new ArgumentException($"An image of {height} x {width} is no whole number of patches of {patch} x {patch}. Resize or crop it to multiples of {patch}.");

    // [patches, width].
    private Tensor PositionsOf((int Height, int Width) seen, Device device)
    {
        if (positions is null) return SinusoidalPositions.Patches(seen.Height, seen.Width, Width).to(device);
        Tensor learned = options.ClassToken ? positions.narrow(0, 1, grid.Height * grid.Width) : positions;
        if (seen == grid) return learned;
        Tensor map = learned.t().view(1, Width, grid.Height, grid.Width);
        map = nn.functional.interpolate(map, [seen.Height, seen.Width], mode: InterpolationMode.Bicubic, align_corners: false, antialias: options.SmoothPositions);
        return map.flatten(2).squeeze(0).t();
    }

    private static Parameter Small(long count, long width)
    {
        Parameter parameter = nn.Parameter(zeros(count, width));
        nn.init.normal_(parameter, 0, 0.02);
        return parameter;
    }
}
