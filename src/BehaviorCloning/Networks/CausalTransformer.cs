using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// A GPT-style decoder: pre-normalized transformer layers in which a token attends to itself and to what stands before it. A prefix of
/// tokens (the context of a policy) may be seen by all and see itself whole.
/// </summary>
/// <remarks>
/// Takes embedded tokens and adds learned positions; returns the last layer's normalized tokens, for the caller to project. Weights start
/// as in GPT-2: N(0, 0.02^2), divided by sqrt(2 layers) in the projections that end a residual branch.
/// <code>
/// prefix of 2, then tokens a b c: who attends to whom (x)
///        p p a b c
///     p  x x
///     p  x x
///     a  x x x
///     b  x x x x
///     c  x x x x x
/// </code>
/// For training use <see cref="Forward"/>; for inference <see cref="Begin"/> and then <see cref="Step"/>, which give the same numbers a
/// token at a time and keep keys and values of what came before.
/// </remarks>
public sealed class CausalTransformer : nn.Module
{
    private readonly Parameter position;
    private readonly ModuleList<CausalTransformerLayer> layers;
    private readonly LayerNorm final;
    private readonly double dropout;

    /// <summary>Builds the network.</summary>
    /// <param name="maxLength">Most tokens in a sequence, its prefix included.</param>
    /// <param name="width">Width of a token.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="heads">Attention heads; must divide the width.</param>
    /// <param name="feedForwardWidth">Width of the feed-forward layer.</param>
    /// <param name="dropout">Share of the embeddings, of the attention weights and of each residual branch dropped in training.</param>
    public CausalTransformer(int maxLength, int width, int layers, int heads, int feedForwardWidth, double dropout = 0)
        : base(nameof(CausalTransformer))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        MaxLength = maxLength;
        Width = width;
        this.dropout = dropout;
        position = nn.Parameter(zeros(maxLength, width));
        nn.init.normal_(position, 0, 0.02);
        this.layers = new ModuleList<CausalTransformerLayer>([.. Enumerable.Range(0, layers)
            .Select(_ => new CausalTransformerLayer(width, heads, feedForwardWidth, dropout, residualStd: 0.02 / Math.Sqrt(2 * layers)))]);
        final = nn.LayerNorm(width);
        RegisterComponents();
    }

    /// <summary>Most tokens in a sequence, its prefix included.</summary>
    public int MaxLength { get; }

    /// <summary>Width of a token.</summary>
    public int Width { get; }

    /// <summary>All tokens at once, differentiable.</summary>
    /// <param name="tokens">Embedded tokens without positions, [B, T, width], T at most <see cref="MaxLength"/>.</param>
    /// <param name="prefixLength">How many tokens at the start are seen by all. 0: plain causal attention.</param>
    /// <returns>[B, T, width].</returns>
    public Tensor Forward(Tensor tokens, int prefixLength = 0)
    {
        ShapeContract.Require(tokens, nameof(tokens), -1, -1, Width);
        long length = tokens.size(1);
        RequireRoom(length);
        using DisposeScope scope = NewDisposeScope();
        Tensor h = tokens.add(position.narrow(0, 0, length));
        if (dropout > 0 && training) h = nn.functional.dropout(h, dropout);
        Tensor mask = Mask(length, prefixLength, h);
        foreach (CausalTransformerLayer layer in layers) h = layer.Forward(h, mask);
        return final.forward(h).MoveToOuterDisposeScope();
    }

    /// <summary>Starts a sequence for inference. Nothing is differentiated, nothing dropped.</summary>
    /// <param name="prefix">Embedded prefix without positions, [B, n, width], n at least 1; its tokens all see each other.</param>
    /// <param name="capacity">How many tokens there is to be room for, the prefix included; at most <see cref="MaxLength"/>, which is the default.</param>
    /// <returns>The state to continue from. Its tensors live in the caller's dispose scope.</returns>
    public CausalTransformerState Begin(Tensor prefix, int? capacity = null)
    {
        ShapeContract.Require(prefix, nameof(prefix), -1, -1, Width);
        int length = (int)prefix.size(1), room = capacity ?? MaxLength;
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(prefix));
        RequireRoom(Math.Max(room, length));
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var state = new CausalTransformerState(layers.Count, Math.Max(room, length));
        Tensor h = prefix.add(position.narrow(0, 0, length));
        for (int i = 0; i < layers.Count; i++) h = layers[i].Begin(h, state, i);
        state.Length = length;
        state.Last = final.forward(h.select(1, length - 1));
        state.MoveToOuter(scope);
        return state;
    }

    /// <summary>The next token of a sequence.</summary>
    /// <param name="token">Embedded token without position, [B, width].</param>
    /// <param name="state">From <see cref="Begin"/>; is one token longer afterwards.</param>
    /// <returns>[B, width], a fresh tensor in the caller's dispose scope: what <see cref="Forward"/> gives for this token.</returns>
    public Tensor Step(Tensor token, CausalTransformerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ShapeContract.Require(token, nameof(token), -1, Width);
        if (state.Length >= state.Capacity) throw new InvalidOperationException($"The sequence is full: it was begun with room for {state.Capacity} tokens. Begin it with more, or stop earlier.");
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        // A single row is a vector all the way: matrix-vector products are what CPU libraries are fastest at.
        bool single = token.size(0) == 1;
        Tensor h = (single ? token.squeeze(0) : token).add(position[state.Length]);
        for (int i = 0; i < layers.Count; i++) h = layers[i].Step(h, state, i);
        state.Length++;
        h = final.forward(h);
        return (single ? h.unsqueeze(0) : h).MoveToOuterDisposeScope();
    }

    private void RequireRoom(long length)
    {
        if (length > MaxLength) throw new ArgumentException($"{length} tokens do not fit: the transformer was built for sequences of at most {MaxLength}.");
    }

    // Added to the scores, [T, T]: 0 where a token may attend, minus infinity where not.
    private static Tensor Mask(long length, int prefixLength, Tensor like)
    {
        Tensor mask = full(length, length, float.NegativeInfinity, ScalarType.Float32, like.device).triu(1);
        if (prefixLength > 0) mask.narrow(1, 0, prefixLength).zero_();
        return mask.to(like.dtype);
    }
}

/// <summary>Keys and values of the tokens that a <see cref="CausalTransformer"/> has seen of a sequence.</summary>
public sealed class CausalTransformerState
{
    private readonly Tensor?[] keys;
    private readonly Tensor?[] values;

    internal CausalTransformerState(int layers, int capacity)
    {
        keys = new Tensor?[layers];
        values = new Tensor?[layers];
        Capacity = capacity;
    }

    /// <summary>Tokens seen.</summary>
    public int Length { get; internal set; }

    /// <summary>Tokens there is room for.</summary>
    public int Capacity { get; }

    /// <summary>The output of the prefix's last token, [B, width].</summary>
    public Tensor Last { get; internal set; } = null!;

    /// <summary>Adds tokens of a layer; gives keys and values of all so far, [B, heads, length, width / heads].</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor newKeys, Tensor newValues)
    {
        long count = newKeys.size(2);
        keys[layer] ??= empty([newKeys.size(0), newKeys.size(1), Capacity, newKeys.size(3)], newKeys.dtype, newKeys.device);
        values[layer] ??= empty_like(keys[layer]!);
        return (Put(keys[layer]!, newKeys), Put(values[layer]!, newValues));

        Tensor Put(Tensor all, Tensor added)
        {
            all.narrow(2, Length, count).copy_(added);
            return all.narrow(2, 0, Length + count);
        }
    }

    internal void MoveLayerToOuter(int layer, DisposeScope scope) => scope.MoveToOuter(keys[layer]!, values[layer]!);

    internal void MoveToOuter(DisposeScope scope) => scope.MoveToOuter([Last, .. keys!, .. values!]);
}
