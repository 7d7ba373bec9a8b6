using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of the network that predicts tokens one after the other. The defaults are minGPT's size in Behavior Transformers.</summary>
public sealed record TokenDecoderConfig
{
    /// <summary>Width of a token. Default 72.</summary>
    public int Width { get; init; } = 72;

    /// <summary>Layers. Default 4.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Attention heads; they share the width. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of the feed-forward layer. Default 288.</summary>
    public int FeedForwardWidth { get; init; } = 288;

    /// <summary>Share of embeddings, attention weights and residual branches dropped in training. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Every fault of these options.</summary>
    public IEnumerable<string> Problems()
    {
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
        if (Layers < 1) yield return $"{nameof(Layers)} {Layers} must be at least 1.";
        if (Heads < 1 || (Width > 0 && Width % Heads != 0)) yield return $"{nameof(Heads)} {Heads} must divide {nameof(Width)} {Width}: each head takes an equal part.";
        if (FeedForwardWidth < 1) yield return $"{nameof(FeedForwardWidth)} {FeedForwardWidth} must be at least 1.";
        if (!(Dropout is >= 0 and < 1)) yield return $"{nameof(Dropout)} {Dropout} must be at least 0 and below 1.";
    }
}

/// <summary>
/// A causal transformer over the context and the tokens so far. The context stands before the tokens and is seen whole; its last
/// token's output predicts the first token, so that no start token is needed.
/// </summary>
/// <remarks>
/// <code>
/// input      c0  c1  a0  a1  a2
/// predicts       a0  a1  a2  a3
/// </code>
/// </remarks>
internal sealed class TokenDecoder : nn.Module
{
    private readonly HeadShape shape;
    private readonly Linear context;
    private readonly Embedding embedding;
    private readonly CausalTransformer transformer;
    private readonly Linear output;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Its size.</param>
    /// <param name="shape">The head's sizes.</param>
    /// <param name="inputs">How many different tokens can be put in.</param>
    /// <param name="outputs">How many different tokens can be predicted.</param>
    /// <param name="maxTokens">Most tokens that are predicted of one chunk.</param>
    public TokenDecoder(TokenDecoderConfig config, HeadShape shape, int inputs, int outputs, int maxTokens)
        : base(nameof(TokenDecoder))
    {
        this.shape = shape;
        context = nn.Linear(shape.ContextWidth, config.Width);
        embedding = nn.Embedding(inputs, config.Width);
        nn.init.normal_(embedding.weight!, 0, 0.02);
        // The last token predicts nothing, so it is never put in.
        transformer = new CausalTransformer(shape.ContextTokens + maxTokens - 1, config.Width, config.Layers, config.Heads, config.FeedForwardWidth, config.Dropout);
        output = nn.Linear(config.Width, outputs);
        nn.init.normal_(output.weight, 0, 0.02);
        nn.init.zeros_(output.bias);
        RegisterComponents();
    }

    /// <summary>Logits of every token given those before it.</summary>
    /// <param name="context">[B, N, C].</param>
    /// <param name="tokens">All tokens but the last, [B, T - 1], int64.</param>
    /// <returns>[B, T, outputs].</returns>
    public Tensor Logits(Tensor context, Tensor tokens)
    {
        Require(context);
        using DisposeScope scope = NewDisposeScope();
        Tensor input = cat([this.context.forward(context), embedding.forward(tokens)], 1);
        Tensor h = transformer.Forward(input, shape.ContextTokens);
        return output.forward(h.narrow(1, shape.ContextTokens - 1, tokens.size(1) + 1)).MoveToOuterDisposeScope();
    }

    /// <summary>Starts a sequence; <c>Last</c> of what it returns gives the first logits through <see cref="First"/>.</summary>
    public CausalTransformerState Begin(Tensor context, int maxTokens)
    {
        Require(context);
        using IDisposable noGradient = no_grad();
        using Tensor prefix = this.context.forward(context);
        return transformer.Begin(prefix, shape.ContextTokens + maxTokens - 1);
    }

    /// <summary>Logits of the first token, [B, outputs].</summary>
    public Tensor First(CausalTransformerState state) => output.forward(state.Last);

    /// <summary>Logits of the next token, [B, outputs], after this one, [B].</summary>
    public Tensor Next(Tensor token, CausalTransformerState state)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor h = transformer.Step(embedding.forward(token), state);
        return (h.size(0) == 1 ? output.Infer(h.squeeze(0)).unsqueeze(0) : output.forward(h)).MoveToOuterDisposeScope();
    }

    private void Require(Tensor context) => ShapeContract.Require(context, nameof(context), -1, shape.ContextTokens, shape.ContextWidth);
}
