using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Which GELU a published network was trained with. They differ by up to 0.02, which a trained network notices.</summary>
public enum Gelu
{
    /// <summary>x Phi(x).</summary>
    Exact,

    /// <summary>With a hyperbolic tangent for Phi: SigLIP's.</summary>
    Tanh,

    /// <summary>x sigmoid(1.702 x): OpenAI's CLIP.</summary>
    Quick,
}

/// <summary>Sizes of a <see cref="TransformerBlock"/>.</summary>
/// <param name="Width">Width of a token.</param>
/// <param name="Heads">Attention heads; must divide the width.</param>
/// <param name="FeedForwardWidth">Width of the feed-forward layer.</param>
public sealed record TransformerBlockOptions(int Width, int Heads, int FeedForwardWidth)
{
    /// <summary>Default exact.</summary>
    public Gelu Activation { get; init; }

    /// <summary>Keeps the norms' division finite. Default 1e-6, as in vision transformers; CLIP has 1e-5.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>What the factors of each channel of each branch start at (LayerScale, Touvron et al., arXiv 2103.17239); null: there are none.</summary>
    public double? LayerScale { get; init; }
}

/// <summary>
/// A pre-normalized transformer block: <c>x += s1 Attention(LN(x)); x += s2 W2 gelu(W1 LN(x))</c>. What vision transformers, their decoders
/// and CLIP's text tower are built of.
/// </summary>
public sealed class TransformerBlock : nn.Module
{
    private readonly LayerNorm norm1;
    private readonly MultiHeadAttention attention;
    private readonly LayerNorm norm2;
    private readonly GeluLayers feedForward;
    private readonly Parameter? scale1;
    private readonly Parameter? scale2;

    /// <summary>Builds a block.</summary>
    public TransformerBlock(TransformerBlockOptions options)
        : base(nameof(TransformerBlock))
    {
        ArgumentNullException.ThrowIfNull(options);
        norm1 = nn.LayerNorm(options.Width, options.NormEpsilon);
        attention = new MultiHeadAttention(options.Width, options.Heads);
        norm2 = nn.LayerNorm(options.Width, options.NormEpsilon);
        feedForward = new GeluLayers(options.Width, options.FeedForwardWidth, options.Activation);
        if (options.LayerScale is { } start) (scale1, scale2) = (nn.Parameter(full(options.Width, (float)start)), nn.Parameter(full(options.Width, (float)start)));
        RegisterComponents();
    }

    /// <summary>One block.</summary>
    /// <param name="tokens">[B, N, width].</param>
    /// <param name="causal">Whether a token sees only itself and what stands before it: text.</param>
    /// <returns>[B, N, width].</returns>
    public Tensor Forward(Tensor tokens, bool causal = false)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normalized = norm1.forward(tokens);
        Tensor x = Add(tokens, attention.Forward(normalized, normalized, normalized, causal: causal), scale1);
        return Add(x, feedForward.forward(norm2.forward(x)), scale2).MoveToOuterDisposeScope();
    }

    private static Tensor Add(Tensor x, Tensor branch, Parameter? scale) => scale is null ? x.add(branch) : x.addcmul(branch, scale, 1f);
}

/// <summary>W2 gelu(W1 x).</summary>
public sealed class GeluLayers : nn.Module<Tensor, Tensor>
{
    private readonly Linear expand;
    private readonly Linear contract;
    private readonly Gelu activation;

    /// <summary>Builds the layers; weights start as Xavier and Glorot's, biases at 0.</summary>
    /// <param name="width">Width of a token.</param>
    /// <param name="hiddenWidth">Width between the layers.</param>
    /// <param name="activation">Which GELU.</param>
    public GeluLayers(int width, int hiddenWidth, Gelu activation)
        : base(nameof(GeluLayers))
    {
        this.activation = activation;
        expand = nn.Linear(width, hiddenWidth);
        contract = nn.Linear(hiddenWidth, width);
        foreach (Linear layer in new[] { expand, contract })
        {
            nn.init.xavier_uniform_(layer.weight);
            nn.init.zeros_(layer.bias);
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return contract.forward(Apply(expand.forward(input))).MoveToOuterDisposeScope();
    }

    private Tensor Apply(Tensor x) => activation switch
    {
        Gelu.Tanh => nn.functional.gelu(x, GELU.Approximate.tanh),
        Gelu.Quick => x.mul(x.mul(1.702f).sigmoid()),
        _ => nn.functional.gelu(x),
    };
}
