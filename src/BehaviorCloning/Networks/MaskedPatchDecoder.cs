using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// A masked autoencoder's decoder (He et al., arXiv 2111.06377): one learned token stands for every patch that was not seen, all are told where they stand, and
/// what the masked ones become is their pixels. It is thrown away when the encoder is used.
/// </summary>
/// <remarks>
/// <code>
/// // 6 patches, order 4 1 | 0 2 3 5: 4 and 1 are seen, c is the class token, m the mask token
/// //   encoded      c  p4 p1
/// //   shown here   c  p4 p1 m  m  m  m      + positions of  -  4 1 0 2 3 5
/// //   predicted             0  2  3  5      [B, 4, values]
/// </code>
/// Attention does not care in which order tokens stand, so nothing is sorted back.
/// </remarks>
public sealed class MaskedPatchDecoder : nn.Module
{
    private readonly Linear embed;
    private readonly Parameter maskToken;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly Linear output;
    private readonly Tensor positions;

    /// <summary>Builds the network.</summary>
    /// <param name="encoderWidth">Width of the encoder's tokens.</param>
    /// <param name="block">Sizes of its blocks.</param>
    /// <param name="depth">How many.</param>
    /// <param name="rows">Rows of patches.</param>
    /// <param name="columns">Columns of patches.</param>
    /// <param name="values">Numbers of a patch.</param>
    public MaskedPatchDecoder(int encoderWidth, TransformerBlockOptions block, int depth, int rows, int columns, int values)
        : base(nameof(MaskedPatchDecoder))
    {
        ArgumentNullException.ThrowIfNull(block);
        embed = nn.Linear(encoderWidth, block.Width);
        maskToken = nn.Parameter(zeros(1, 1, block.Width));
        nn.init.normal_(maskToken, 0, 0.02);
        blocks = new ModuleList<TransformerBlock>([.. Enumerable.Range(0, depth).Select(_ => new TransformerBlock(block))]);
        norm = nn.LayerNorm(block.Width, block.NormEpsilon);
        output = nn.Linear(block.Width, values);
        foreach (Linear layer in new[] { embed, output })
        {
            nn.init.xavier_uniform_(layer.weight);
            nn.init.zeros_(layer.bias);
        }

        positions = SinusoidalPositions.Patches(rows, columns, block.Width).DetachFromDisposeScope();
        register_buffer(nameof(positions), positions, persistent: false);
        RegisterComponents();
    }

    /// <summary>Predicts the patches that were not seen.</summary>
    /// <param name="encoded">What the encoder made of those seen, [B, prefix + seen, encoder width].</param>
    /// <param name="order">A permutation of the patches for each image, those seen first, [B, patches], int64.</param>
    /// <param name="seen">How many were seen.</param>
    /// <returns>[B, patches - seen, values], in the order given.</returns>
    public Tensor Predict(Tensor encoded, Tensor order, int seen)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        long batch = encoded.size(0), patches = positions.size(0), width = positions.size(1), prefix = encoded.size(1) - seen;
        ShapeContract.Require(order, nameof(order), batch, patches);
        using DisposeScope scope = NewDisposeScope();
        Tensor shown = embed.forward(encoded), places = positions.index_select(0, order.reshape(-1)).view(batch, patches, width);
        Tensor known = shown.narrow(1, prefix, seen).add(places.narrow(1, 0, seen)), asked = places.narrow(1, seen, patches - seen).add(maskToken);
        Tensor x = cat([shown.narrow(1, 0, prefix), known, asked], 1);
        foreach (TransformerBlock block in blocks) x = block.Forward(x);
        // Only the masked patches are asked for, so the last layers see no others.
        return output.forward(norm.forward(x.narrow(1, prefix + seen, patches - seen))).MoveToOuterDisposeScope();
    }
}
