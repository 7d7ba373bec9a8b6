using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="TransformerDenoiser"/>.</summary>
public sealed record TransformerDenoiserConfig : DenoiserConfig
{
    /// <summary>Width of a token. Default 128.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Layers. Default 4.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Attention heads; they share the width. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of the feed-forward layer. Default 512.</summary>
    public int FeedForwardWidth { get; init; } = 512;

    /// <summary>Share of each residual branch dropped in training. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Size of the time's sine and cosine embedding, even. Default 64.</summary>
    public int TimeWidth { get; init; } = 64;

    /// <summary>Highest angular frequency of the time embedding. Default 100, for times in [0, 1].</summary>
    public double HighestFrequency { get; init; } = 100;

    /// <summary>Lowest angular frequency of the time embedding. Default 0.1.</summary>
    public double LowestFrequency { get; init; } = 0.1;

    /// <inheritdoc/>
    public override Denoiser Create(HeadShape shape) => new TransformerDenoiser(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
        if (Layers < 1) yield return $"{nameof(Layers)} {Layers} must be at least 1.";
        if (Heads < 1 || (Width > 0 && Width % Heads != 0)) yield return $"{nameof(Heads)} {Heads} must divide {nameof(Width)} {Width}: each head takes an equal part.";
        if (FeedForwardWidth < 1) yield return $"{nameof(FeedForwardWidth)} {FeedForwardWidth} must be at least 1.";
        if (!(Dropout is >= 0 and < 1)) yield return $"{nameof(Dropout)} {Dropout} must be at least 0 and below 1.";
        foreach (string problem in SinusoidalEmbedding.WidthProblems(nameof(TimeWidth), TimeWidth)) yield return problem;
        foreach (string problem in SinusoidalEmbedding.FrequencyProblems(LowestFrequency, HighestFrequency)) yield return problem;
    }
}

/// <summary>
/// A transformer with one token a step of the chunk. Actions attend to the context tokens and to each other in one attention, and
/// every layer is scaled, shifted and gated by the time and the mean context (adaLN-Zero, arXiv 2212.09748). Each step of a chunk
/// may have its own time.
/// </summary>
/// <remarks>For many or large context tokens (images) and long chunks; slower than <see cref="ResidualMlpDenoiser"/> on small states.</remarks>
public sealed class TransformerDenoiser : Denoiser
{
    // Each layer: scale, shift and gate of its attention and of its feed-forward; after the last layer: scale and shift.
    private const int PerLayer = 6;
    private static readonly Scalar One = 1f;

    private readonly SinusoidalEmbedding time;
    private readonly Linear action;
    private readonly Parameter position;
    private readonly Linear token;
    private readonly Parameter tokenPosition;
    private readonly Linear pooled;
    private readonly Linear condition1;
    private readonly Linear condition2;
    private readonly Linear modulation;
    private readonly ModuleList<DenoisingTransformerLayer> layers;
    private readonly Linear output;
    private readonly Tensor unitScale;
    private readonly long[] normalized;
    private readonly int parts;

    /// <summary>Builds the network.</summary>
    public TransformerDenoiser(TransformerDenoiserConfig config, HeadShape shape)
        : base(nameof(TransformerDenoiser), shape)
    {
        int width = config.Width;
        parts = (PerLayer * config.Layers) + 2;
        normalized = [width];
        time = new SinusoidalEmbedding(config.TimeWidth, config.HighestFrequency, config.LowestFrequency);
        action = nn.Linear(shape.ActionDimension, width);
        position = Position(shape.PredictionHorizon, width);
        token = nn.Linear(shape.ContextWidth, width);
        tokenPosition = Position(shape.ContextTokens, width);
        pooled = nn.Linear(shape.ContextWidth, width, hasBias: false);
        condition1 = nn.Linear(config.TimeWidth, width);
        condition2 = nn.Linear(width, width);
        modulation = nn.Linear(width, parts * width);
        layers = new ModuleList<DenoisingTransformerLayer>([.. Enumerable.Range(0, config.Layers)
            .Select(_ => new DenoisingTransformerLayer(width, config.Heads, config.FeedForwardWidth, config.Dropout))]);
        output = nn.Linear(width, shape.ActionDimension);
        // 1 where the modulation is a scale, as in the residual MLP.
        float[] unit = new float[parts * width];
        for (int part = 0; part < parts; part++)
        {
            if (part % PerLayer is 0 or 3) unit.AsSpan(part * width, width).Fill(1);
        }

        unitScale = tensor(unit);
        foreach (Linear layer in new[] { modulation, output })
        {
            nn.init.zeros_(layer.weight);
            nn.init.zeros_(layer.bias);
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor context, Tensor noisyActions, Tensor time)
    {
        Require(context, noisyActions);
        ArgumentNullException.ThrowIfNull(time);
        bool perStep = time.dim() == 2;
        if (perStep) ShapeContract.Require(time, nameof(time), context.size(0), Shape.PredictionHorizon);
        else ShapeContract.Require(time, nameof(time), context.size(0));

        using DisposeScope scope = NewDisposeScope();
        Tensor embedded = condition1.forward(this.time.forward(perStep ? time : time.unsqueeze(1)));
        Tensor c = embedded.add(Pool(context).unsqueeze(1));
        Tensor[] modulations = nn.functional.linear(Condition(c), modulation.weight, ModulationBias()).chunk(parts, -1);
        return Run(noisyActions, Memory(context), modulations).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override DenoiserStep Prepare(Tensor context, ReadOnlySpan<float> times)
    {
        ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
        using IDisposable noGradient = no_grad();
        Tensor embedded = condition1.forward(time.forward(tensor(times.ToArray(), device: context.device)));
        Tensor conditions = Condition(embedded.unsqueeze(1).add(Pool(context)));
        var prepared = new PreparedModulation(conditions, modulation.weight, ModulationBias(), parts, perToken: true);
        (Tensor Keys, Tensor Values)[] memory = Memory(context);
        return (noisyActions, timeIndex) =>
        {
            using IDisposable noGradientInStep = no_grad();
            using DisposeScope scope = NewDisposeScope();
            return Run(noisyActions, memory, prepared.At(timeIndex)).MoveToOuterDisposeScope();
        };
    }

    private Tensor Run(Tensor noisyActions, (Tensor Keys, Tensor Values)[] memory, ReadOnlySpan<Tensor> modulations)
    {
        Tensor h = action.forward(noisyActions).add(position);
        for (int i = 0; i < memory.Length; i++)
            h = layers[i].Forward(h, memory[i].Keys, memory[i].Values, modulations.Slice(i * PerLayer, PerLayer));
        Tensor y = nn.functional.layer_norm(h, normalized);
        return output.forward(modulations[^1].addcmul(y, modulations[^2], One));
    }

    private (Tensor Keys, Tensor Values)[] Memory(Tensor context)
    {
        Tensor tokens = nn.functional.layer_norm(token.forward(context).add(tokenPosition), normalized);
        return [.. layers.Select(layer => layer.Memory(tokens))];
    }

    private Tensor Pool(Tensor context) => pooled.forward(context.mean([1L]));

    private Tensor Condition(Tensor c) => nn.functional.silu(condition2.forward(nn.functional.silu(c)));

    private Tensor ModulationBias() => modulation.bias!.add(unitScale);

    // Learned positions, from N(0, 0.02^2) as in ViT and minGPT.
    private static Parameter Position(int count, int width)
    {
        Parameter table = nn.Parameter(zeros(count, width));
        nn.init.normal_(table, 0, 0.02);
        return table;
    }
}
