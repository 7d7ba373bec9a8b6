using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>A layer of <see cref="CausalTransformer"/>: <c>h += Attention(LN(h)); h += W2 gelu(W1 LN(h))</c>.</summary>
public sealed class CausalTransformerLayer : nn.Module
{
    private readonly LayerNorm attentionNorm;
    private readonly LayerNorm feedForwardNorm;
    private readonly Linear attention;
    private readonly Linear projection;
    private readonly Linear expand;
    private readonly Linear contract;
    private readonly int heads;
    private readonly int headWidth;
    private readonly double dropout;

    /// <summary>Builds a layer.</summary>
    /// <param name="width">Width of a token.</param>
    /// <param name="heads">Attention heads; must divide the width.</param>
    /// <param name="feedForwardWidth">Width of the feed-forward layer.</param>
    /// <param name="dropout">Share of the attention weights and of each residual branch dropped in training.</param>
    /// <param name="residualStd">Standard deviation at which the weights of the two projections that end a residual branch start.</param>
    public CausalTransformerLayer(int width, int heads, int feedForwardWidth, double dropout, double residualStd)
        : base(nameof(CausalTransformerLayer))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(width % heads, 0, nameof(width));
        this.heads = heads;
        this.dropout = dropout;
        headWidth = width / heads;
        attentionNorm = nn.LayerNorm(width);
        feedForwardNorm = nn.LayerNorm(width);
        attention = Start(nn.Linear(width, 3 * width), 0.02);
        projection = Start(nn.Linear(width, width), residualStd);
        expand = Start(nn.Linear(width, feedForwardWidth), 0.02);
        contract = Start(nn.Linear(feedForwardWidth, width), residualStd);
        RegisterComponents();
    }

    /// <summary>One layer over all tokens.</summary>
    /// <param name="h">Tokens, [B, T, width].</param>
    /// <param name="mask">Added to the scores, broadcast to [B, heads, T, T]: 0 or minus infinity.</param>
    /// <returns>[B, T, width].</returns>
    public Tensor Forward(Tensor h, Tensor mask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = Split(h);
        Tensor attended = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], mask, training ? dropout : 0);
        h = h.add(Drop(projection.forward(attended.transpose(1, 2).flatten(2))));
        return h.add(Drop(FeedForward(h))).MoveToOuterDisposeScope();
    }

    // The prefix: all its tokens see each other.
    internal Tensor Begin(Tensor h, CausalTransformerState state, int layer)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = Split(h);
        // The cache is made here but belongs to the caller of the transformer.
        (Tensor keys, Tensor values) = state.Append(layer, parts[1], parts[2]);
        Tensor attended = nn.functional.scaled_dot_product_attention(parts[0], keys, values);
        h = h.add(projection.forward(attended.transpose(1, 2).flatten(2)));
        h = h.add(FeedForward(h));
        state.MoveLayerToOuter(layer, scope);
        return h.MoveToOuterDisposeScope();
    }

    // One token a row, [B, width], or one row alone, [width].
    internal Tensor Step(Tensor h, CausalTransformerState state, int layer)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = attention.Infer(attentionNorm.forward(h)).view(-1, 3, heads, 1, headWidth).unbind(1);
        (Tensor keys, Tensor values) = state.Append(layer, parts[1], parts[2]);
        Tensor attended = nn.functional.scaled_dot_product_attention(parts[0], keys, values).view(h.shape);
        h = projection.Infer(attended).add_(h);
        Tensor y = nn.functional.gelu(expand.Infer(feedForwardNorm.forward(h)));
        return contract.Infer(y).add_(h).MoveToOuterDisposeScope();
    }

    private Tensor FeedForward(Tensor h) => contract.forward(nn.functional.gelu(expand.forward(feedForwardNorm.forward(h))));

    private Tensor Drop(Tensor branch) => dropout > 0 && training ? nn.functional.dropout(branch, dropout) : branch;

    // Queries, keys and values, each [B, heads, T, width / heads].
    private Tensor[] Split(Tensor h) =>
        attention.forward(attentionNorm.forward(h)).view(h.size(0), h.size(1), 3, heads, headWidth).permute(2, 0, 3, 1, 4).unbind();

    private static Linear Start(Linear layer, double standardDeviation)
    {
        nn.init.normal_(layer.weight, 0, standardDeviation);
        nn.init.zeros_(layer.bias);
        return layer;
    }
}
