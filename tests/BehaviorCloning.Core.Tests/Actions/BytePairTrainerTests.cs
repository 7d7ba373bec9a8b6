using BehaviorCloning.Actions;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class BytePairTrainerTests
{
    [Fact]
    public void Counting_as_one_goes_learns_what_counting_anew_learns()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            string[] texts = Texts(seed);
            (List<string> tokens, List<(int, int)> merges) = NaiveBytePairs.Train(texts, "abc", size: 60 + (10 * seed), minimumCount: 2);
            BytePairVocabulary vocabulary = Train(texts, 60 + (10 * seed));
            vocabulary.Tokens.Should().Equal(tokens);
            vocabulary.Merges.Should().Equal(merges);
            merges.Count.Should().BeGreaterThan(5, "otherwise nothing is compared");
        }
    }

    [Fact]
    public void The_order_of_the_texts_does_not_matter()
    {
        string[] texts = Texts(3);
        BytePairVocabulary forward = Train(texts, 90), backward = Train([.. texts.Reverse()], 90);
        backward.Tokens.Should().Equal(forward.Tokens);
        backward.Merges.Should().Equal(forward.Merges);
    }

    [Fact]
    public void Among_equally_frequent_pairs_the_smaller_ids_come_first()
    {
        BytePairVocabulary vocabulary = Train(["dc!ba"], 8, minimumCount: 1);
        // Alphabet ! a b c d; (b, a) and (d, c) occur once each.
        vocabulary.Tokens.Should().Equal("!", "a", "b", "c", "d", "ba", "dc");
    }

    [Fact]
    public void A_run_of_one_character_is_merged_from_the_left()
    {
        BytePairVocabulary vocabulary = Train(["aaaaa", "aaaaa"], 6);
        // The alphabet a b c, then aa; of aa aa a the pairs (aa, a) and (aa, aa) are equally frequent, and a is the smaller id.
        vocabulary.Tokens.Should().Equal("a", "b", "c", "aa", "aaa", "aaaaa");
        int[] ids = new int[30];
        vocabulary.Encode("aaaaaaa", ids).Should().Be(2);
        ids[..2].Should().Equal(3, 5);
    }

    [Fact]
    public void An_alphabet_larger_than_the_vocabulary_is_refused()
    {
        Action train = () => Train(["abcdefgh"], 5);
        train.Should().Throw<ArgumentException>().WithMessage("*alphabet of 8*vocabulary's 5*");
    }

    private static BytePairVocabulary Train(string[] texts, int size, int minimumCount = 2)
    {
        var trainer = new BytePairTrainer("abc");
        foreach (string text in texts) trainer.Add(text);
        return trainer.Train(size, minimumCount);
    }

    // Mostly one character, as coefficients are mostly zero; some of two bytes, and some that cut words.
    internal static string[] Texts(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 25).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(3) > 0 ? 'a' : random.Next(4) == 0 ? (char)random.Next(140, 150) : "abcd5 '"[random.Next(7)])]))];
    }
}
