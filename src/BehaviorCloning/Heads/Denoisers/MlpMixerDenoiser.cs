using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="MlpMixerDenoiser"/>. The defaults are those of the Kinetix benchmark of Real-Time Chunking.</summary>
public sealed record MlpMixerDenoiserConfig : DenoiserConfig
{
    /// <summary>Width of a token. Default 256.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Blocks, each of one mixing over the chunk's steps and one over the width. Default 4.</summary>
    public int Blocks { get; init; } = 4;

    /// <summary>Hidden width of the mixing over steps. Default 64.</summary>
    public int StepMixWidth { get; init; } = 64;

    /// <summary>Hidden width of the mixing over the width. Default 512.</summary>
    public int ChannelMixWidth { get; init; } = 512;

    /// <summary>Size of the time's sine and cosine embedding, even. Default 256.</summary>
    public int TimeWidth { get; init; } = 256;

    /// <summary>Shortest period of the time embedding. Default 0.004, for times in [0, 1].</summary>
    public double ShortestPeriod { get; init; } = 0.004;

    /// <summary>Longest period of the time embedding. Default 4.</summary>
    public double LongestPeriod { get; init; } = 4;

    /// <inheritdoc/>
    public override Denoiser Create(HeadShape shape) => new MlpMixerDenoiser(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
        if (Blocks < 1) yield return $"{nameof(Blocks)} {Blocks} must be at least 1.";
        if (StepMixWidth < 1) yield return $"{nameof(StepMixWidth)} {StepMixWidth} must be at least 1.";
        if (ChannelMixWidth < 1) yield return $"{nameof(ChannelMixWidth)} {ChannelMixWidth} must be at least 1.";
        foreach (string problem in SinusoidalEmbedding.WidthProblems(nameof(TimeWidth), TimeWidth)) yield return problem;
        if (!(ShortestPeriod > 0 && LongestPeriod >= ShortestPeriod)) yield return $"The time embedding's periods {ShortestPeriod} .. {LongestPeriod} must be positive and in this order.";
    }
}

/// <summary>
/// An MLP-Mixer over the chunk (arXiv 2105.01601), as the Kinetix benchmark's flow policy: one token a step, holding the action and the whole
/// context; every block is scaled, shifted and gated by the time (adaLN-Zero). Each step of a chunk may have its own time.
/// </summary>
/// <remarks>
/// <code>
/// c = silu(L(silu(L(sines and cosines of time))))        h_t = L[action_t, context]
/// h += gate1 * (over steps:  L gelu(L(LN(h) * (1 + scale1) + shift1)))
/// h += gate2 * (over width:  L gelu(L(LN(h) * (1 + scale2) + shift2)))        output = L(LN(h) * (1 + scale) + shift)
/// </code>
/// The mixings have no biases, and gelu is its tanh form, as in JAX. All scales, shifts and gates are one layer, which starts at zero.
/// </remarks>
public sealed class MlpMixerDenoiser : Denoiser
{
    private const int PerBlock = 6;
    private static readonly Scalar One = 1f;
    private readonly SinusoidalEmbedding time;
    private readonly Linear time1;
    private readonly Linear time2;
    private readonly Linear input;
    private readonly ModuleList<Linear> stepMix1;
    private readonly ModuleList<Linear> stepMix2;
    private readonly ModuleList<Linear> channelMix1;
    private readonly ModuleList<Linear> channelMix2;
    private readonly Linear modulation;
    private readonly Linear output;
    // 1 where the modulation is a scale, as in the residual MLP.
    private readonly Tensor unitScale;
    private readonly long[] normalized;
    private readonly int parts;

    /// <summary>Builds the network.</summary>
    public MlpMixerDenoiser(MlpMixerDenoiserConfig config, HeadShape shape)
        : base(nameof(MlpMixerDenoiser), shape)
    {
        int width = config.Width, length = shape.PredictionHorizon;
        parts = (PerBlock * config.Blocks) + 2;
        normalized = [width];
        time = new SinusoidalEmbedding(config.TimeWidth, 2 * Math.PI / config.ShortestPeriod, 2 * Math.PI / config.LongestPeriod);
        time1 = nn.Linear(config.TimeWidth, width);
        time2 = nn.Linear(width, width);
        input = nn.Linear(shape.ActionDimension + (shape.ContextTokens * shape.ContextWidth), width);
        stepMix1 = Layers(length, config.StepMixWidth);
        stepMix2 = Layers(config.StepMixWidth, length);
        channelMix1 = Layers(width, config.ChannelMixWidth);
        channelMix2 = Layers(config.ChannelMixWidth, width);
        modulation = nn.Linear(width, parts * width);
        output = nn.Linear(width, shape.ActionDimension);
        float[] unit = new float[parts * width];
        for (int part = 0; part < parts; part++)
        {
            if (part % PerBlock is 0 or 3) unit.AsSpan(part * width, width).Fill(1);
        }

        unitScale = tensor(unit);
        nn.init.zeros_(modulation.weight);
        nn.init.zeros_(modulation.bias!);
        RegisterComponents();

        ModuleList<Linear> Layers(int from, int to) => new([.. Enumerable.Range(0, config.Blocks).Select(_ => nn.Linear(from, to, hasBias: false))]);
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
        Tensor conditions = Condition(perStep ? time : time.unsqueeze(1));
        Tensor[] modulations = nn.functional.linear(conditions, modulation.weight, ModulationBias()).chunk(parts, -1);
        return Run(noisyActions, OfContext(context), modulations).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override DenoiserStep Prepare(Tensor context, ReadOnlySpan<float> times)
    {
        ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
        using IDisposable noGradient = no_grad();
        var prepared = new PreparedModulation(Condition(tensor(times.ToArray(), device: context.device)), modulation.weight, ModulationBias(), parts, perToken: true);
        Tensor ofContext = OfContext(context);
        return (noisyActions, timeIndex) =>
        {
            using IDisposable noGradientInStep = no_grad();
            using DisposeScope scope = NewDisposeScope();
            return Run(noisyActions, ofContext, prepared.At(timeIndex)).MoveToOuterDisposeScope();
        };
    }

    private Tensor Run(Tensor noisyActions, Tensor ofContext, ReadOnlySpan<Tensor> modulations)
    {
        // The first layer over [action, context] is a sum of two products; only the first changes from step to step.
        Tensor h = nn.functional.linear(noisyActions, input.weight.narrow(1, 0, Shape.ActionDimension)).add(ofContext);
        for (int i = 0; i < stepMix1.Count; i++)
        {
            ReadOnlySpan<Tensor> m = modulations.Slice(i * PerBlock, PerBlock);
            Tensor y = m[1].addcmul(nn.functional.layer_norm(h, normalized), m[0], One).transpose(1, 2);
            y = stepMix2[i].forward(Gelu(stepMix1[i].forward(y))).transpose(1, 2);
            h = h.addcmul(y, m[2], One);
            y = m[4].addcmul(nn.functional.layer_norm(h, normalized), m[3], One);
            y = channelMix2[i].forward(Gelu(channelMix1[i].forward(y)));
            h = h.addcmul(y, m[5], One);
        }

        return output.forward(modulations[^1].addcmul(nn.functional.layer_norm(h, normalized), modulations[^2], One));
    }

    private static Tensor Gelu(Tensor x) => nn.functional.gelu(x, GELU.Approximate.tanh);

    private Tensor OfContext(Tensor context)
    {
        Tensor flat = context.flatten(1);
        return nn.functional.linear(flat, input.weight.narrow(1, Shape.ActionDimension, flat.size(1)), input.bias).unsqueeze(1);
    }

    private Tensor Condition(Tensor time) => nn.functional.silu(time2.forward(nn.functional.silu(time1.forward(this.time.forward(time)))));

    private Tensor ModulationBias() => modulation.bias!.add(unitScale);
}
