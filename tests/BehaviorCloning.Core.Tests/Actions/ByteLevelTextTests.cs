using System.Text.RegularExpressions;
using BehaviorCloning.Actions;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed partial class ByteLevelTextTests
{
    [Fact]
    public void Words_are_cut_where_GPT2s_pattern_cuts_them()
    {
        // Coefficients are code points from 0 on: all that occurs in practice, and what the pattern treats specially more often.
        var random = new Random(4);
        const string Special = "  '' sdlrevemt\t\n\u00A0\u0085\u001F";
        for (int trial = 0; trial < 3000; trial++)
        {
            char[] text = new char[random.Next(1, 30)];
            for (int i = 0; i < text.Length; i++) text[i] = random.Next(2) == 0 ? Special[random.Next(Special.Length)] : (char)random.Next(500);
            Words(new string(text)).Should().Equal(Gpt2().Matches(new string(text)).Select(match => match.Value));
        }
    }

    [Fact]
    public void Printable_bytes_stand_for_themselves_and_the_others_from_256_on()
    {
        ByteLevelText.ToChar((byte)'A').Should().Be('A');
        ByteLevelText.ToChar(0).Should().Be('\u0100');
        ByteLevelText.ToChar(0x8E).Should().Be('\u0130');
        Enumerable.Range(0, 256).Select(b => ByteLevelText.ToChar((byte)b)).Should().OnlyHaveUniqueItems();
        ByteLevelText.ToBytes("\u00C2\u0130").Should().Equal(0xC2, 0x8E);
        // A character that stands for no byte is its own.
        ByteLevelText.ToBytes("\u0005").Should().Equal(5);
    }

    private static IEnumerable<string> Words(string text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = ByteLevelText.WordEnd(text, start);
            yield return text[start..end];
        }
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Gpt2();
}
