using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Sizes of the transformer layers of DETR (Carion et al., arXiv 2005.12872), which ACT is built of.</summary>
/// <param name="Width">Width of a token.</param>
/// <param name="Heads">Attention heads; must divide the width.</param>
/// <param name="FeedForwardWidth">Width of the feed-forward layer.</param>
/// <param name="Dropout">Share of attention weights, hidden units and branches dropped in training.</param>
/// <param name="PreNorm">Whether a branch's input is normalized, instead of the sum behind it.</param>
public sealed record DetrLayerOptions(int Width, int Heads, int FeedForwardWidth, double Dropout, bool PreNorm);

/// <summary>Self-attention and feed-forward. Positions are added to queries and keys only, at every layer, never to what is passed on.</summary>
public sealed class DetrEncoderLayer : nn.Module
{
    private readonly MultiHeadAttention attention;
    private readonly DetrFeedForward feedForward;
    private readonly LayerNorm norm1;
    private readonly LayerNorm norm2;
    private readonly DetrLayerOptions options;

    /// <summary>Builds a layer.</summary>
    public DetrEncoderLayer(DetrLayerOptions options)
        : base(nameof(DetrEncoderLayer))
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        attention = new MultiHeadAttention(options.Width, options.Heads, options.Dropout);
        feedForward = new DetrFeedForward(options);
        norm1 = nn.LayerNorm(options.Width);
        norm2 = nn.LayerNorm(options.Width);
        RegisterComponents();
    }

    /// <summary>One layer.</summary>
    /// <param name="x">Tokens, [B, N, width].</param>
    /// <param name="position">[N, width].</param>
    /// <param name="allowed">True where a token may be attended to, [B, N]; null: all may.</param>
    public Tensor Forward(Tensor x, Tensor position, Tensor? allowed = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = options.PreNorm ? norm1.forward(x) : x;
        Tensor queries = y.add(position);
        x = x.add(Drop(attention.Forward(queries, queries, y, allowed)));
        if (options.PreNorm) return x.add(Drop(feedForward.forward(norm2.forward(x)))).MoveToOuterDisposeScope();
        x = norm1.forward(x);
        return norm2.forward(x.add(Drop(feedForward.forward(x)))).MoveToOuterDisposeScope();
    }

    private Tensor Drop(Tensor branch) => options.Dropout > 0 && training ? nn.functional.dropout(branch, options.Dropout) : branch;
}

/// <summary>Self-attention, attention to memory tokens, and feed-forward; positions as in <see cref="DetrEncoderLayer"/>.</summary>
public sealed class DetrDecoderLayer : nn.Module
{
    private readonly MultiHeadAttention attention;
    private readonly MultiHeadAttention cross;
    private readonly DetrFeedForward feedForward;
    private readonly LayerNorm norm1;
    private readonly LayerNorm norm2;
    private readonly LayerNorm norm3;
    private readonly DetrLayerOptions options;

    /// <summary>Builds a layer.</summary>
    public DetrDecoderLayer(DetrLayerOptions options)
        : base(nameof(DetrDecoderLayer))
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        attention = new MultiHeadAttention(options.Width, options.Heads, options.Dropout);
        cross = new MultiHeadAttention(options.Width, options.Heads, options.Dropout);
        feedForward = new DetrFeedForward(options);
        norm1 = nn.LayerNorm(options.Width);
        norm2 = nn.LayerNorm(options.Width);
        norm3 = nn.LayerNorm(options.Width);
        RegisterComponents();
    }

    /// <summary>One layer.</summary>
    /// <param name="x">Tokens, [B or 1, T, width]: 1 where they are the same for the whole batch.</param>
    /// <param name="position">[T, width].</param>
    /// <param name="memory">[B, N, width].</param>
    /// <param name="memoryKeys">The memory with its positions, [B, N, width].</param>
    /// <returns>[B, T, width].</returns>
    public Tensor Forward(Tensor x, Tensor position, Tensor memory, Tensor memoryKeys)
    {
        using DisposeScope scope = NewDisposeScope();
        bool pre = options.PreNorm;
        Tensor y = pre ? norm1.forward(x) : x;
        Tensor queries = y.add(position);
        x = x.add(Drop(attention.Forward(queries, queries, y)));
        if (!pre) x = norm1.forward(x);
        if (x.size(0) != memory.size(0)) x = x.expand(memory.size(0), -1, -1);
        y = pre ? norm2.forward(x) : x;
        x = x.add(Drop(cross.Forward(y.add(position), memoryKeys, memory)));
        if (!pre) x = norm2.forward(x);
        x = x.add(Drop(feedForward.forward(pre ? norm3.forward(x) : x)));
        return (pre ? x : norm3.forward(x)).MoveToOuterDisposeScope();
    }

    private Tensor Drop(Tensor branch) => options.Dropout > 0 && training ? nn.functional.dropout(branch, options.Dropout) : branch;
}

/// <summary>W2 drop(relu(W1 x)).</summary>
public sealed class DetrFeedForward : nn.Module<Tensor, Tensor>
{
    private readonly Linear expand;
    private readonly Linear contract;
    private readonly double dropout;

    /// <summary>Builds the layers.</summary>
    public DetrFeedForward(DetrLayerOptions options)
        : base(nameof(DetrFeedForward))
    {
        ArgumentNullException.ThrowIfNull(options);
        dropout = options.Dropout;
        expand = nn.Linear(options.Width, options.FeedForwardWidth);
        contract = nn.Linear(options.FeedForwardWidth, options.Width);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = nn.functional.relu(expand.forward(input));
        if (dropout > 0 && training) hidden = nn.functional.dropout(hidden, dropout);
        return contract.forward(hidden).MoveToOuterDisposeScope();
    }
}
