using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// Tokens to one vector: a learned query attends to them, and a feed-forward branch follows (multi-head attention pooling; Lee et al., arXiv
/// 1810.00825; Zhai et al., arXiv 2106.04560): <c>y = Attention(probe, x, x); y += W2 gelu(W1 LN(y))</c>. SigLIP's head.
/// </summary>
public sealed class AttentionPooling : nn.Module<Tensor, Tensor>
{
    private readonly Parameter probe;
    private readonly MultiHeadAttention attention;
    private readonly LayerNorm norm;
    private readonly GeluLayers feedForward;

    /// <summary>Builds the layer.</summary>
    public AttentionPooling(TransformerBlockOptions options)
        : base(nameof(AttentionPooling))
    {
        ArgumentNullException.ThrowIfNull(options);
        probe = nn.Parameter(zeros(1, 1, options.Width));
        nn.init.normal_(probe, 0, 1 / Math.Sqrt(options.Width));
        attention = new MultiHeadAttention(options.Width, options.Heads);
        norm = nn.LayerNorm(options.Width, options.NormEpsilon);
        feedForward = new GeluLayers(options.Width, options.FeedForwardWidth, options.Activation);
        RegisterComponents();
    }

    /// <summary>One vector of all tokens.</summary>
    /// <param name="input">[B, N, width].</param>
    /// <returns>[B, width].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = attention.Forward(probe.expand(input.size(0), -1, -1), input, input).squeeze(1);
        return y.add(feedForward.forward(norm.forward(y))).MoveToOuterDisposeScope();
    }
}
