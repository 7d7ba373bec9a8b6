using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="ConditionalUnetDenoiser"/>. The defaults are small enough for a CPU.</summary>
public sealed record ConditionalUnetDenoiserConfig : DenoiserConfig
{
    /// <summary>Channels of each level; every level but the last halves the chunk's length. Default 64, 128, 256; Diffusion Policy: 256, 512, 1024.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [64, 128, 256];

    /// <summary>Steps that a convolution sees, odd. Default 5.</summary>
    public int KernelSize { get; init; } = 5;

    /// <summary>Groups of channels that are normalized together; must divide every width. Default 8.</summary>
    public int Groups { get; init; } = 8;

    /// <summary>Whether context and time scale channels as well as shift them. Default true, as published.</summary>
    public bool ScalesChannels { get; init; } = true;

    /// <summary>Size of the time's sine and cosine embedding, even. Default 128; Diffusion Policy: 256 for states, 128 for images.</summary>
    public int TimeWidth { get; init; } = 128;

    /// <summary>
    /// Highest angular frequency of the time embedding, for times in [0, 1]. Default 100: with 100 training steps the published embedding of
    /// the step's number, whose frequencies are 1 to 0.0001.
    /// </summary>
    public double HighestFrequency { get; init; } = 100;

    /// <summary>Lowest angular frequency of the time embedding. Default 0.01.</summary>
    public double LowestFrequency { get; init; } = 0.01;

    /// <inheritdoc/>
    public override Denoiser Create(HeadShape shape) => new ConditionalUnetDenoiser(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (Widths.Count == 0) yield return $"{nameof(Widths)} must name at least one level.";
        foreach (int width in Widths.Where(width => width < 1 || (Groups > 0 && width % Groups != 0)))
            yield return $"{nameof(Widths)}: {width} must be a positive multiple of {nameof(Groups)} {Groups}.";
        if (Groups < 1) yield return $"{nameof(Groups)} {Groups} must be at least 1.";
        if (KernelSize < 1 || KernelSize % 2 == 0) yield return $"{nameof(KernelSize)} {KernelSize} must be odd, so that a convolution keeps the chunk's length.";
        foreach (string problem in SinusoidalEmbedding.WidthProblems(nameof(TimeWidth), TimeWidth)) yield return problem;
        foreach (string problem in SinusoidalEmbedding.FrequencyProblems(LowestFrequency, HighestFrequency)) yield return problem;
        if (Widths.Count is > 0 and < 31 && shape.PredictionHorizon % (1 << (Widths.Count - 1)) != 0)
        {
            int multiple = 1 << (Widths.Count - 1);
            yield return $"Prediction horizon {shape.PredictionHorizon} is not a multiple of {multiple}, which a U-Net with {Widths.Count} levels needs: it halves the chunk {Widths.Count - 1} times. Use {(shape.PredictionHorizon / multiple * multiple) + multiple}, or fewer levels.";
        }
    }

    /// <inheritdoc/>
    public bool Equals(ConditionalUnetDenoiserConfig? other) =>
        other is not null && Widths.SequenceEqual(other.Widths) && KernelSize == other.KernelSize && Groups == other.Groups && ScalesChannels == other.ScalesChannels
        && TimeWidth == other.TimeWidth && HighestFrequency == other.HighestFrequency && LowestFrequency == other.LowestFrequency;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Widths.Count, KernelSize, Groups, ScalesChannels, TimeWidth, HighestFrequency, LowestFrequency);
}

/// <summary>
/// Diffusion Policy's conditional U-Net (arXiv 2303.04137): convolutions over the chunk's time at several resolutions, every block scaled and
/// shifted by the flattened context and the time.
/// </summary>
/// <remarks>
/// <code>
/// // levels of widths 256, 512, 1024 and a chunk of 16; each box two residual blocks
/// //   [256]x16 --------------------------(unused)   [256]x8 -> up -> 16 -> output
/// //      down       [512]x8 -------------- skip ->  [256]
/// //                    down   [1024]x4 --- skip ->  [512]x4 -> up -> 8
/// //                              [1024]x4 -----------^
/// </code>
/// As published, the first level's skip is not used. The layers that turn context and time into scales and shifts are one here: it holds the
/// published layers' rows one after the other, down, middle and up, scales before shifts. For inference its product with the context and its
/// product with all times are made once, and added: Mish, which comes before it, works value by value.
/// </remarks>
public sealed class ConditionalUnetDenoiser : Denoiser
{
    private readonly SinusoidalEmbedding time;
    private readonly Linear time1;
    private readonly Linear time2;
    private readonly Linear film;
    private readonly ModuleList<FilmResidualBlock> down;
    private readonly ModuleList<Conv1d> shrink;
    private readonly ModuleList<FilmResidualBlock> middle;
    private readonly ModuleList<FilmResidualBlock> up;
    private readonly ModuleList<ConvTranspose1d> grow;
    private readonly ConvolutionBlock last;
    private readonly Conv1d output;
    // By block: the first row of its part of the film layer.
    private readonly int[] rows;
    private readonly bool scales;
    private readonly int levels;

    /// <summary>Builds the network.</summary>
    public ConditionalUnetDenoiser(ConditionalUnetDenoiserConfig config, HeadShape shape)
        : base(nameof(ConditionalUnetDenoiser), shape)
    {
        int[] widths = [.. config.Widths];
        levels = widths.Length;
        scales = config.ScalesChannels;
        time = new SinusoidalEmbedding(config.TimeWidth, config.HighestFrequency, config.LowestFrequency);
        time1 = nn.Linear(config.TimeWidth, 4 * config.TimeWidth);
        time2 = nn.Linear(4 * config.TimeWidth, config.TimeWidth);
        down = Blocks(Enumerable.Range(0, levels).SelectMany(i => new[] { (i == 0 ? shape.ActionDimension : widths[i - 1], widths[i]), (widths[i], widths[i]) }));
        shrink = new ModuleList<Conv1d>([.. widths.SkipLast(1).Select(width => nn.Conv1d(width, width, 3L, stride: 2, padding: 1))]);
        middle = Blocks([(widths[^1], widths[^1]), (widths[^1], widths[^1])]);
        int[] rising = [.. Enumerable.Range(0, levels - 1).Reverse()];
        up = Blocks(rising.SelectMany(i => new[] { (2 * widths[i + 1], widths[i]), (widths[i], widths[i]) }));
        grow = new ModuleList<ConvTranspose1d>([.. rising.Select(i => nn.ConvTranspose1d(widths[i], widths[i], 4L, stride: 2, padding: 1))]);
        last = new ConvolutionBlock(widths[0], widths[0], config.KernelSize, config.Groups);
        output = nn.Conv1d(widths[0], shape.ActionDimension, 1L);
        rows = new int[(2 * levels) + 2 + (2 * (levels - 1)) + 1];
        int count = 0;
        foreach (FilmResidualBlock block in down.Concat(middle).Concat(up)) rows[count + 1] = rows[count++] + (block.OutputChannels * (scales ? 2 : 1));
        film = nn.Linear(config.TimeWidth + (shape.ContextTokens * shape.ContextWidth), rows[^1]);
        RegisterComponents();

        ModuleList<FilmResidualBlock> Blocks(IEnumerable<(int In, int Out)> sizes) =>
            new([.. sizes.Select(size => new FilmResidualBlock(size.In, size.Out, config.KernelSize, config.Groups))]);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor context, Tensor noisyActions, Tensor time)
    {
        Require(context, noisyActions);
        ArgumentNullException.ThrowIfNull(time);
        if (time.dim() != 1)
            throw new ArgumentException($"A U-Net sees one time a chunk, [B]; got [{string.Join(", ", time.shape)}]. Use {nameof(TransformerDenoiserConfig)} where each step of a chunk has its own.", nameof(time));
        ShapeContract.Require(time, nameof(time), context.size(0));

        using DisposeScope scope = NewDisposeScope();
        Tensor condition = nn.functional.mish(cat([Embed(time), context.flatten(1)], 1));
        Tensor modulation = film.forward(condition).unsqueeze(-1);
        return Run(noisyActions, modulation).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override DenoiserStep Prepare(Tensor context, ReadOnlySpan<float> times)
    {
        ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
        using IDisposable noGradient = no_grad();
        Tensor weight = film.weight;
        Tensor ofTimes = nn.functional.linear(nn.functional.mish(Embed(tensor(times.ToArray(), device: context.device))), weight.narrow(1, 0, time.Width), film.bias);
        Tensor ofContext = nn.functional.linear(nn.functional.mish(context.flatten(1)), weight.narrow(1, time.Width, weight.size(1) - time.Width));
        Tensor[] byTime = ofTimes.unbind();
        return (noisyActions, timeIndex) =>
        {
            using IDisposable noGradientInStep = no_grad();
            using DisposeScope scope = NewDisposeScope();
            Tensor modulation = ofContext.add(byTime[timeIndex]).unsqueeze(-1);
            return Run(noisyActions, modulation).MoveToOuterDisposeScope();
        };
    }

    private Tensor Run(Tensor noisyActions, Tensor modulation)
    {
        int row = 0;
        var skips = new Tensor[levels];
        Tensor h = noisyActions.transpose(1, 2);
        for (int i = 0; i < levels; i++)
        {
            skips[i] = h = Two(down, i, h);
            if (i < levels - 1) h = shrink[i].forward(h);
        }

        h = Two(middle, 0, h);
        for (int i = 0; i < levels - 1; i++) h = grow[i].forward(Two(up, i, cat([h, skips[levels - 1 - i]], 1)));
        return output.forward(last.forward(h)).transpose(1, 2);

        Tensor Two(ModuleList<FilmResidualBlock> blocks, int pair, Tensor x) => One(blocks[(2 * pair) + 1], One(blocks[2 * pair], x));

        Tensor One(FilmResidualBlock block, Tensor x)
        {
            long channels = block.OutputChannels, start = rows[row++];
            return scales
                ? block.Forward(x, modulation.narrow(1, start, channels), modulation.narrow(1, start + channels, channels))
                : block.Forward(x, null, modulation.narrow(1, start, channels));
        }
    }

    private Tensor Embed(Tensor time) => time2.forward(nn.functional.mish(time1.forward(this.time.forward(time))));
}
