using System.Globalization;
using System.Text;

namespace BehaviorCloning.Actions;

/// <summary>
/// Where the tokens of actions (bins, or <see cref="FastTokenizer"/>'s) lie in the vocabulary of a vision-language model, and how they are
/// written in a text.
/// </summary>
/// <remarks>
/// <code>
/// vocabulary of V ids               token 0      token t        last of n
/// LastIds (RT-2, OpenVLA)           V - 1        V - 1 - t      V - n
/// LastIds, 128 skipped (pi0-FAST)   V - 129      V - 129 - t    V - 128 - n
/// Appended                          V            V + t          V + n - 1
/// </code>
/// As text each token is one word <c>&lt;action_7&gt;</c>, words follow each other without separators.
/// </remarks>
public sealed record ActionTokenIds
{
    private const string Opening = "<action_";
    private readonly int first;
    private readonly int direction;

    private ActionTokenIds(int first, int direction, int count)
    {
        this.first = first;
        this.direction = direction;
        Count = count;
    }

    /// <summary>How many action tokens there are.</summary>
    public int Count { get; }

    /// <summary>The last ids of a vocabulary, which a model's training used least, in falling order.</summary>
    /// <param name="vocabularySize">V: ids of the model.</param>
    /// <param name="count">Action tokens. Default 256.</param>
    /// <param name="skip">Ids at the vocabulary's end that stay as they are; pi0-FAST skips the 128 special ones of PaliGemma.</param>
    public static ActionTokenIds LastIds(int vocabularySize, int count = 256, int skip = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        if ((long)count + skip > vocabularySize) throw new ArgumentException($"A vocabulary of {vocabularySize} ids has no room for {count} action tokens before its last {skip}. Append them instead, or take fewer bins.", nameof(count));
        return new ActionTokenIds(vocabularySize - 1 - skip, -1, count);
    }

    /// <summary>New ids behind a vocabulary, in rising order.</summary>
    /// <param name="vocabularySize">V: ids of the model.</param>
    /// <param name="count">Action tokens. Default 256.</param>
    public static ActionTokenIds Appended(int vocabularySize, int count = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(vocabularySize);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _ = checked(vocabularySize + count);
        return new ActionTokenIds(vocabularySize, 1, count);
    }

    /// <summary>The model's id of an action token.</summary>
    public int IdOf(int token) => (uint)token < (uint)Count ? first + (direction * token) : throw new ArgumentOutOfRangeException(nameof(token), token, $"There are action tokens 0 .. {Count - 1}.");

    /// <summary>The action token of a model's id.</summary>
    /// <exception cref="FormatException">The id is none of an action token.</exception>
    public int TokenOf(int id) => IsAction(id)
        ? direction * (id - first)
        : throw new FormatException($"Id {id} is no action token: those are {Math.Min(IdOf(0), IdOf(Count - 1))} .. {Math.Max(IdOf(0), IdOf(Count - 1))}. The model has not answered with an action.");

    /// <summary>Whether a model's id is an action token.</summary>
    public bool IsAction(int id) => (long)direction * ((long)id - first) is var token && token >= 0 && token < Count;

    /// <summary>Writes action tokens as text.</summary>
    public string Write(ReadOnlySpan<int> tokens)
    {
        var text = new StringBuilder();
        foreach (int token in tokens)
        {
            _ = IdOf(token);
            text.Append(CultureInfo.InvariantCulture, $"{Opening}{token}>");
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; white space between words is no matter.</summary>
    /// <exception cref="FormatException">Something else stands there; the message says where.</exception>
    public int[] Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> tokens = [];
        for (int position = 0; position < text.Length;)
        {
            if (char.IsWhiteSpace(text[position]))
            {
                position++;
                continue;
            }

            int end = text.IndexOf('>', position);
            if (end < 0 || !text.AsSpan(position).StartsWith(Opening, StringComparison.Ordinal)
                || !int.TryParse(text.AsSpan(position + Opening.Length, Math.Max(end - position - Opening.Length, 0)), NumberStyles.None, CultureInfo.InvariantCulture, out int token) || token >= Count)
                throw new FormatException($"'{text.Substring(position, Math.Min(24, text.Length - position))}' at character {position} is no action token: {Opening}0> .. {Opening}{Count - 1}> were expected.");
            tokens.Add(token);
            position = end + 1;
        }

        return [.. tokens];
    }
}
