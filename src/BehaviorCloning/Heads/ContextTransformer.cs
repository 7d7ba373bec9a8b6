using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Size of the transformer that reads the context, as in minGPT.</summary>
public sealed record ContextTransformerConfig
{
    /// <summary>Width of a token. Default 120.</summary>
    public int Width { get; init; } = 120;

    /// <summary>Layers. Default 6.</summary>
    public int Layers { get; init; } = 6;

    /// <summary>Attention heads; they share the width. Default 6.</summary>
    public int Heads { get; init; } = 6;

    /// <summary>Share of embeddings, attention weights and residual branches dropped in training. Default 0.1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
        if (Layers < 1) yield return $"{nameof(Layers)} {Layers} must be at least 1.";
        if (Heads < 1 || (Width > 0 && Width % Heads != 0)) yield return $"{nameof(Heads)} {Heads} must divide {nameof(Width)} {Width}: each head takes an equal part.";
        if (!(Dropout is >= 0 and < 1)) yield return $"{nameof(Dropout)} {Dropout} must be at least 0 and below 1.";
    }
}

/// <summary>
/// Reads the context tokens, oldest first, with a causal transformer; the newest token's output is a summary of all. The trunk of
/// <see cref="BehaviorTransformerHead"/> and <see cref="VqBetHead"/>.
/// </summary>
internal sealed class ContextTransformer : nn.Module<Tensor, Tensor>
{
    private readonly Linear embed;
    private readonly CausalTransformer trunk;
    private readonly HeadShape shape;

    public ContextTransformer(ContextTransformerConfig config, HeadShape shape)
        : base(nameof(ContextTransformer))
    {
        this.shape = shape;
        embed = nn.Linear(shape.ContextWidth, config.Width);
        nn.init.normal_(embed.weight, 0, 0.02);
        nn.init.zeros_(embed.bias);
        trunk = new CausalTransformer(shape.ContextTokens, config.Width, config.Layers, config.Heads, 4 * config.Width, config.Dropout);
        RegisterComponents();
    }

    /// <summary>[B, N, C] to [B, width].</summary>
    public override Tensor forward(Tensor context)
    {
        ShapeContract.Require(context, nameof(context), -1, shape.ContextTokens, shape.ContextWidth);
        using DisposeScope scope = NewDisposeScope();
        return trunk.Forward(embed.forward(context)).select(1, shape.ContextTokens - 1).MoveToOuterDisposeScope();
    }
}
