using System.Runtime.InteropServices;

namespace BehaviorCloning.Actions;

/// <summary>
/// Learns byte-pair merges: the most frequent pair of neighbors becomes a token, again and again. Pairs equally frequent are taken in the
/// order of their token ids, so that the same texts give the same vocabulary, in whatever order they come; it is the one that Hugging
/// Face's trainer learns.
/// </summary>
/// <remarks>
/// Every distinct word is kept once with its count. Each pair knows how often it occurs and in which words; a merge visits those words
/// only, changes the counts of the pairs it meets, and a heap that is corrected when a stale entry comes up gives the next pair.
/// </remarks>
internal sealed class BytePairTrainer
{
    private readonly Dictionary<string, int> wordCounts = new(StringComparer.Ordinal);
    private readonly SortedSet<char> alphabet = [];

    // Words: symbols one after the other, each word in [starts[i], starts[i] + lengths[i]); merging shortens a word in place.
    private ushort[] symbols = [];
    private int[] starts = [], lengths = [], counts = [];
    private Dictionary<ulong, int> pairOf = [];
    private readonly List<long> pairCounts = [];
    private readonly List<List<int>> pairWords = [];
    private readonly PriorityQueue<ulong, (long Count, ulong Pair)> queue = new(Comparer<(long Count, ulong Pair)>.Create(
        (a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Pair.CompareTo(b.Pair)));

    /// <summary>Starts from plain characters that are tokens whether they occur or not.</summary>
    public BytePairTrainer(IEnumerable<char> initialAlphabet) => alphabet.UnionWith(initialAlphabet);

    /// <summary>Counts the words of a text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> words = wordCounts.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = ByteLevelText.WordEnd(text, start);
            CollectionsMarshal.GetValueRefOrAddDefault(words, text[start..end], out _)++;
        }
    }

    /// <summary>Learns merges until the vocabulary is full or no pair is frequent enough.</summary>
    /// <exception cref="ArgumentException">The alphabet alone is larger than the vocabulary.</exception>
    public BytePairVocabulary Train(int vocabularySize, int minimumCount)
    {
        string[] words = [.. wordCounts.Keys];
        counts = [.. words.Select(word => wordCounts[word])];
        byte[][] spelled = [.. words.Select(System.Text.Encoding.UTF8.GetBytes)];
        foreach (byte[] word in spelled)
        {
            foreach (byte b in word) alphabet.Add(ByteLevelText.ToChar(b));
        }

        List<string> tokens = [.. alphabet.Select(c => c.ToString())];
        if (tokens.Count > vocabularySize)
            throw new ArgumentException($"The coefficients take an alphabet of {tokens.Count} characters, more than the vocabulary's {vocabularySize}. Take a larger vocabulary or a smaller scale.");
        Dictionary<string, int> ids = tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id, StringComparer.Ordinal);
        Lay(spelled, ids);
        CountPairs(tokens.Count);

        List<(int, int)> merges = [];
        var pass = new MergePass(vocabularySize);
        int[] visited = new int[words.Length];
        while (tokens.Count < vocabularySize && queue.TryDequeue(out ulong pair, out (long Count, ulong Pair) entry))
        {
            int index = pairOf[pair];
            if (pairCounts[index] != entry.Count)
            {
                if (pairCounts[index] > 0) queue.Enqueue(pair, (pairCounts[index], pair));
                continue;
            }

            if (entry.Count < minimumCount) break;
            (int left, int right) = ((int)(pair >> 32), (int)(uint)pair);
            string text = tokens[left] + tokens[right];
            if (!ids.TryGetValue(text, out int merged))
            {
                merged = tokens.Count;
                tokens.Add(text);
                ids.Add(text, merged);
            }

            merges.Add((left, right));
            foreach (int word in pairWords[index])
            {
                // A word may be listed more than once.
                if (visited[word] == merges.Count) continue;
                visited[word] = merges.Count;
                lengths[word] = pass.Merge(symbols.AsSpan(starts[word], lengths[word]), (ushort)left, (ushort)right, (ushort)merged, word, counts[word]);
            }

            pairWords[index].Clear();
            pairWords[index].TrimExcess();
            pass.Flush(left, right, merged, Change);
            pairCounts[index] = 0;
        }

        return new BytePairVocabulary(tokens, merges);
    }

    private void Lay(byte[][] words, Dictionary<string, int> ids)
    {
        ushort[] idOf = [.. Enumerable.Range(0, 256).Select(b => ids.TryGetValue(ByteLevelText.ToChar((byte)b).ToString(), out int id) ? (ushort)id : ushort.MaxValue)];
        symbols = new ushort[words.Sum(word => word.Length)];
        starts = new int[words.Length];
        lengths = [.. words.Select(word => word.Length)];
        int position = 0;
        for (int i = 0; i < words.Length; i++)
        {
            starts[i] = position;
            foreach (byte b in words[i]) symbols[position++] = idOf[b];
        }
    }

    private void CountPairs(int alphabetSize)
    {
        int[] indexOf = new int[alphabetSize * alphabetSize];
        Array.Fill(indexOf, -1);
        for (int word = 0; word < starts.Length; word++)
        {
            ReadOnlySpan<ushort> there = symbols.AsSpan(starts[word], lengths[word]);
            for (int i = 0; i + 1 < there.Length; i++)
            {
                ref int index = ref indexOf[(there[i] * alphabetSize) + there[i + 1]];
                if (index < 0) index = NewPair(Pair(there[i], there[i + 1]));
                pairCounts[index] += counts[word];
                List<int> words = pairWords[index];
                if (words.Count == 0 || words[^1] != word) words.Add(word);
            }
        }

        foreach ((ulong pair, int index) in pairOf) queue.Enqueue(pair, (pairCounts[index], pair));
    }

    // What a merge did to a pair: its count, and the words where it is new.
    private void Change(int left, int right, long change, List<int>? words)
    {
        ulong pair = Pair(left, right);
        if (!pairOf.TryGetValue(pair, out int index)) index = NewPair(pair);
        pairCounts[index] += change;
        if (words is not { Count: > 0 }) return;
        pairWords[index].AddRange(words);
        if (pairCounts[index] > 0) queue.Enqueue(pair, (pairCounts[index], pair));
    }

    private int NewPair(ulong pair)
    {
        pairOf.Add(pair, pairCounts.Count);
        pairCounts.Add(0);
        pairWords.Add([]);
        return pairCounts.Count - 1;
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <summary>Collects what one merge changes, by the neighbor it meets, so that each pair is looked up once a merge.</summary>
    private sealed class MergePass(int vocabularySize)
    {
        // Index: the neighbor before or behind. Lost: neighbors of the old symbols. Won: neighbors of the new one.
        private readonly long[] lostBefore = new long[vocabularySize], lostBehind = new long[vocabularySize], wonBefore = new long[vocabularySize], wonBehind = new long[vocabularySize];
        private readonly List<int>?[] wordsBefore = new List<int>?[vocabularySize], wordsBehind = new List<int>?[vocabularySize];

        /// <summary>Merges from the left in a word; gives its new length.</summary>
        public int Merge(Span<ushort> word, ushort left, ushort right, ushort merged, int index, long count)
        {
            int written = 0;
            for (int read = 0; read < word.Length; read++)
            {
                if (word[read] != left || read + 1 == word.Length || word[read + 1] != right)
                {
                    word[written++] = word[read];
                    continue;
                }

                read++;
                if (written > 0) Note(word[written - 1], lostBefore, wonBefore, wordsBefore, index, count);
                if (read + 1 < word.Length) Note(word[read + 1], lostBehind, wonBehind, wordsBehind, index, count);
                word[written++] = merged;
            }

            return written;
        }

        /// <summary>Hands every change to the pairs' counts, and forgets it.</summary>
        public void Flush(int left, int right, int merged, Action<int, int, long, List<int>?> change)
        {
            for (int neighbor = 0; neighbor < vocabularySize; neighbor++)
            {
                if (lostBefore[neighbor] > 0) change(neighbor, left, -lostBefore[neighbor], null);
                if (lostBehind[neighbor] > 0) change(right, neighbor, -lostBehind[neighbor], null);
            }

            for (int neighbor = 0; neighbor < vocabularySize; neighbor++)
            {
                if (wonBefore[neighbor] > 0) change(neighbor, merged, wonBefore[neighbor], wordsBefore[neighbor]);
                if (wonBehind[neighbor] > 0) change(merged, neighbor, wonBehind[neighbor], wordsBehind[neighbor]);
                lostBefore[neighbor] = lostBehind[neighbor] = wonBefore[neighbor] = wonBehind[neighbor] = 0;
                wordsBefore[neighbor]?.Clear();
                wordsBehind[neighbor]?.Clear();
            }
        }

        private static void Note(ushort neighbor, long[] lost, long[] won, List<int>?[] words, int word, long count)
        {
            lost[neighbor] += count;
            won[neighbor] += count;
            List<int> there = words[neighbor] ??= [];
            if (there.Count == 0 || there[^1] != word) there.Add(word);
        }
    }
}
