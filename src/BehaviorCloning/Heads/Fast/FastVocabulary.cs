using BehaviorCloning.Actions;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>A <see cref="FastTokenizer"/> in buffers, so that it is saved with its policy; and which tokens may follow, as tensors.</summary>
internal sealed class FastVocabulary : nn.Module
{
    // A vocabulary of V tokens may have more merges than tokens where two merges make the same one; never twice as many in practice.
    private const int MergesAToken = 2;

    private readonly int size;
    private readonly Tensor alphabet;
    private readonly Tensor merges;
    private readonly Tensor minToken;
    private readonly Tensor scale;
    private Built? built;

    /// <summary>Makes an empty one.</summary>
    public FastVocabulary(int size)
        : base(nameof(FastVocabulary))
    {
        this.size = size;
        alphabet = full(size, -1, ScalarType.Int64);
        merges = full(MergesAToken * size, 3, -1, ScalarType.Int64);
        minToken = zeros(1, ScalarType.Int64);
        scale = full(1, double.NaN, ScalarType.Float64);
        RegisterComponents();
    }

    /// <summary>The tokenizer that the buffers hold and its tables, or null until there is one.</summary>
    public Built? Current()
    {
        // Buffers are also filled from files behind this object's back.
        if (built is not null && built.Matches(alphabet, merges, minToken, scale)) return built;
        built?.Dispose();
        return built = double.IsNaN(scale.ToDouble()) ? null : Build();
    }

    /// <summary>Puts a tokenizer into the buffers.</summary>
    public void Store(FastTokenizer tokenizer)
    {
        BytePairVocabulary vocabulary = tokenizer.Vocabulary;
        if (vocabulary.Count > size) throw new ArgumentException($"The tokenizer has {vocabulary.Count} tokens, but the head was made for {size}. Set VocabularySize to {vocabulary.Count}.", nameof(tokenizer));
        if (vocabulary.Merges.Count > MergesAToken * size) throw new ArgumentException($"The tokenizer has {vocabulary.Merges.Count} merges; there is room for {MergesAToken * size}. Set a larger VocabularySize.", nameof(tokenizer));
        var ids = vocabulary.Tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id, StringComparer.Ordinal);
        long[] letters = new long[size], joined = new long[MergesAToken * size * 3];
        Array.Fill(letters, -1);
        Array.Fill(joined, -1);
        var made = new HashSet<int>();
        for (int rank = 0; rank < vocabulary.Merges.Count; rank++)
        {
            (int left, int right) = vocabulary.Merges[rank];
            int token = ids[vocabulary.Tokens[left] + vocabulary.Tokens[right]];
            made.Add(token);
            (joined[3 * rank], joined[(3 * rank) + 1], joined[(3 * rank) + 2]) = (left, right, token);
        }

        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (made.Contains(id)) continue;
            if (vocabulary.Tokens[id].Length != 1) throw new ArgumentException($"Token {id}, '{vocabulary.Tokens[id]}', is neither a character nor made by a merge. Train the vocabulary anew.", nameof(tokenizer));
            letters[id] = vocabulary.Tokens[id][0];
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        alphabet.copy_(tensor(letters));
        merges.copy_(tensor(joined).view(-1, 3));
        minToken.fill_(tokenizer.MinToken);
        scale.fill_(tokenizer.Scale);
        // Whatever cannot be generated is noticed now and not in the middle of a rollout.
        _ = Current();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) built?.Dispose();
        base.Dispose(disposing);
    }

    private Built Build()
    {
        using DisposeScope scope = NewDisposeScope();
        long[] letters = alphabet.cpu().data<long>().ToArray(), joined = merges.cpu().data<long>().ToArray();
        string?[] tokens = [.. letters.Select(letter => letter >= 0 ? ((char)letter).ToString() : null)];
        List<(int, int)> pairs = [];
        for (int i = 0; i < joined.Length && joined[i] >= 0; i += 3)
        {
            pairs.Add(((int)joined[i], (int)joined[i + 1]));
            tokens[joined[i + 2]] = tokens[joined[i]] + tokens[joined[i + 1]];
        }

        int count = Array.FindLastIndex(tokens, token => token is not null) + 1;
        var vocabulary = new BytePairVocabulary([.. tokens.Take(count).Select(token => token ?? "")], pairs);
        var tokenizer = new FastTokenizer(vocabulary, (int)minToken.ToInt64(), scale.ToDouble()) { Failure = FastFailure.Relaxed };
        return new Built(tokenizer, size, [alphabet, merges, minToken, scale]);
    }

    /// <summary>A tokenizer, and what each of its tokens does to the characters of a chunk.</summary>
    public sealed class Built : IDisposable
    {
        private readonly Tensor[] madeFrom;
        // Whether a token goes on with a character that another began; how many characters it needs room for, beyond every chunk where it is none.
        private readonly Tensor continues;
        private readonly Tensor needs;

        internal Built(FastTokenizer tokenizer, int size, Tensor[] buffers)
        {
            Tokenizer = tokenizer;
            Completes = new int[size];
            Leaves = new bool[size];
            bool[] goesOn = new bool[size];
            int[] room = new int[size];
            Array.Fill(room, int.MaxValue);
            for (int token = 0; token < tokenizer.Vocabulary.Count; token++)
            {
                if (!tokenizer.Vocabulary.CanOccur(token) || !TryRead(tokenizer.Vocabulary.BytesOf(token), out goesOn[token], out Completes[token], out Leaves[token])) continue;
                room[token] = Completes[token] + (Leaves[token] ? 1 : 0);
            }

            for (int begun = 0; begun < 2; begun++)
            {
                bool reached = begun == 0 || Leaves.Contains(true);
                if (reached && !Enumerable.Range(0, size).Any(t => room[t] == 1 && goesOn[t] == (begun == 1) && !(begun == 1 && Leaves[t])))
                    throw new ArgumentException("The vocabulary has no token for a single character, so a chunk's end may not be reached. Train it anew.");
            }

            using DisposeScope scope = NewDisposeScope();
            continues = tensor(goesOn, device: buffers[0].device).DetachFromDisposeScope();
            needs = tensor(room, device: buffers[0].device).DetachFromDisposeScope();
            madeFrom = [.. buffers.Select(buffer => buffer.clone().DetachFromDisposeScope())];
        }

        public FastTokenizer Tokenizer { get; }

        /// <summary>How many characters a token completes.</summary>
        public int[] Completes { get; }

        /// <summary>Whether a token leaves a character begun.</summary>
        public bool[] Leaves { get; }

        /// <summary>Minus infinity where a token would not fit, [B, V].</summary>
        /// <param name="logits">[B, V].</param>
        /// <param name="room">How many characters are left, a row; at least 1.</param>
        /// <param name="begun">Whether a character is begun, a row.</param>
        public Tensor Allow(Tensor logits, int[] room, bool[] begun)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor rooms = tensor(room, device: logits.device).unsqueeze(1), open = tensor(begun, device: logits.device).unsqueeze(1);
            return logits.masked_fill(needs.gt(rooms).logical_or(continues.ne(open)), float.NegativeInfinity).MoveToOuterDisposeScope();
        }

        internal bool Matches(params Tensor[] buffers) =>
            buffers[0].device == continues.device && madeFrom.Zip(buffers).All(pair => pair.First.Equals(pair.Second));

        public void Dispose()
        {
            continues.Dispose();
            needs.Dispose();
            foreach (Tensor buffer in madeFrom) buffer.Dispose();
        }

        // UTF-8 of one and two bytes: code points below 2,048 are all that a vocabulary of actions has.
        private static bool TryRead(ReadOnlySpan<byte> bytes, out bool goesOn, out int completes, out bool leaves)
        {
            goesOn = (bytes[0] & 0xC0) == 0x80;
            leaves = goesOn;
            completes = 0;
            foreach (byte b in bytes)
            {
                bool continuation = (b & 0xC0) == 0x80;
                if (continuation != leaves || b is 0xC0 or 0xC1 or >= 0xE0) return false;
                leaves = b >= 0xC2;
                if (!leaves) completes++;
            }

            return true;
        }
    }
}
