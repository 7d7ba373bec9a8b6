using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="DiffusionTransformerDenoiser"/>. The defaults are Diffusion Policy's.</summary>
public sealed record DiffusionTransformerDenoiserConfig : DenoiserConfig
{
    /// <summary>Width of a token. Default 256.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Layers. Default 8.</summary>
    public int Layers { get; init; } = 8;

    /// <summary>Attention heads; they share the width. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of the feed-forward layers. Default 1024.</summary>
    public int FeedForwardWidth { get; init; } = 1024;

    /// <summary>Share of attention weights and of each branch dropped in training. Default 0.01, as for Push-T; elsewhere 0.3 is published.</summary>
    public double Dropout { get; init; } = 0.01;

    /// <summary>
    /// Whether an action attends only to actions before it, and action t to context tokens 0 .. t only, as published, where a context token is
    /// an observed step. False where tokens are something else: everything attends to everything. Default true.
    /// </summary>
    public bool Causal { get; init; } = true;

    /// <summary>
    /// Highest angular frequency of the time embedding, for times in [0, 1]. Default 100: with 100 training steps the published embedding of
    /// the step's number, whose frequencies are 1 to 0.0001.
    /// </summary>
    public double HighestFrequency { get; init; } = 100;

    /// <summary>Lowest angular frequency of the time embedding. Default 0.01.</summary>
    public double LowestFrequency { get; init; } = 0.01;

    /// <inheritdoc/>
    public override Denoiser Create(HeadShape shape) => new DiffusionTransformerDenoiser(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (Width < 4 || Width % 2 != 0) yield return $"{nameof(Width)} {Width} must be even and at least 4: the time token is half sines, half cosines.";
        if (Layers < 1) yield return $"{nameof(Layers)} {Layers} must be at least 1.";
        if (Heads < 1 || (Width > 0 && Width % Heads != 0)) yield return $"{nameof(Heads)} {Heads} must divide {nameof(Width)} {Width}: each head takes an equal part.";
        if (FeedForwardWidth < 1) yield return $"{nameof(FeedForwardWidth)} {FeedForwardWidth} must be at least 1.";
        if (!(Dropout is >= 0 and < 1)) yield return $"{nameof(Dropout)} {Dropout} must be at least 0 and below 1.";
        foreach (string problem in SinusoidalEmbedding.FrequencyProblems(LowestFrequency, HighestFrequency)) yield return problem;
        if (Causal && shape.ContextTokens > shape.PredictionHorizon)
            yield return $"{nameof(Causal)}: of {shape.ContextTokens} context tokens only the first {shape.PredictionHorizon} are ever seen, one more by each action. Set it to false where tokens are not observed steps.";
    }
}

/// <summary>
/// Diffusion Policy's time-series transformer (arXiv 2303.04137): a decoder with one token an action, and a memory of one token for the time and
/// one for each context token, which a small network passes one by one.
/// </summary>
/// <remarks>
/// <code>
/// // To = 2 (context tokens o0 o1), Tp = 4, causal: which memory an action sees, and which actions
/// //        time o0 o1      a0 a1 a2 a3
/// //   a0    x   x          x
/// //   a1    x   x  x       x  x
/// //   a2    x   x  x       x  x  x
/// //   a3    x   x  x       x  x  x  x
/// </code>
/// Context tokens pass by themselves, so their keys and values do not depend on the time: for inference they are made once, and those of all
/// times at once.
/// </remarks>
public sealed class DiffusionTransformerDenoiser : Denoiser
{
    private readonly SinusoidalEmbedding time;
    private readonly Linear action;
    private readonly Parameter position;
    private readonly Linear token;
    private readonly Parameter tokenPosition;
    private readonly Linear memory1;
    private readonly Linear memory2;
    private readonly ModuleList<ConditionedDecoderLayer> layers;
    private readonly LayerNorm norm;
    private readonly Linear output;
    private readonly Tensor? selfMask;
    private readonly Tensor? memoryMask;

    /// <summary>Builds the network.</summary>
    public DiffusionTransformerDenoiser(DiffusionTransformerDenoiserConfig config, HeadShape shape)
        : base(nameof(DiffusionTransformerDenoiser), shape)
    {
        int width = config.Width, length = shape.PredictionHorizon;
        time = new SinusoidalEmbedding(width, config.HighestFrequency, config.LowestFrequency);
        action = ConditionedDecoderLayer.Initialize(nn.Linear(shape.ActionDimension, width));
        position = Position(length, width);
        token = ConditionedDecoderLayer.Initialize(nn.Linear(shape.ContextWidth, width));
        tokenPosition = Position(1 + shape.ContextTokens, width);
        memory1 = ConditionedDecoderLayer.Initialize(nn.Linear(width, 4 * width));
        memory2 = ConditionedDecoderLayer.Initialize(nn.Linear(4 * width, width));
        layers = new ModuleList<ConditionedDecoderLayer>([.. Enumerable.Range(0, config.Layers)
            .Select(_ => new ConditionedDecoderLayer(width, config.Heads, config.FeedForwardWidth, config.Dropout))]);
        norm = nn.LayerNorm(width);
        output = ConditionedDecoderLayer.Initialize(nn.Linear(width, shape.ActionDimension));
        if (config.Causal)
        {
            // Known from the options, so they are not part of the file.
            register_buffer(nameof(selfMask), selfMask = Mask(length, length, (t, s) => t >= s), persistent: false);
            register_buffer(nameof(memoryMask), memoryMask = Mask(length, 1 + shape.ContextTokens, (t, s) => t >= s - 1), persistent: false);
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor context, Tensor noisyActions, Tensor time)
    {
        Require(context, noisyActions);
        ArgumentNullException.ThrowIfNull(time);
        if (time.dim() != 1)
            throw new ArgumentException($"This transformer has one time token a chunk, [B]; got [{string.Join(", ", time.shape)}]. Use {nameof(TransformerDenoiserConfig)} where each step of a chunk has its own.", nameof(time));
        ShapeContract.Require(time, nameof(time), context.size(0));

        using DisposeScope scope = NewDisposeScope();
        Tensor memory = cat([TimeTokens(time).unsqueeze(1), ContextTokens(context)], 1);
        return Run(noisyActions, [.. layers.Select(layer => layer.Memory(memory))]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override DenoiserStep Prepare(Tensor context, ReadOnlySpan<float> times)
    {
        ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
        using IDisposable noGradient = no_grad();
        long batch = context.size(0);
        Tensor ofContext = ContextTokens(context);
        // As if the times were a batch, of one token each.
        Tensor ofTimes = TimeTokens(tensor(times.ToArray(), device: context.device)).unsqueeze(1);
        ((Tensor Keys, Tensor Values) Context, (Tensor[] Keys, Tensor[] Values) Time)[] prepared =
            [.. layers.Select(layer => (layer.Memory(ofContext), Unbind(layer.Memory(ofTimes))))];
        return (noisyActions, timeIndex) =>
        {
            using IDisposable noGradientInStep = no_grad();
            using DisposeScope scope = NewDisposeScope();
            var memory = new (Tensor, Tensor)[prepared.Length];
            for (int i = 0; i < memory.Length; i++)
            {
                memory[i] = (
                    cat([prepared[i].Time.Keys[timeIndex], prepared[i].Context.Keys], 2),
                    cat([prepared[i].Time.Values[timeIndex], prepared[i].Context.Values], 2));
            }

            return Run(noisyActions, memory).MoveToOuterDisposeScope();
        };

        (Tensor[] Keys, Tensor[] Values) Unbind((Tensor Keys, Tensor Values) memory) => (EachTime(memory.Keys), EachTime(memory.Values));

        Tensor[] EachTime(Tensor ofAll) => [.. ofAll.unbind().Select(one => one.unsqueeze(0).expand(batch, -1, -1, -1))];
    }

    private Tensor Run(Tensor noisyActions, (Tensor Keys, Tensor Values)[] memory)
    {
        Tensor h = action.forward(noisyActions).add(position);
        for (int i = 0; i < memory.Length; i++) h = layers[i].Forward(h, memory[i].Keys, memory[i].Values, selfMask, memoryMask);
        return output.forward(norm.forward(h));
    }

    private Tensor TimeTokens(Tensor times) => Pass(time.forward(times).add(tokenPosition.select(0, 0)));

    private Tensor ContextTokens(Tensor context) => Pass(token.forward(context).add(tokenPosition.narrow(0, 1, Shape.ContextTokens)));

    private Tensor Pass(Tensor tokens) => memory2.forward(nn.functional.mish(memory1.forward(tokens)));

    private static Parameter Position(int count, int width)
    {
        Parameter table = nn.Parameter(zeros(count, width));
        nn.init.normal_(table, 0, 0.02);
        return table;
    }

    // 0 where attention is allowed, minus infinity elsewhere.
    private static Tensor Mask(int rows, int columns, Func<int, int, bool> allowed)
    {
        float[] values = new float[rows * columns];
        for (int t = 0; t < rows; t++)
        {
            for (int s = 0; s < columns; s++) values[(t * columns) + s] = allowed(t, s) ? 0 : float.NegativeInfinity;
        }

        return tensor(values, [rows, columns]);
    }
}
