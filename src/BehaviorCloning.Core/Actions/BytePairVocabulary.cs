using System.Buffers;
using System.Numerics;

namespace BehaviorCloning.Actions;

/// <summary>
/// A byte-level byte-pair vocabulary (Sennrich et al., arXiv 1508.07909; byte-level as in GPT-2): a text is cut into words, a word into
/// its bytes, and neighbors are merged, the earliest learned merge first, until none applies.
/// </summary>
public sealed class BytePairVocabulary
{
    // Code points below this are spelled with at most two bytes, from a table.
    private const int TableSize = 0x800;

    // From here on UTF-16 has no characters of one unit.
    private const int FirstSurrogate = 0xD800;

    private readonly string[] tokens;
    private readonly (int Left, int Right)[] merges;
    private readonly byte[][] bytes;
    private readonly int[] tokenOfByte = new int[256];
    private readonly int[] spelling = new int[2 * TableSize];

    private char[]? spellable;

    // Open addressing: pair -> rank and merged token. A chunk asks some thousand times, where Dictionary takes twice as long.
    private readonly ulong[] pairs;
    private readonly (int Rank, int Token)[] found;
    private readonly int mask;

    /// <summary>Puts a vocabulary together.</summary>
    /// <param name="tokens">Every token by its id, in the byte-level alphabet.</param>
    /// <param name="merges">Pairs of token ids, the first learned first.</param>
    /// <exception cref="ArgumentException">A token is there twice, or a merge makes none of them; the message lists every fault.</exception>
    public BytePairVocabulary(IReadOnlyList<string> tokens, IReadOnlyList<(int Left, int Right)> merges)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(merges);
        this.tokens = [.. tokens];
        this.merges = [.. merges];
        bytes = [.. tokens.Select(ByteLevelText.ToBytes)];
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        List<string> faults = [];
        for (int id = 0; id < this.tokens.Length; id++)
        {
            if (this.tokens[id].Length == 0) faults.Add($"Token {id} is empty.");
            else if (!ids.TryAdd(this.tokens[id], id)) faults.Add($"Tokens {ids[this.tokens[id]]} and {id} are the same.");
        }

        for (int b = 0; b < 256; b++) tokenOfByte[b] = ids.TryGetValue(ByteLevelText.ToChar((byte)b).ToString(), out int id) ? id : -1;
        for (int c = 0; c < TableSize; c++)
        {
            spelling[2 * c] = tokenOfByte[c < 0x80 ? c : 0xC0 | (c >> 6)];
            spelling[(2 * c) + 1] = c < 0x80 ? spelling[2 * c] : tokenOfByte[0x80 | (c & 0x3F)];
        }

        mask = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4 * this.merges.Length, 16)) - 1;
        pairs = new ulong[mask + 1];
        Array.Fill(pairs, ulong.MaxValue);
        found = new (int, int)[mask + 1];
        for (int rank = 0; rank < this.merges.Length; rank++)
        {
            (int left, int right) = this.merges[rank];
            if ((uint)left >= (uint)this.tokens.Length || (uint)right >= (uint)this.tokens.Length) faults.Add($"Merge {rank} joins {left} and {right}, which are not both tokens.");
            else if (!ids.TryGetValue(this.tokens[left] + this.tokens[right], out int merged)) faults.Add($"Merge {rank} of {left} and {right} makes no token.");
            else Insert(left, right, rank, merged);
        }

        if (faults.Count > 0) throw new ArgumentException($"This is no byte-pair vocabulary: {string.Join(" ", faults.Take(20))}{(faults.Count > 20 ? $" ({faults.Count} faults in all.)" : "")}");
    }

    /// <summary>How many tokens there are.</summary>
    public int Count => tokens.Length;

    /// <summary>Every token by its id, in the byte-level alphabet.</summary>
    public IReadOnlyList<string> Tokens => tokens;

    /// <summary>Pairs of token ids, the first learned first.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges => merges;

    /// <summary>The UTF-8 that a token stands for; it need not be whole characters.</summary>
    public ReadOnlySpan<byte> BytesOf(int token) => bytes[token];

    /// <summary>Whether encoding can give a token: not the plain characters of a trainer's initial alphabet, which stand for no byte.</summary>
    public bool CanOccur(int token) => ByteLevelText.IsSpelling(tokens[token]);

    /// <summary>Whether every byte of a character is a token, so that the character can be spelled.</summary>
    public bool CanSpell(char character)
    {
        if (character < TableSize) return spelling[2 * character] >= 0 && spelling[(2 * character) + 1] >= 0;
        return tokenOfByte[0xE0 | (character >> 12)] >= 0 && tokenOfByte[0x80 | ((character >> 6) & 0x3F)] >= 0 && tokenOfByte[0x80 | (character & 0x3F)] >= 0;
    }

    /// <summary>The spellable character nearest to a code point, which may be any number; null where none can be spelled.</summary>
    public char? NearestSpellable(long codePoint)
    {
        int at = Array.BinarySearch(Spellable, (char)Math.Clamp(codePoint, char.MinValue, char.MaxValue));
        if (at >= 0 || Spellable.Length == 0) return at >= 0 ? Spellable[at] : null;
        (int above, int below) = (~at, ~at - 1);
        if (above == Spellable.Length) return Spellable[below];
        return below < 0 || Spellable[above] - codePoint < codePoint - Spellable[below] ? Spellable[above] : Spellable[below];
    }

    /// <summary>Encodes a text. A byte that is no token is dropped, as Hugging Face does without an unknown-token; see <see cref="CanSpell"/>.</summary>
    /// <param name="text">Without surrogates.</param>
    /// <param name="ids">Receives at most 3 tokens a character.</param>
    /// <returns>How many tokens there are.</returns>
    public int Encode(ReadOnlySpan<char> text, Span<int> ids)
    {
        if (ids.Length < 3 * text.Length) throw new ArgumentException($"{text.Length} characters may need {3 * text.Length} tokens; there is room for {ids.Length}.", nameof(ids));
        int[] links = ArrayPool<int>.Shared.Rent(6 * text.Length);
        ulong[] queue = ArrayPool<ulong>.Shared.Rent(9 * text.Length);
        int count = 0;
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = ByteLevelText.WordEnd(text, start);
            Span<int> word = ids[count..];
            count += Merge(word, Spell(text[start..end], word), links, new MergeQueue(queue));
        }

        ArrayPool<ulong>.Shared.Return(queue);
        ArrayPool<int>.Shared.Return(links);
        return count;
    }

    private char[] Spellable => spellable ??= [.. Enumerable.Range(0, FirstSurrogate).Select(c => (char)c).Where(CanSpell)];

    private int Spell(ReadOnlySpan<char> word, Span<int> symbols)
    {
        int count = 0;
        foreach (char c in word)
        {
            if (c < TableSize)
            {
                Add(symbols, spelling[2 * c]);
                if (c >= 0x80) Add(symbols, spelling[(2 * c) + 1]);
            }
            else
            {
                Add(symbols, tokenOfByte[0xE0 | (c >> 12)]);
                Add(symbols, tokenOfByte[0x80 | ((c >> 6) & 0x3F)]);
                Add(symbols, tokenOfByte[0x80 | (c & 0x3F)]);
            }
        }

        return count;

        void Add(Span<int> symbols, int token)
        {
            if (token >= 0) symbols[count++] = token;
        }
    }

    // Symbols are a linked list in place; the queue holds (rank, position), the lowest rank and then the leftmost first.
    private int Merge(Span<int> symbols, int count, int[] links, MergeQueue queue)
    {
        if (count < 2) return count;
        Span<int> next = links.AsSpan(0, count), previous = links.AsSpan(count, count);
        for (int i = 0; i < count; i++) (previous[i], next[i]) = (i - 1, i + 1);
        for (int i = 0; i + 1 < count; i++) Offer(symbols, i, i + 1);
        while (queue.TryPop(out int rank, out int left))
        {
            int right = symbols[left] < 0 ? count : next[left];
            if (right >= count || !TryFind(symbols[left], symbols[right], out (int Rank, int Token) merge) || merge.Rank != rank) continue;
            symbols[left] = merge.Token;
            symbols[right] = -1;
            int after = next[left] = next[right];
            if (after < count)
            {
                previous[after] = left;
                Offer(symbols, left, after);
            }

            if (previous[left] >= 0) Offer(symbols, previous[left], left);
        }

        int written = 0;
        for (int i = 0; i < count; i = next[i]) symbols[written++] = symbols[i];
        return written;

        void Offer(Span<int> symbols, int left, int right)
        {
            if (TryFind(symbols[left], symbols[right], out (int Rank, int Token) merge)) queue.Push(merge.Rank, left);
        }
    }

    private void Insert(int left, int right, int rank, int token)
    {
        ulong pair = Pair(left, right);
        int slot = Slot(pair);
        while (pairs[slot] != ulong.MaxValue)
        {
            // The later rank of a pair given twice counts, as in Hugging Face's table.
            if (pairs[slot] == pair) break;
            slot = (slot + 1) & mask;
        }

        (pairs[slot], found[slot]) = (pair, (rank, token));
    }

    private bool TryFind(int left, int right, out (int Rank, int Token) merge)
    {
        ulong pair = Pair(left, right);
        for (int slot = Slot(pair); ; slot = (slot + 1) & mask)
        {
            ulong there = pairs[slot];
            if (there == pair)
            {
                merge = found[slot];
                return true;
            }

            if (there == ulong.MaxValue)
            {
                merge = default;
                return false;
            }
        }
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Slot(ulong pair) => (int)((pair * 0x9E3779B97F4A7C15) >> 33) & mask;

    // A binary heap in borrowed memory.
    private struct MergeQueue(ulong[] heap)
    {
        private int count;

        public void Push(int rank, int position)
        {
            ulong item = ((ulong)(uint)rank << 32) | (uint)position;
            int i = count++;
            for (int parent; i > 0 && heap[parent = (i - 1) / 2] > item; i = parent) heap[i] = heap[parent];
            heap[i] = item;
        }

        public bool TryPop(out int rank, out int position)
        {
            if (count == 0)
            {
                (rank, position) = (0, 0);
                return false;
            }

            (rank, position) = ((int)(heap[0] >> 32), (int)(uint)heap[0]);
            ulong last = heap[--count];
            int i = 0;
            for (int child; (child = (2 * i) + 1) < count; i = child)
            {
                if (child + 1 < count && heap[child + 1] < heap[child]) child++;
                if (heap[child] >= last) break;
                heap[i] = heap[child];
            }

            heap[i] = last;
            return true;
        }
    }
}
