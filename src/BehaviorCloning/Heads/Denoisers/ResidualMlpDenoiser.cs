using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="ResidualMlpDenoiser"/>. The defaults are a network of 1.25 million weights on Push-T.</summary>
public sealed record ResidualMlpDenoiserConfig : DenoiserConfig
{
    /// <summary>Width of the hidden state. Default 256.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Residual blocks. Default 6.</summary>
    public int Blocks { get; init; } = 6;

    /// <summary>Width of the vector that modulates every block. Default 128.</summary>
    public int ConditionWidth { get; init; } = 128;

    /// <summary>Size of the time's sine and cosine embedding, even. Default 64.</summary>
    public int TimeWidth { get; init; } = 64;

    /// <summary>Highest angular frequency of the time embedding. Default 100, for times in [0, 1].</summary>
    public double HighestFrequency { get; init; } = 100;

    /// <summary>Lowest angular frequency of the time embedding. Default 0.1.</summary>
    public double LowestFrequency { get; init; } = 0.1;

    /// <inheritdoc/>
    public override Denoiser Create(HeadShape shape) => new ResidualMlpDenoiser(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
        if (Blocks < 1) yield return $"{nameof(Blocks)} {Blocks} must be at least 1.";
        if (ConditionWidth < 1) yield return $"{nameof(ConditionWidth)} {ConditionWidth} must be at least 1.";
        foreach (string problem in SinusoidalEmbedding.WidthProblems(nameof(TimeWidth), TimeWidth)) yield return problem;
        foreach (string problem in SinusoidalEmbedding.FrequencyProblems(LowestFrequency, HighestFrequency)) yield return problem;
    }
}

/// <summary>
/// A residual multilayer perceptron over the whole chunk at once, each block scaled and shifted by the context and the time
/// (adaLN, arXiv 2212.09748). Small, and the fastest denoiser on a CPU.
/// </summary>
/// <remarks>
/// <code>
/// e = sines and cosines of time          c = silu(L(silu(L[context, e])))
/// h = L[actions, context, e]             each block: h += L silu(L(LN(h) * (1 + scale(c)) + shift(c)))
/// output = L(LN(h))
/// </code>
/// The scales and shifts of all blocks are one linear layer: one matrix product instead of <c>Blocks</c>. Modulation, the blocks' last
/// layers and the output start at zero: the network starts by predicting zero and the blocks as identities.
/// </remarks>
public sealed class ResidualMlpDenoiser : Denoiser
{
    private static readonly Scalar One = 1f;
    private readonly SinusoidalEmbedding time;
    private readonly Linear input;
    private readonly Linear condition1;
    private readonly Linear condition2;
    private readonly Linear modulation;
    private readonly ModuleList<ResidualMlpBlock> blocks;
    private readonly Linear output;
    // 1 where the modulation is a scale, 0 where it is a shift: added to the layer's bias it gives 1 + scale without touching a batch.
    private readonly Tensor unitScale;
    private readonly long[] normalized;
    private readonly int chunkSize;
    private readonly int contextSize;
    private readonly int blockCount;

    /// <summary>Builds the network.</summary>
    public ResidualMlpDenoiser(ResidualMlpDenoiserConfig config, HeadShape shape)
        : base(nameof(ResidualMlpDenoiser), shape)
    {
        chunkSize = shape.PredictionHorizon * shape.ActionDimension;
        contextSize = shape.ContextTokens * shape.ContextWidth;
        blockCount = config.Blocks;
        normalized = [config.Width];
        time = new SinusoidalEmbedding(config.TimeWidth, config.HighestFrequency, config.LowestFrequency);
        input = nn.Linear(chunkSize + contextSize + config.TimeWidth, config.Width);
        condition1 = nn.Linear(contextSize + config.TimeWidth, config.ConditionWidth);
        condition2 = nn.Linear(config.ConditionWidth, config.ConditionWidth);
        modulation = nn.Linear(config.ConditionWidth, 2 * blockCount * config.Width);
        blocks = new ModuleList<ResidualMlpBlock>([.. Enumerable.Range(0, blockCount).Select(_ => new ResidualMlpBlock(config.Width))]);
        output = nn.Linear(config.Width, chunkSize);
        float[] unit = new float[2 * blockCount * config.Width];
        unit.AsSpan(0, unit.Length / 2).Fill(1);
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
        if (time.dim() != 1)
            throw new ArgumentException($"A residual MLP sees one time a chunk, [B]; got [{string.Join(", ", time.shape)}]. Use {nameof(TransformerDenoiserConfig)} where each step of a chunk has its own.", nameof(time));
        ShapeContract.Require(time, nameof(time), context.size(0));

        using DisposeScope scope = NewDisposeScope();
        Tensor conditions = cat([context.flatten(1), this.time.forward(time)], 1);
        Tensor h = input.forward(cat([noisyActions.flatten(1), conditions], 1));
        Tensor c = nn.functional.silu(condition2.forward(nn.functional.silu(condition1.forward(conditions))));
        Tensor[] modulations = nn.functional.linear(c, modulation.weight, ModulationBias()).chunk(2 * blockCount, 1);
        for (int i = 0; i < blockCount; i++)
        {
            Tensor y = nn.functional.layer_norm(h, normalized);
            h = h.add(blocks[i].forward(modulations[blockCount + i].addcmul(y, modulations[i], One)));
        }

        return output.forward(nn.functional.layer_norm(h, normalized))
            .view(-1, Shape.PredictionHorizon, Shape.ActionDimension).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override DenoiserStep Prepare(Tensor context, ReadOnlySpan<float> times)
    {
        ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
        using IDisposable noGradient = no_grad();
        Tensor flatContext = context.flatten(1);
        Tensor embedded = time.forward(tensor(times.ToArray(), device: context.device));

        // A layer over [actions, context, time] is a sum of three products; only the first changes from step to step.
        Tensor inputBase = SumOverTimesAndBatch(input, chunkSize, flatContext, embedded);
        Tensor hidden = SumOverTimesAndBatch(condition1, 0, flatContext, embedded).silu_();
        Tensor conditions = condition2.forward(hidden).silu_();
        // One history is a vector all the way: see LinearInference.
        bool single = context.size(0) == 1;
        if (single) (inputBase, conditions) = (inputBase.squeeze(1), conditions.squeeze(1));
        var modulation = new PreparedModulation(conditions, this.modulation.weight, ModulationBias(), 2 * blockCount, perToken: false);
        Tensor[] bases = inputBase.unbind();
        Tensor actionWeight = input.weight.narrow(1, 0, chunkSize), transposed = actionWeight.t();
        return Step;

        Tensor Step(Tensor noisyActions, int timeIndex)
        {
            using IDisposable noGradientInStep = no_grad();
            using DisposeScope scope = NewDisposeScope();
            Tensor h = single
                ? actionWeight.mv(noisyActions.view(chunkSize)).add_(bases[timeIndex])
                : bases[timeIndex].addmm(noisyActions.view(-1, chunkSize), transposed);
            Tensor[] modulations = modulation.At(timeIndex);
            for (int i = 0; i < blockCount; i++)
            {
                Tensor y = nn.functional.layer_norm(h, normalized);
                h.add_(blocks[i].Infer(modulations[blockCount + i].addcmul(y, modulations[i], One)));
            }

            return output.Infer(nn.functional.layer_norm(h, normalized))
                .view(-1, Shape.PredictionHorizon, Shape.ActionDimension).MoveToOuterDisposeScope();
        }
    }

    private Tensor ModulationBias() => modulation.bias!.add(unitScale);

    /// <summary>The part of a layer that sees context and time: [times, B, width] without ever joining the inputs.</summary>
    private Tensor SumOverTimesAndBatch(Linear layer, int firstColumn, Tensor context, Tensor embedded)
    {
        Tensor ofContext = nn.functional.linear(context, layer.weight.narrow(1, firstColumn, contextSize), layer.bias);
        Tensor ofTime = nn.functional.linear(embedded, layer.weight.narrow(1, firstColumn + contextSize, time.Width));
        return ofTime.unsqueeze(1).add(ofContext);
    }
}
