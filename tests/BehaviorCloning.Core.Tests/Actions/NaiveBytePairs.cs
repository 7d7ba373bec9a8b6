using System.Text;
using System.Text.RegularExpressions;
using BehaviorCloning.Actions;

namespace BehaviorCloning.Core.Tests.Actions;

/// <summary>Byte-pair encoding in its plainest form: everything is counted and searched anew at every merge.</summary>
internal static class NaiveBytePairs
{
    private static readonly Regex Words = new(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.None, TimeSpan.FromSeconds(5));

    public static (List<string> Tokens, List<(int, int)> Merges) Train(IEnumerable<string> texts, IEnumerable<char> initial, int size, int minimumCount)
    {
        List<List<string>> words = [.. texts.SelectMany(text => Words.Matches(text)).Select(word => Spell(word.Value))];
        List<string> tokens = [.. words.SelectMany(word => word).Concat(initial.Select(c => c.ToString())).Distinct().OrderBy(token => token[0])];
        List<(int, int)> merges = [];
        while (tokens.Count < size)
        {
            var best = words.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => (tokens.IndexOf(pair.First), tokens.IndexOf(pair.Second)))
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key).FirstOrDefault();
            if (best is null || best.Count() < minimumCount) break;
            (int left, int right) = best.Key;
            tokens.Add(tokens[left] + tokens[right]);
            merges.Add(best.Key);
            foreach (List<string> word in words) Join(word, tokens[left], tokens[right]);
        }

        return (tokens, merges);
    }

    public static int[] Encode(BytePairVocabulary vocabulary, string text)
    {
        List<string> tokens = [.. vocabulary.Tokens];
        List<int> ids = [];
        foreach (Match match in Words.Matches(text))
        {
            List<string> word = [.. Spell(match.Value).Where(tokens.Contains)];
            while (true)
            {
                int rank = Enumerable.Range(0, vocabulary.Merges.Count).Cast<int?>()
                    .FirstOrDefault(r => word.Zip(word.Skip(1)).Contains((tokens[vocabulary.Merges[r!.Value].Left], tokens[vocabulary.Merges[r.Value].Right]))) ?? -1;
                if (rank < 0) break;
                // Only the leftmost: the next search finds the others.
                Join(word, tokens[vocabulary.Merges[rank].Left], tokens[vocabulary.Merges[rank].Right], once: true);
            }

            ids.AddRange(word.Select(token => tokens.IndexOf(token)));
        }

        return [.. ids];
    }

    private static List<string> Spell(string word) => [.. Encoding.UTF8.GetBytes(word).Select(b => ByteLevelText.ToChar(b).ToString())];

    private static void Join(List<string> word, string left, string right, bool once = false)
    {
        for (int i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] != left || word[i + 1] != right) continue;
            word[i] = left + right;
            word.RemoveAt(i + 1);
            if (once) return;
        }
    }
}
