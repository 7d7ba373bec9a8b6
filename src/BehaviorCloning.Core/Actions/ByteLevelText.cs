using System.Globalization;

namespace BehaviorCloning.Actions;

/// <summary>
/// How byte-level BPE sees text: cut into words as GPT-2 does, and each byte of a word's UTF-8 written as one printable character.
/// </summary>
internal static class ByteLevelText
{
    private static readonly char[] CharOf = MakeChars();
    private static readonly Dictionary<char, byte> ByteOf = CharOf.Select((c, b) => (c, b)).ToDictionary(pair => pair.c, pair => (byte)pair.b);
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Letter,
        Number,
        Space,
        Other,
    }

    /// <summary>The character that stands for a byte: itself where Latin-1 prints it, else one from U+0100 on.</summary>
    public static char ToChar(byte value) => CharOf[value];

    /// <summary>Whether every character of a token stands for a byte.</summary>
    public static bool IsSpelling(string token) => token.All(ByteOf.ContainsKey);

    /// <summary>
    /// The bytes that a token stands for. A token with a character that stands for no byte is its own UTF-8: so the reference decodes the
    /// plain characters of a trainer's initial alphabet.
    /// </summary>
    public static byte[] ToBytes(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (!ByteOf.TryGetValue(token[i], out bytes[i])) return System.Text.Encoding.UTF8.GetBytes(token);
        }

        return bytes;
    }

    /// <summary>
    /// The end of the word that starts at an index, as GPT-2's pattern cuts:
    /// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
    /// </summary>
    public static int WordEnd(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'')
        {
            foreach (string contraction in Contractions)
            {
                if (text[start..].StartsWith(contraction, StringComparison.Ordinal)) return start + contraction.Length;
            }
        }

        int first = text[start] == ' ' && start + 1 < text.Length && KindOf(text[start + 1]) != Kind.Space ? start + 1 : start;
        Kind kind = KindOf(text[first]);
        int end = first + 1;
        while (end < text.Length && KindOf(text[end]) == kind) end++;
        // Spaces before a word leave their last one to it.
        return kind == Kind.Space && end < text.Length && end - start > 1 ? end - 1 : end;
    }

    private static Kind KindOf(char c) => c switch
    {
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' => Kind.Letter,
        _ when char.IsWhiteSpace(c) => Kind.Space,
        _ when char.IsLetter(c) => Kind.Letter,
        _ when CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => Kind.Other,
    };

    private static char[] MakeChars()
    {
        char[] chars = new char[256];
        int next = 256;
        for (int b = 0; b < 256; b++) chars[b] = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF ? (char)b : (char)next++;
        return chars;
    }
}
