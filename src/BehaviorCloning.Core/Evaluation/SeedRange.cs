using System.Collections;
using System.Globalization;

namespace BehaviorCloning.Evaluation;

/// <summary>Consecutive seeds, written <c>100000:50</c>: the first seed and how many.</summary>
/// <param name="Start">The first seed.</param>
/// <param name="Count">How many seeds, at least 1.</param>
public readonly record struct SeedRange(long Start, int Count) : IReadOnlyList<long>
{
    /// <inheritdoc/>
    public long this[int index] => index >= 0 && index < Count ? Start + index : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Reads <c>100000:50</c>, or <c>7</c> for that one seed.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static SeedRange Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length is 1 or 2
            && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long start)
            && int.TryParse(parts.Length == 2 ? parts[1] : "1", NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count >= 1 && start <= long.MaxValue - count)
        {
            return new(start, count);
        }

        throw new FormatException($"'{text}' is not a range of seeds. Write the first seed and how many: 100000:50.");
    }

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return Start + i;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As it is parsed: <c>100000:50</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Start}:{Count}");
}
