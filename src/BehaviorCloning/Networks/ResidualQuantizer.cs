using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// Residual vector quantization: a vector becomes one code a level, each level coding what the levels before left over. Decoding adds the
/// codes' vectors up. The codebooks are buffers: <see cref="CodebookTraining"/> moves them, not a gradient.
/// </summary>
public sealed class ResidualQuantizer : nn.Module
{
    private readonly Tensor codebooks;

    /// <summary>Builds a quantizer whose codebooks are yet to be found; until then they are NaN.</summary>
    /// <param name="levels">Codes a vector.</param>
    /// <param name="codes">Vectors in each level's codebook.</param>
    /// <param name="width">Size of a vector.</param>
    public ResidualQuantizer(int levels, int codes, int width)
        : base(nameof(ResidualQuantizer))
    {
        codebooks = full(levels, codes, width, float.NaN);
        RegisterComponents();
    }

    /// <summary>[levels, codes, width].</summary>
    public Tensor Codebooks => codebooks;

    /// <summary>The nearest code of every level, greedily.</summary>
    /// <param name="vectors">[B, width].</param>
    /// <returns>[B, levels], int64.</returns>
    public Tensor Encode(Tensor vectors)
    {
        ShapeContract.Require(vectors, nameof(vectors), -1, codebooks.size(2));
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor rest = vectors;
        Tensor[] codes = new Tensor[codebooks.size(0)];
        for (int level = 0; level < codes.Length; level++)
        {
            Tensor codebook = codebooks[level];
            codes[level] = KMeans.Nearest(rest, codebook);
            rest = rest.sub(codebook.index_select(0, codes[level]));
        }

        return stack(codes, 1).MoveToOuterDisposeScope();
    }

    /// <summary>The sum of the codes' vectors.</summary>
    /// <param name="codes">[B, levels], int64.</param>
    /// <returns>[B, width].</returns>
    public Tensor Decode(Tensor codes)
    {
        ShapeContract.Require(codes, nameof(codes), -1, codebooks.size(0));
        using DisposeScope scope = NewDisposeScope();
        Tensor sum = codebooks[0].index_select(0, codes.select(1, 0));
        for (int level = 1; level < codebooks.size(0); level++) sum = sum.add(codebooks[level].index_select(0, codes.select(1, level)));
        return sum.MoveToOuterDisposeScope();
    }
}
