using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// A transformer layer whose tokens attend to fixed memory tokens and to each other at once, modulated from outside (adaLN-Zero):
/// <c>h += g1 * Attention(LN(h) * s1 + b1); h += g2 * FeedForward(LN(h) * s2 + b2)</c>.
/// </summary>
public sealed class DenoisingTransformerLayer : nn.Module
{
    private static readonly Scalar One = 1f;
    private readonly Linear attention;
    private readonly Linear memory;
    private readonly Linear projection;
    private readonly Linear expand;
    private readonly Linear contract;
    private readonly long[] normalized;
    private readonly int heads;
    private readonly double dropout;

    /// <summary>Builds a layer.</summary>
    /// <param name="width">Width of a token.</param>
    /// <param name="heads">Attention heads; must divide the width.</param>
    /// <param name="feedForwardWidth">Width of the feed-forward layer.</param>
    /// <param name="dropout">Share of each residual branch dropped in training.</param>
    public DenoisingTransformerLayer(int width, int heads, int feedForwardWidth, double dropout)
        : base(nameof(DenoisingTransformerLayer))
    {
        this.heads = heads;
        this.dropout = dropout;
        normalized = [width];
        attention = nn.Linear(width, 3 * width);
        memory = nn.Linear(width, 2 * width);
        projection = nn.Linear(width, width);
        expand = nn.Linear(width, feedForwardWidth);
        contract = nn.Linear(feedForwardWidth, width);
        RegisterComponents();
    }

    /// <summary>Keys and values of memory tokens, to be computed once for many calls of <see cref="Forward"/>.</summary>
    /// <param name="tokens">[B, N, width].</param>
    /// <returns>Both [B, heads, N, width / heads].</returns>
    public (Tensor Keys, Tensor Values) Memory(Tensor tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = SplitHeads(memory.forward(tokens), 2);
        return scope.MoveToOuter(parts[0], parts[1]);
    }

    /// <summary>One layer.</summary>
    /// <param name="h">Tokens, [B, T, width].</param>
    /// <param name="memoryKeys">From <see cref="Memory"/>.</param>
    /// <param name="memoryValues">From <see cref="Memory"/>.</param>
    /// <param name="modulations">Scale, shift and gate of the attention, then of the feed-forward: each [B, 1 or T, width].</param>
    public Tensor Forward(Tensor h, Tensor memoryKeys, Tensor memoryValues, ReadOnlySpan<Tensor> modulations)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = modulations[1].addcmul(nn.functional.layer_norm(h, normalized), modulations[0], One);
        Tensor[] parts = SplitHeads(attention.forward(y), 3);
        Tensor keys = cat([memoryKeys, parts[1]], 2), values = cat([memoryValues, parts[2]], 2);
        Tensor attended = nn.functional.scaled_dot_product_attention(parts[0], keys, values).transpose(1, 2).flatten(2);
        h = h.addcmul(Drop(projection.forward(attended)), modulations[2], One);

        y = modulations[4].addcmul(nn.functional.layer_norm(h, normalized), modulations[3], One);
        y = contract.forward(nn.functional.gelu(expand.forward(y)));
        return h.addcmul(Drop(y), modulations[5], One).MoveToOuterDisposeScope();
    }

    private Tensor Drop(Tensor branch) => dropout > 0 && training ? nn.functional.dropout(branch, dropout) : branch;

    private Tensor[] SplitHeads(Tensor joined, int count)
    {
        long batch = joined.size(0), length = joined.size(1);
        return joined.view(batch, length, count, heads, normalized[0] / heads).permute(2, 0, 3, 1, 4).unbind();
    }
}
