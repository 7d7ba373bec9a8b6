using BehaviorCloning.Actions;
using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="FastHead"/>.</summary>
public sealed record FastHeadConfig : PolicyHeadConfig
{
    /// <summary>Tokens of the vocabulary, its alphabet included. Default 1,024.</summary>
    public int VocabularySize { get; init; } = 1024;

    /// <summary>What coefficients are multiplied with before they are rounded: the larger, the finer and the longer. Default 10. A vocabulary from a file has its own.</summary>
    public double Scale { get; init; } = 10;

    /// <summary>
    /// A folder with <c>tokenizer.json</c> and <c>processor_config.json</c> to take the vocabulary from, when the policy is made; afterwards it
    /// is in the policy's own file. Default null: a vocabulary is trained on the training actions.
    /// </summary>
    public string? VocabularyFolder { get; init; }

    /// <summary>Most tokens of a chunk. Default 0: twice its values, but at most 256.</summary>
    public int MaxTokens { get; init; }

    /// <summary>The network.</summary>
    public TokenDecoderConfig Decoder { get; init; } = new();

    /// <summary>How each token is chosen. Acts when sampling only. Default from the learned distribution.</summary>
    public TokenSampling Sampling { get; init; } = new();

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new FastHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (VocabularySize is < 2 or > ushort.MaxValue) yield return $"{nameof(VocabularySize)} {VocabularySize} must be 2 .. {ushort.MaxValue}.";
        if (!(Scale > 0 && double.IsFinite(Scale))) yield return $"{nameof(Scale)} {Scale} must be positive and finite.";
        if (MaxTokens < 0) yield return $"{nameof(MaxTokens)} {MaxTokens} must not be negative; 0 takes twice the values of a chunk, but at most 256.";
        foreach (string problem in Decoder.Problems().Concat(Sampling.Problems())) yield return problem;
    }

    /// <summary>Most tokens of a chunk of these sizes.</summary>
    internal int MaxTokensOf(HeadShape shape) => MaxTokens > 0 ? MaxTokens : Math.Min(2 * shape.PredictionHorizon * shape.ActionDimension, 256);
}

/// <summary>
/// Predicts a chunk as the tokens of a <see cref="FastTokenizer"/>, one after the other (FAST, arXiv 2501.09747): as expressive as
/// <see cref="AutoregressiveHead"/> in far fewer evaluations where chunks are smooth.
/// </summary>
/// <remarks>
/// <para>A chunk is complete when all its Tp x Da coefficients are spelled, so that no end token is needed: sampling stops there, and what
/// would spell more than is left, or break a character, is forbidden. What is generated always decodes. If the room for tokens ends first,
/// the coefficients that are missing are zero: those of the highest frequencies.</para>
/// <para>Every token mixes all steps, so padding cannot be masked out of a loss: a padded step is replaced by the last real one before
/// tokens are made. Coefficients outside the vocabulary's become the nearest in it.</para>
/// </remarks>
public sealed class FastHead : PolicyHead, IFitsActions
{
    // A vocabulary that cannot write this share of the chunks it was made for within MaxTokens is refused.
    private const double MostTooLong = 0.01;

    // Chunks that are checked, evenly spaced among all.
    private const int MostChecked = 5000;

    private readonly FastHeadConfig config;
    private readonly FastVocabulary vocabulary;
    private readonly TokenDecoder decoder;
    private readonly int maxTokens;

    /// <summary>Builds the head.</summary>
    public FastHead(FastHeadConfig config, HeadShape shape)
        : base(nameof(FastHead), shape)
    {
        this.config = config;
        maxTokens = config.MaxTokensOf(shape);
        vocabulary = new FastVocabulary(config.VocabularySize);
        decoder = new TokenDecoder(config.Decoder, shape, config.VocabularySize, config.VocabularySize, maxTokens);
        RegisterComponents();
    }

    /// <summary>The tokenizer it learns the tokens of, or null until fitted.</summary>
    public FastTokenizer? Tokenizer => vocabulary.Current()?.Tokenizer;

    /// <summary>Trains the vocabulary on these actions, or takes it from <see cref="FastHeadConfig.VocabularyFolder"/>.</summary>
    /// <inheritdoc/>
    public void Fit(Tensor actions, Tensor insideEpisode, Generator? random = null)
    {
        ShapeContract.Require(actions, nameof(actions), -1, Shape.PredictionHorizon, Shape.ActionDimension);
        ShapeContract.Require(insideEpisode, nameof(insideEpisode), actions.size(0), Shape.PredictionHorizon);
        ReadOnlyMemory<float>[] chunks = Chunks(actions, insideEpisode);
        FastTokenizer tokenizer = config.VocabularyFolder is { } folder
            ? FastTokenizer.Load(folder)
            : FastTokenizer.Train(chunks, Shape.ActionDimension, new FastTrainingOptions { VocabularySize = config.VocabularySize, Scale = config.Scale });
        vocabulary.Store(tokenizer);
        tokenizer = Tokenizer!;
        int unspelled = 0, tooLong = 0, longest = 0;
        float[] decoded = new float[Shape.PredictionHorizon * Shape.ActionDimension];
        ReadOnlyMemory<float>[] checkedChunks = [.. chunks.Where((_, i) => i % (1 + (chunks.Length / MostChecked)) == 0)];
        foreach (ReadOnlyMemory<float> chunk in checkedChunks)
        {
            int[] tokens = tokenizer.Encode(chunk.Span, Shape.ActionDimension);
            longest = Math.Max(longest, tokens.Length);
            if (tokens.Length > maxTokens) tooLong++;
            if (!tokenizer.TryDecode(tokens, Shape.PredictionHorizon, Shape.ActionDimension, decoded, out _)
                || !tokenizer.Quantize(decoded, Shape.ActionDimension).AsSpan().SequenceEqual(tokenizer.Quantize(chunk.Span, Shape.ActionDimension))) unspelled++;
        }

        if (tooLong > MostTooLong * checkedChunks.Length)
            throw new ArgumentException($"{tooLong} of {checkedChunks.Length} chunks take more than {maxTokens} tokens, the longest {longest}. Set MaxTokens to {longest}, or a smaller Scale.", nameof(actions));
        if (unspelled > MostTooLong * checkedChunks.Length)
            throw new ArgumentException($"The vocabulary cannot write {unspelled} of {checkedChunks.Length} chunks exactly: they have coefficients it has no token for. Train one on these actions (no VocabularyFolder), or normalize them as those it was trained on.", nameof(actions));
    }

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        target.Require(Shape, context.size(0));
        using DisposeScope scope = NewDisposeScope();
        if (Tokenizer is not { } tokenizer)
            return new LossReport(decoder.Logits(context, zeros([context.size(0), 0], ScalarType.Int64, context.device)).sum().mul(float.NaN).MoveToOuterDisposeScope());
        int[][] tokens = [.. Chunks(target.Actions, target.InsideEpisode).Select(chunk => tokenizer.Encode(chunk.Span, Shape.ActionDimension))];
        int length = Math.Min(tokens.Max(row => row.Length), maxTokens);
        long[] ids = new long[tokens.Length * length];
        bool[] there = new bool[ids.Length];
        for (int row = 0; row < tokens.Length; row++)
        {
            for (int j = 0; j < Math.Min(tokens[row].Length, length); j++) (ids[(row * length) + j], there[(row * length) + j]) = (tokens[row][j], true);
        }

        Tensor targets = tensor(ids, device: context.device).view(-1, length);
        Tensor logits = decoder.Logits(context, targets.narrow(1, 0, length - 1));
        Tensor error = logits.log_softmax(-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1).neg();
        return new LossReport(MaskedMean.Of(error, tensor(there, device: context.device).view(-1, length), target.SampleWeight).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        CausalTransformerState state = decoder.Begin(context, maxTokens);
        int batch = (int)context.size(0), values = Shape.PredictionHorizon * Shape.ActionDimension;
        if (vocabulary.Current() is not { } built)
            return full([batch, Shape.PredictionHorizon, Shape.ActionDimension], float.NaN, ScalarType.Float32, context.device).MoveToOuterDisposeScope();
        List<int>[] rows = [.. Enumerable.Range(0, batch).Select(_ => new List<int>())];
        int[] room = new int[batch];
        bool[] begun = new bool[batch];
        Array.Fill(room, values);
        Tensor? uniform = config.Sampling.Uniform(maxTokens, batch, context.device, random);
        for (int j = 0, open = batch; j < maxTokens && open > 0; j++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor logits = j == 0 ? decoder.First(state) : decoder.Next(tensor([.. rows.Select(row => (long)row[^1])], device: context.device), state);
            // Rows that are complete go on beside the others, and what they say is cut off below.
            Tensor drawn = config.Sampling.Draw(built.Allow(logits, [.. room.Select(left => Math.Max(left, 1))], begun), uniform?[j]).cpu();
            ReadOnlySpan<long> tokens = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(drawn.bytes);
            open = 0;
            for (int row = 0; row < batch; row++)
            {
                int token = (int)tokens[row];
                rows[row].Add(token);
                if (room[row] == 0) continue;
                room[row] -= built.Completes[token];
                begun[row] = built.Leaves[token];
                if (room[row] > 0) open++;
            }
        }

        float[] actions = new float[batch * values];
        for (int row = 0; row < batch; row++)
            built.Tokenizer.TryDecode(Complete(rows[row], values, built), Shape.PredictionHorizon, Shape.ActionDimension, actions.AsSpan(row * values, values), out _);
        return tensor(actions, device: context.device).view(batch, Shape.PredictionHorizon, Shape.ActionDimension).MoveToOuterDisposeScope();
    }

    // The tokens up to the chunk's last character; without a character that was begun when the room ended.
    private static int[] Complete(List<int> tokens, int values, FastVocabulary.Built built)
    {
        int spelled = 0, whole = 0;
        for (int i = 0; i < tokens.Count && spelled < values; i++)
        {
            spelled += built.Completes[tokens[i]];
            if (!built.Leaves[tokens[i]]) whole = i + 1;
        }

        return [.. tokens.Take(whole)];
    }

    // Chunks with every padded step replaced by the real step before it, or behind it where there is none before.
    private ReadOnlyMemory<float>[] Chunks(Tensor actions, Tensor insideEpisode)
    {
        using Tensor values = actions.detach().cpu().contiguous(), mask = insideEpisode.cpu().contiguous();
        float[] all = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(values.bytes).ToArray();
        ReadOnlySpan<byte> inside = mask.bytes;
        int steps = Shape.PredictionHorizon, dimension = Shape.ActionDimension, size = steps * dimension;
        var chunks = new ReadOnlyMemory<float>[all.Length / size];
        for (int n = 0; n < chunks.Length; n++)
        {
            Span<float> chunk = all.AsSpan(n * size, size);
            int first = inside.Slice(n * steps, steps).IndexOf((byte)1);
            if (first < 0) throw new ArgumentException($"No step of chunk {n} is inside its episode, so it has no tokens. Check the mask of the dataset.", nameof(insideEpisode));
            for (int t = 0, from = first; t < steps; t++)
            {
                if (inside[(n * steps) + t] != 0) from = t;
                else chunk.Slice(from * dimension, dimension).CopyTo(chunk.Slice(t * dimension, dimension));
            }

            chunks[n] = all.AsMemory(n * size, size);
        }

        return chunks;
    }
}
