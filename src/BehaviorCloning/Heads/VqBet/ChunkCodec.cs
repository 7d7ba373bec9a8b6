using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="ChunkCodec"/>.</summary>
public sealed record ChunkCodecConfig
{
    /// <summary>Codes a chunk: the first says roughly what it is, each next one what is left over. Default 2.</summary>
    public int Levels { get; init; } = 2;

    /// <summary>How many different codes a level has. Default 16.</summary>
    public int Codes { get; init; } = 16;

    /// <summary>Size of a code's vector. Default 512.</summary>
    public int CodeWidth { get; init; } = 512;

    /// <summary>Width of the two hidden layers of encoder and decoder. Default 128.</summary>
    public int HiddenWidth { get; init; } = 128;

    /// <summary>Training steps; the published runs take 20,000 and more. Default 3000.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Chunks a training step. Published: 1024 on Push-T. Default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Adam's learning rate. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Weight of the commitment loss beside the mean absolute error of reconstruction. Default 5.</summary>
    public double CommitmentWeight { get; init; } = 5;

    /// <summary>Share of a code's running mean that a step keeps. Default 0.8.</summary>
    public double Decay { get; init; } = 0.8;

    /// <summary>A code with a smaller running count of members in a batch is dead and starts again at a vector of the batch. Default 2.</summary>
    public double DeadCodeCount { get; init; } = 2;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        foreach ((string name, int value) in new[] { (nameof(Levels), Levels), (nameof(CodeWidth), CodeWidth), (nameof(HiddenWidth), HiddenWidth), (nameof(Steps), Steps), (nameof(BatchSize), BatchSize) })
        {
            if (value < 1) yield return $"{name} {value} must be at least 1.";
        }

        if (Codes < 2) yield return $"{nameof(Codes)} {Codes} must be at least 2: one code says nothing.";
        if (!(LearningRate > 0 && double.IsFinite(LearningRate))) yield return $"{nameof(LearningRate)} {LearningRate} must be positive and finite.";
        if (!(CommitmentWeight >= 0 && double.IsFinite(CommitmentWeight))) yield return $"{nameof(CommitmentWeight)} {CommitmentWeight} must be finite and not negative.";
        if (!(Decay is >= 0 and < 1)) yield return $"{nameof(Decay)} {Decay} must be at least 0 and below 1.";
        if (!(DeadCodeCount >= 0 && DeadCodeCount < (double)BatchSize / Math.Max(Codes, 1)))
            yield return $"{nameof(DeadCodeCount)} {DeadCodeCount} must be at least 0 and below {nameof(BatchSize)} / {nameof(Codes)} = {(double)BatchSize / Math.Max(Codes, 1):0.##}, the members a code has where all are used alike: it would never let the codes settle.";
    }
}

/// <summary>
/// The residual vector-quantized autoencoder of VQ-BeT: a chunk becomes a few codes, and codes become a chunk. Trained once by
/// <see cref="Fit"/>, frozen from then on.
/// </summary>
public sealed class ChunkCodec : nn.Module
{
    private const double WeightDecay = 1e-4;
    private const int Block = 4096;
    private readonly ReluMlp encoder;
    private readonly ReluMlp decoder;
    private readonly ResidualQuantizer quantizer;
    private readonly Tensor members;
    private readonly Tensor error;
    private readonly ChunkCodecConfig config;
    private readonly HeadShape shape;

    /// <summary>Builds the codec. It has no codes before <see cref="Fit"/>.</summary>
    public ChunkCodec(ChunkCodecConfig config, HeadShape shape)
        : base(nameof(ChunkCodec))
    {
        this.config = config;
        this.shape = shape;
        int chunk = shape.PredictionHorizon * shape.ActionDimension;
        encoder = new ReluMlp(chunk, config.HiddenWidth, config.HiddenWidth, config.CodeWidth).StartOrthogonal();
        decoder = new ReluMlp(config.CodeWidth, config.HiddenWidth, config.HiddenWidth, chunk).StartOrthogonal();
        quantizer = new ResidualQuantizer(config.Levels, config.Codes, config.CodeWidth);
        members = full(config.Levels, config.Codes, -1, ScalarType.Int64);
        error = full([], float.NaN);
        RegisterComponents();
        Freeze();
    }

    /// <summary>Mean absolute error of the training chunks' reconstruction, in normalized units; NaN before <see cref="Fit"/>.</summary>
    public double ReconstructionError => error.ToDouble();

    /// <summary>How many of the training chunks have each code, [levels][codes]; -1 before <see cref="Fit"/>.</summary>
    public IReadOnlyList<IReadOnlyList<long>> CodeMembers =>
        [.. Enumerable.Range(0, config.Levels).Select(level => (IReadOnlyList<long>)members[level].data<long>().ToArray())];

    /// <summary>Chunks to codes.</summary>
    /// <param name="actions">Normalized, [B, Tp, Da]; zeros where a step is outside its episode.</param>
    /// <returns>[B, levels], int64.</returns>
    public Tensor Encode(Tensor actions)
    {
        ShapeContract.Require(actions, nameof(actions), -1, shape.PredictionHorizon, shape.ActionDimension);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return quantizer.Encode(encoder.forward(actions.flatten(1))).MoveToOuterDisposeScope();
    }

    /// <summary>Codes to chunks.</summary>
    /// <param name="codes">[B, levels], int64.</param>
    /// <returns>[B, Tp, Da].</returns>
    public Tensor Decode(Tensor codes)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return Chunk(decoder.forward(quantizer.Decode(codes))).MoveToOuterDisposeScope();
    }

    /// <summary>Learns encoder, codebooks and decoder together. Padded steps are shown as zeros and not scored.</summary>
    /// <param name="actions">Normalized chunks, [n, Tp, Da].</param>
    /// <param name="insideEpisode">[n, Tp], bool.</param>
    /// <param name="random">Draws batches and dead codes. Null: the engine's default generator.</param>
    /// <exception cref="ArgumentException">Values are not finite, or the codebook collapsed: chunks that differ have all the same first code.</exception>
    public void Fit(Tensor actions, Tensor insideEpisode, Generator? random = null)
    {
        ShapeContract.Require(actions, nameof(actions), -1, shape.PredictionHorizon, shape.ActionDimension);
        ShapeContract.Require(insideEpisode, nameof(insideEpisode), actions.size(0), shape.PredictionHorizon);
        using DisposeScope scope = NewDisposeScope();
        Tensor chunks = actions.masked_fill(insideEpisode.logical_not().unsqueeze(-1), 0f);
        if (!chunks.isfinite().all().ToBoolean())
            throw new ArgumentException("There are values that are not finite among the actions to learn codes of. Clean the data first.", nameof(actions));

        using (enable_grad())
        {
            foreach (Parameter parameter in parameters()) parameter.requires_grad_(true);
            using var optimizer = optim.Adam(parameters(), config.LearningRate, weight_decay: WeightDecay);
            using var codebooks = new CodebookTraining(quantizer, config.Decay, config.DeadCodeCount);
            for (int step = 0; step < config.Steps; step++)
            {
                using DisposeScope inner = NewDisposeScope();
                Tensor index = randint(chunks.size(0), [config.BatchSize], ScalarType.Int64, random?.device ?? CPU, generator: random).to(chunks.device);
                Tensor batch = chunks.index_select(0, index), inside = insideEpisode.index_select(0, index);
                (Tensor quantized, Tensor commitment) = codebooks.Step(encoder.forward(batch.flatten(1)), random);
                Tensor difference = Chunk(decoder.forward(quantized)).sub(batch).abs();
                optimizer.zero_grad();
                MaskedMean.Of(difference, inside).add(commitment, config.CommitmentWeight).backward();
                optimizer.step();
            }

            zero_grad();
            Freeze();
        }

        Measure(chunks, insideEpisode);
    }

    private void Freeze()
    {
        foreach (Parameter parameter in parameters()) parameter.requires_grad_(false);
    }

    private void Measure(Tensor chunks, Tensor insideEpisode)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        members.zero_();
        Tensor differences = empty_like(chunks);
        for (long start = 0; start < chunks.size(0); start += Block)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor batch = chunks.narrow(0, start, Math.Min(Block, chunks.size(0) - start)), codes = Encode(batch);
            for (int level = 0; level < config.Levels; level++) members[level].add_(bincount(codes.select(1, level), minlength: config.Codes));
            differences.narrow(0, start, batch.size(0)).copy_(Decode(codes).sub(batch).abs());
        }

        error.copy_(MaskedMean.Of(differences, insideEpisode));
        if (!double.IsFinite(ReconstructionError))
            throw new ArgumentException($"Training the codes diverged: the reconstruction's error is {ReconstructionError}. Lower {nameof(ChunkCodecConfig.LearningRate)} {config.LearningRate}.", nameof(chunks));
        if (CodeMembers[0].Count(count => count > 0) == 1 && chunks.ne(chunks.narrow(0, 0, 1)).any().ToBoolean())
            throw new ArgumentException($"The codebook collapsed: all {chunks.size(0)} chunks have the same first code although they differ. Check the actions' normalization (they should be numbers of order one), or give {nameof(ChunkCodecConfig.Steps)} {config.Steps} more.", nameof(chunks));
    }

    private Tensor Chunk(Tensor flat) => flat.view(-1, shape.PredictionHorizon, shape.ActionDimension);
}
