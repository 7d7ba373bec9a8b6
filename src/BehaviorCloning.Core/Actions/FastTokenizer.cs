using System.Buffers;

namespace BehaviorCloning.Actions;

/// <summary>What a <see cref="FastTokenizer"/> does with actions it cannot spell and with tokens that do not spell a chunk.</summary>
public enum FastFailure
{
    /// <summary>
    /// As the released tokenizer: coefficients below the smallest are raised to it, characters without a token are dropped, and tokens that
    /// do not decode become a chunk of zeros, the middle of the normalized range, which is <em>not</em> standing still.
    /// </summary>
    Reference,

    /// <summary>
    /// Coefficients beyond the alphabet become the nearest in it; too many are cut off and missing ones are zero, which are the highest
    /// frequencies. What else does not decode becomes a chunk of zeros.
    /// </summary>
    Relaxed,

    /// <summary>Either is an error that says what is wrong.</summary>
    Strict,
}

/// <summary>Options of <see cref="FastTokenizer.Train"/>; the defaults are the paper's.</summary>
public sealed record FastTrainingOptions
{
    /// <summary>Tokens, the alphabet included. Default 1,024.</summary>
    public int VocabularySize { get; init; } = 1024;

    /// <summary>What coefficients are multiplied with before they are rounded: the larger, the finer and the longer. Default 10.</summary>
    public double Scale { get; init; } = 10;

    /// <summary>How often a pair must occur to become a token. Default 2.</summary>
    public int MinimumCount { get; init; } = 2;
}

/// <summary>
/// FAST (Pertsch et al., arXiv 2501.09747): turns a chunk of actions into a few tokens and back. Each dimension's cosine transform along
/// time is scaled and rounded, the coefficients are written low frequencies first as characters, and byte-pair encoding shortens the text.
/// </summary>
/// <remarks>
/// <code>
/// chunk [H, Da] -> DCT-II -> round(scale * C) -> all of frequency 0, of frequency 1, ... -> characters (minus MinToken) -> byte-pair tokens
/// </code>
/// Actions are to be normalized before, each dimension's 1st and 99th percentile to -1 and 1. Rounding errs by at most 1/(4 scale^2) in the
/// mean square. Agrees id for id with the reference's Hugging Face files. An instance may be used by many threads.
/// </remarks>
public sealed class FastTokenizer
{
    // Characters from here on are no characters of their own in UTF-16.
    private const int FirstSurrogate = 0xD800;
    private DiscreteCosineTransform? transform;

    /// <summary>Puts a tokenizer together.</summary>
    public FastTokenizer(BytePairVocabulary vocabulary, int minToken, double scale)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (!(scale > 0 && double.IsFinite(scale))) throw new ArgumentException($"The scale {scale} must be positive and finite.", nameof(scale));
        Vocabulary = vocabulary;
        MinToken = minToken;
        Scale = scale;
    }

    /// <summary>The tokens and how they merge.</summary>
    public BytePairVocabulary Vocabulary { get; }

    /// <summary>The smallest rounded coefficient: character 0.</summary>
    public int MinToken { get; }

    /// <summary>What coefficients are multiplied with before they are rounded.</summary>
    public double Scale { get; }

    /// <summary>What is done with what cannot be spelled or decoded. Default as the reference.</summary>
    public FastFailure Failure { get; init; }

    /// <summary>Learns a vocabulary from chunks, which may differ in length.</summary>
    /// <param name="chunks">Normalized actions, each row-major [H, dimension].</param>
    /// <param name="dimension">Da: values an action.</param>
    /// <param name="options">Null for the paper's.</param>
    /// <exception cref="ArgumentException">There is no chunk, or their coefficients span more than the vocabulary has room for.</exception>
    public static FastTokenizer Train(IEnumerable<ReadOnlyMemory<float>> chunks, int dimension, FastTrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        options ??= new FastTrainingOptions();
        // Without a vocabulary yet: it only transforms.
        var rounding = new FastTokenizer(new BytePairVocabulary([], []), 0, options.Scale);
        int[][] all = [.. chunks.Select(chunk => rounding.Quantize(chunk.Span, dimension))];
        if (all.Length == 0) throw new ArgumentException("There is no chunk to learn a vocabulary from.", nameof(chunks));
        int smallest = all.Min(chunk => chunk.Min()), largest = all.Max(chunk => chunk.Max());
        if ((long)largest - smallest > options.VocabularySize)
            throw new ArgumentException($"The rounded coefficients span {smallest} .. {largest}, more values than the vocabulary has tokens ({options.VocabularySize}). Normalize the actions to [-1, 1], take a larger vocabulary, or a smaller scale than {options.Scale}.");
        if (options.VocabularySize > ushort.MaxValue) throw new ArgumentException($"{nameof(FastTrainingOptions.VocabularySize)} {options.VocabularySize} must be at most {ushort.MaxValue}.");
        var trainer = new BytePairTrainer(Enumerable.Range(0, largest - smallest + 1).Select(c => (char)c));
        foreach (int[] chunk in all)
        {
            char[] text = ArrayPool<char>.Shared.Rent(chunk.Length);
            for (int i = 0; i < chunk.Length; i++) text[i] = (char)(chunk[i] - smallest);
            trainer.Add(text.AsSpan(0, chunk.Length));
            ArrayPool<char>.Shared.Return(text);
        }

        return new FastTokenizer(trainer.Train(options.VocabularySize, options.MinimumCount), smallest, options.Scale);
    }

    /// <summary>Reads <c>tokenizer.json</c> and <c>processor_config.json</c> of a folder, as Hugging Face's libraries write them.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, or asks for something this tokenizer does not do; the message says what.</exception>
    public static FastTokenizer Load(string folder, FastFailure failure = FastFailure.Reference)
    {
        (BytePairVocabulary vocabulary, int minToken, double scale) = FastTokenizerFiles.Read(folder);
        return new FastTokenizer(vocabulary, minToken, scale) { Failure = failure };
    }

    /// <summary>Writes <c>tokenizer.json</c> and <c>processor_config.json</c> for Hugging Face's libraries and for <see cref="Load"/>.</summary>
    public void Save(string folder) => FastTokenizerFiles.Write(folder, this);

    /// <summary>The rounded coefficients of a chunk, low frequencies first, all dimensions of a frequency together.</summary>
    /// <param name="actions">Normalized actions, row-major [H, dimension].</param>
    /// <param name="dimension">Da: values an action.</param>
    /// <returns>[H, dimension], rounded half to even.</returns>
    /// <exception cref="ArgumentException">The length does not fit, or a value is not finite.</exception>
    public int[] Quantize(ReadOnlySpan<float> actions, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (actions.Length == 0 || actions.Length % dimension != 0)
            throw new ArgumentException($"A chunk of {dimension}-dimensional actions needs a positive multiple of {dimension} values; got {actions.Length}.", nameof(actions));
        int bad = FiniteCheck.FirstNonFinite(actions);
        if (bad >= 0) throw new ArgumentException($"Action {bad / dimension}, dimension {bad % dimension}, is {actions[bad]}: only finite actions have tokens. Check the dataset and its normalization.", nameof(actions));
        int count = actions.Length;
        double[] work = ArrayPool<double>.Shared.Rent(2 * count);
        Span<double> values = work.AsSpan(0, count), coefficients = work.AsSpan(count, count);
        for (int i = 0; i < count; i++) values[i] = actions[i];
        Transform(count / dimension).Forward(values, coefficients, dimension);
        int[] rounded = new int[count];
        // Beyond a billion a coefficient is no longer one of robot actions; the clamp keeps the cast defined.
        for (int i = 0; i < count; i++) rounded[i] = (int)Math.Clamp(Math.Round(Scale * coefficients[i]), -1e9, 1e9);
        ArrayPool<double>.Shared.Return(work);
        return rounded;
    }

    /// <summary>The tokens of a chunk.</summary>
    /// <param name="actions">Normalized actions, row-major [H, dimension].</param>
    /// <param name="dimension">Da: values an action.</param>
    /// <exception cref="ArgumentException">The length does not fit or a value is not finite; or, if strict, the vocabulary has no token for a coefficient.</exception>
    public int[] Encode(ReadOnlySpan<float> actions, int dimension)
    {
        int[] coefficients = Quantize(actions, dimension);
        char[] text = ArrayPool<char>.Shared.Rent(coefficients.Length);
        for (int i = 0; i < coefficients.Length; i++) text[i] = CharOf(coefficients[i], i, dimension);
        int[] ids = ArrayPool<int>.Shared.Rent(3 * coefficients.Length);
        int count = Vocabulary.Encode(text.AsSpan(0, coefficients.Length), ids);
        int[] result = ids.AsSpan(0, count).ToArray();
        ArrayPool<int>.Shared.Return(ids);
        ArrayPool<char>.Shared.Return(text);
        return result;
    }

    /// <summary>The chunk that tokens stand for.</summary>
    /// <param name="tokens">Token ids.</param>
    /// <param name="steps">H: steps of the chunk.</param>
    /// <param name="dimension">Da: values an action.</param>
    /// <returns>Normalized actions, row-major [H, dimension]; what is done with tokens that spell none is <see cref="Failure"/>'s to say.</returns>
    /// <exception cref="FormatException">If strict: the tokens spell no such chunk; the message says why.</exception>
    public float[] Decode(ReadOnlySpan<int> tokens, int steps, int dimension)
    {
        float[] actions = new float[steps * dimension];
        if (!TryDecode(tokens, steps, dimension, actions, out string? fault) && Failure == FastFailure.Strict)
            throw new FormatException($"These {tokens.Length} tokens are no chunk of {steps} steps of {dimension} values: {fault}");
        return actions;
    }

    /// <summary>The chunk that tokens stand for, and whether they stand for one.</summary>
    /// <param name="tokens">Token ids.</param>
    /// <param name="steps">H: steps of the chunk.</param>
    /// <param name="dimension">Da: values an action.</param>
    /// <param name="actions">Receives normalized actions, row-major [H, dimension], in any case.</param>
    /// <param name="fault">What is wrong with the tokens, or null.</param>
    /// <returns>False where the tokens do not spell exactly one such chunk. Relaxed, their coefficients are used nevertheless as far as they go.</returns>
    public bool TryDecode(ReadOnlySpan<int> tokens, int steps, int dimension, Span<float> actions, out string? fault)
    {
        int count = checked(steps * dimension);
        if (actions.Length != count) throw new ArgumentException($"{steps} steps of {dimension} values are {count}; there is room for {actions.Length}.", nameof(actions));
        double[] work = ArrayPool<double>.Shared.Rent(2 * count);
        Span<double> coefficients = work.AsSpan(0, count), values = work.AsSpan(count, count);
        coefficients.Clear();
        fault = Spell(tokens, coefficients, out int spelled);
        if (fault is null && spelled != count) fault = $"they spell {spelled} coefficients instead of {count}.";
        else if (fault is not null) spelled = 0;
        if (fault is not null && (Failure != FastFailure.Relaxed || spelled == 0))
        {
            actions.Clear();
        }
        else
        {
            Transform(steps).Inverse(coefficients, values, dimension);
            for (int i = 0; i < count; i++) actions[i] = (float)values[i];
        }

        ArrayPool<double>.Shared.Return(work);
        return fault is null;
    }

    // Coefficients as far as there is room; counts all of them.
    private string? Spell(ReadOnlySpan<int> tokens, Span<double> coefficients, out int spelled)
    {
        spelled = 0;
        int pending = 0, code = 0;
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)Vocabulary.Count) return $"{token} is no token of a vocabulary of {Vocabulary.Count}.";
            foreach (byte b in Vocabulary.BytesOf(token))
            {
                if (pending > 0 != (b & 0xC0) is 0x80) return $"token {token} breaks a character in two.";
                if (pending > 0) (code, pending) = ((code << 6) | (b & 0x3F), pending - 1);
                else if (b < 0x80) code = b;
                else if (b is >= 0xC2 and < 0xE0) (code, pending) = (b & 0x1F, 1);
                else if (b is >= 0xE0 and < 0xF0) (code, pending) = (b & 0x0F, 2);
                else return $"token {token} holds a byte {b} that begins no character.";
                if (pending > 0) continue;
                if (spelled < coefficients.Length) coefficients[spelled] = (code + MinToken) / Scale;
                spelled++;
            }
        }

        return pending > 0 ? "the last character is not complete." : null;
    }

    private char CharOf(int coefficient, int index, int dimension)
    {
        long code = (long)coefficient - MinToken;
        char character = (char)Math.Clamp(code, 0, FirstSurrogate - 1);
        if (Failure == FastFailure.Reference || (code == character && Vocabulary.CanSpell(character))) return character;
        if (Failure == FastFailure.Strict)
            throw new ArgumentException($"Frequency {index / dimension} of dimension {index % dimension} has coefficient {coefficient}, for which the vocabulary has no token. Normalize the actions as those the vocabulary was trained on, or train one on these.");
        return Vocabulary.NearestSpellable(code) ?? character;
    }

    private DiscreteCosineTransform Transform(int steps)
    {
        // The last one used is kept; where threads disagree about the length each makes its own.
        DiscreteCosineTransform? last = transform;
        return last?.Length == steps ? last : transform = new DiscreteCosineTransform(steps);
    }
}
