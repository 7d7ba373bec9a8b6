using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Sizes of a <see cref="TextTransformer"/>.</summary>
/// <param name="Vocabulary">Tokens there are.</param>
/// <param name="Length">Most tokens of a text.</param>
/// <param name="Width">Width of a token.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Attention heads; must divide the width.</param>
/// <param name="FeedForwardWidth">Width of the feed-forward layer.</param>
/// <param name="OutputWidth">Width of the space shared with images.</param>
public sealed record TextTransformerOptions(int Vocabulary, int Length, int Width, int Depth, int Heads, int FeedForwardWidth, int OutputWidth);

/// <summary>CLIP's text tower (Radford et al., arXiv 2103.00020): causal blocks with quick GELU; a text is what its last token has become, projected.</summary>
public sealed class TextTransformer : nn.Module
{
    private readonly Embedding tokens;
    private readonly Parameter positions;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly Linear projection;

    /// <summary>Builds the network.</summary>
    public TextTransformer(TextTransformerOptions options)
        : base(nameof(TextTransformer))
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        tokens = nn.Embedding(options.Vocabulary, options.Width);
        positions = nn.Parameter(zeros(options.Length, options.Width));
        nn.init.normal_(positions, 0, 0.01);
        var block = new TransformerBlockOptions(options.Width, options.Heads, options.FeedForwardWidth) { Activation = Gelu.Quick, NormEpsilon = 1e-5 };
        blocks = new ModuleList<TransformerBlock>([.. Enumerable.Range(0, options.Depth).Select(_ => new TransformerBlock(block))]);
        norm = nn.LayerNorm(options.Width);
        projection = nn.Linear(options.Width, options.OutputWidth, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Its sizes.</summary>
    public TextTransformerOptions Options { get; }

    /// <summary>Embeds texts.</summary>
    /// <param name="ids">Tokens, [B, T], int64, T at most the length; what stands behind a text's end is not seen.</param>
    /// <param name="last">Place of each text's end token, [B], int64.</param>
    /// <returns>[B, output width], not normalized to length 1.</returns>
    public Tensor Forward(Tensor ids, Tensor last)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tokens.forward(ids).add(positions.narrow(0, 0, ids.size(1)));
        foreach (TransformerBlock block in blocks) x = block.Forward(x, causal: true);
        Tensor end = x.gather(1, last.view(-1, 1, 1).expand(-1, 1, x.size(2))).squeeze(1);
        return projection.forward(norm.forward(end)).MoveToOuterDisposeScope();
    }
}
