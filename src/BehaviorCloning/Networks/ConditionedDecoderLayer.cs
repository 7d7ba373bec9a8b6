using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// A pre-normalized transformer decoder layer: tokens attend to each other, then to a memory, then each passes a feed-forward layer:
/// <c>h += SA(LN(h)); h += CA(LN(h), memory); h += W2 gelu(W1 LN(h))</c>. PyTorch's TransformerDecoderLayer with norm first.
/// </summary>
/// <remarks>Weights start as in minGPT: N(0, 0.02^2), biases at zero. Queries, keys and values are one layer, in this order.</remarks>
public sealed class ConditionedDecoderLayer : nn.Module
{
    private readonly LayerNorm norm1;
    private readonly LayerNorm norm2;
    private readonly LayerNorm norm3;
    private readonly Linear attention;
    private readonly Linear attentionOutput;
    private readonly Linear query;
    private readonly Linear memory;
    private readonly Linear memoryOutput;
    private readonly Linear expand;
    private readonly Linear contract;
    private readonly int heads;
    private readonly int width;
    private readonly double dropout;

    /// <summary>Builds a layer.</summary>
    /// <param name="width">Width of a token.</param>
    /// <param name="heads">Attention heads; must divide the width.</param>
    /// <param name="feedForwardWidth">Width of the feed-forward layer.</param>
    /// <param name="dropout">Share of attention weights, of the feed-forward layer and of each branch dropped in training.</param>
    public ConditionedDecoderLayer(int width, int heads, int feedForwardWidth, double dropout)
        : base(nameof(ConditionedDecoderLayer))
    {
        this.heads = heads;
        this.width = width;
        this.dropout = dropout;
        norm1 = nn.LayerNorm(width);
        norm2 = nn.LayerNorm(width);
        norm3 = nn.LayerNorm(width);
        attention = nn.Linear(width, 3 * width);
        attentionOutput = nn.Linear(width, width);
        query = nn.Linear(width, width);
        memory = nn.Linear(width, 2 * width);
        memoryOutput = nn.Linear(width, width);
        expand = nn.Linear(width, feedForwardWidth);
        contract = nn.Linear(feedForwardWidth, width);
        foreach (Linear layer in new[] { attention, attentionOutput, query, memory, memoryOutput, expand, contract }) Initialize(layer);
        RegisterComponents();
    }

    /// <summary>Weights from N(0, 0.02^2), biases at zero.</summary>
    internal static Linear Initialize(Linear layer)
    {
        nn.init.normal_(layer.weight, 0, 0.02);
        nn.init.zeros_(layer.bias!);
        return layer;
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
    /// <param name="selfMask">Added to the scores among tokens, [T, T]; null where all may attend to all.</param>
    /// <param name="memoryMask">Added to the scores of tokens and memory, [T, N]; null where all may attend to all.</param>
    public Tensor Forward(Tensor h, Tensor memoryKeys, Tensor memoryValues, Tensor? selfMask, Tensor? memoryMask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] own = SplitHeads(attention.forward(norm1.forward(h)), 3);
        h = h.add(Drop(attentionOutput.forward(Attend(own[0], own[1], own[2], selfMask))));
        Tensor asked = SplitHeads(query.forward(norm2.forward(h)), 1)[0];
        h = h.add(Drop(memoryOutput.forward(Attend(asked, memoryKeys, memoryValues, memoryMask))));
        Tensor hidden = Drop(nn.functional.gelu(expand.forward(norm3.forward(h))));
        return h.add(Drop(contract.forward(hidden))).MoveToOuterDisposeScope();
    }

    private Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor? mask) =>
        nn.functional.scaled_dot_product_attention(queries, keys, values, mask!, training ? dropout : 0).transpose(1, 2).flatten(2);

    private Tensor Drop(Tensor branch) => dropout > 0 && training ? nn.functional.dropout(branch, dropout) : branch;

    private Tensor[] SplitHeads(Tensor joined, int count)
    {
        long batch = joined.size(0), length = joined.size(1);
        return joined.view(batch, length, count, heads, width / heads).permute(2, 0, 3, 1, 4).unbind();
    }
}
