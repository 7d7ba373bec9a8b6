using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BehaviorCloning.Encoders;

/// <summary>
/// Text to CLIP's tokens: lower case, cut into words, each word's bytes merged by the published list (byte-level BPE whose last character carries
/// <c>&lt;/w&gt;</c>), between a start and an end token.
/// </summary>
/// <remarks>Text is taken as it is: what differs only in Unicode's composition, or is broken by a wrong encoding, is not repaired as the reference's optional ftfy does.</remarks>
public sealed class ClipTokenizer
{
    private const string Start = "<|startoftext|>", End = "<|endoftext|>", WordEnd = "</w>";
    private const long LargestFile = 64L << 20;
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
    private static readonly char[] CharOf = MakeChars();
    private readonly Dictionary<string, int> vocabulary;
    private readonly Dictionary<(string Left, string Right), int> ranks = [];

    private ClipTokenizer(Dictionary<string, int> vocabulary)
    {
        this.vocabulary = vocabulary;
    }

    /// <summary>Tokens there are.</summary>
    public int Count => vocabulary.Count;

    /// <summary>The token that begins every text.</summary>
    public int StartToken => vocabulary[Start];

    /// <summary>The token that ends every text; the text tower reads a text's meaning there.</summary>
    public int EndToken => vocabulary[End];

    /// <summary>Reads the published files.</summary>
    /// <param name="vocabularyJson"><c>vocab.json</c>: every token with its number.</param>
    /// <param name="mergesText"><c>merges.txt</c>: a line a merge, the first learned first.</param>
    /// <exception cref="InvalidDataException">A file is damaged, or they do not belong together; the message says where.</exception>
    public static ClipTokenizer Read(string vocabularyJson, string mergesText)
    {
        Dictionary<string, int>? vocabulary;
        try
        {
            vocabulary = JsonSerializer.Deserialize<Dictionary<string, int>>(Text(vocabularyJson));
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"'{vocabularyJson}' is no object of tokens and their numbers: {fault.Message}", fault);
        }

        List<string> faults = [];
        if (vocabulary is null || !vocabulary.ContainsKey(Start) || !vocabulary.ContainsKey(End)) throw new InvalidDataException($"'{vocabularyJson}' has no '{Start}' or no '{End}': it is no vocabulary of CLIP's.");
        if (!vocabulary.Values.Order().SequenceEqual(Enumerable.Range(0, vocabulary.Count))) faults.Add($"the numbers are not 0 to {vocabulary.Count - 1}, each once");
        foreach (string missing in CharOf.SelectMany(c => new[] { $"{c}", c + WordEnd }).Where(token => !vocabulary.ContainsKey(token)).Take(3)) faults.Add($"'{missing}' is missing");
        var tokenizer = new ClipTokenizer(vocabulary);
        int line = 0;
        foreach (string merge in Text(mergesText).Split('\n'))
        {
            line++;
            if (merge.StartsWith("#version", StringComparison.Ordinal) || merge.Trim().Length == 0) continue;
            string[] pair = merge.Trim().Split(' ');
            if (pair.Length != 2 || !vocabulary.ContainsKey(pair[0] + pair[1])) faults.Add($"line {line} of the merges, '{merge.Trim()}', makes no token");
            else tokenizer.ranks.TryAdd((pair[0], pair[1]), tokenizer.ranks.Count);
        }

        return faults.Count == 0
            ? tokenizer
            : throw new InvalidDataException($"'{vocabularyJson}' and '{mergesText}' are no vocabulary: {string.Join("; ", faults.Take(10))}{(faults.Count > 10 ? $" ({faults.Count} faults)" : "")}.");
    }

    /// <summary>Tokens of a text, start and end included.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="length">Most tokens; a longer text is cut, and still ends with the end token. CLIP has room for 77.</param>
    public int[] Encode(string text, int length = 77)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        List<int> ids = [StartToken];
        foreach (string word in Words(text.ToLowerInvariant()))
        {
            if (word is Start or End) ids.Add(vocabulary[word]);
            else ids.AddRange(Merge(word).Select(token => vocabulary[token]));
        }

        if (ids.Count > length - 1) ids.RemoveRange(length - 1, ids.Count - length + 1);
        ids.Add(EndToken);
        return [.. ids];
    }

    // <|startoftext|>|<|endoftext|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
    private static IEnumerable<string> Words(string text)
    {
        for (int at = 0, end; at < text.Length; at = end)
        {
            end = at + 1;
            if (char.IsWhiteSpace(text[at])) continue;
            string? whole = Contractions.Prepend(End).Prepend(Start).FirstOrDefault(word => string.CompareOrdinal(text, at, word, 0, word.Length) == 0);
            if (whole is not null) end = at + whole.Length;
            else end = EndOf(text, at);
            yield return text[at..end];
        }
    }

    private static int EndOf(string text, int at)
    {
        (int kind, int length) = KindAt(text, at);
        int end = at + length;
        // Digits stand alone, letters and everything else in runs.
        while (kind != 1 && end < text.Length && !char.IsWhiteSpace(text[end]) && KindAt(text, end) is var next && next.Kind == kind) end += next.Length;
        return end;
    }

    // 0 letters, 1 numbers, 2 everything else; and how many chars the code point takes.
    private static (int Kind, int Length) KindAt(string text, int at)
    {
        int length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
        int kind = CharUnicodeInfo.GetUnicodeCategory(text, at) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => 0,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => 1,
            _ => 2,
        };
        return (kind, length);
    }

    // The earliest learned merge first, everywhere it applies, until none does.
    private List<string> Merge(string word)
    {
        List<string> parts = [.. Encoding.UTF8.GetBytes(word).Select(b => CharOf[b].ToString())];
        parts[^1] += WordEnd;
        while (parts.Count > 1)
        {
            int best = Enumerable.Range(0, parts.Count - 1).MinBy(i => ranks.GetValueOrDefault((parts[i], parts[i + 1]), int.MaxValue));
            (string left, string right) = (parts[best], parts[best + 1]);
            if (!ranks.ContainsKey((left, right))) break;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                if (parts[i] != left || parts[i + 1] != right) continue;
                parts[i] = left + right;
                parts.RemoveAt(i + 1);
            }
        }

        return parts;
    }

    private static string Text(string path)
    {
        if (new FileInfo(path).Length is var length && length > LargestFile) throw new InvalidDataException($"'{path}' has {length} bytes; a tokenizer's file takes at most {LargestFile}. It is no tokenizer, or damaged.");
        return File.ReadAllText(path, Encoding.UTF8);
    }

    // A byte is itself where Latin-1 prints it, else a character from U+0100 on.
    private static char[] MakeChars()
    {
        char[] chars = new char[256];
        int next = 256;
        for (int b = 0; b < 256; b++) chars[b] = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF ? (char)b : (char)next++;
        return chars;
    }
}
