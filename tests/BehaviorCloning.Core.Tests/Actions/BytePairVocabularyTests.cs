using BehaviorCloning.Actions;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class BytePairVocabularyTests
{
    [Fact]
    public void The_queue_finds_the_merges_that_searching_every_time_finds()
    {
        for (int seed = 0; seed < 8; seed++)
        {
            var trainer = new BytePairTrainer("abc");
            foreach (string text in BytePairTrainerTests.Texts(seed)) trainer.Add(text);
            BytePairVocabulary vocabulary = trainer.Train(80, 2);
            foreach (string text in BytePairTrainerTests.Texts(seed + 100))
            {
                int[] ids = new int[3 * text.Length];
                ids[..vocabulary.Encode(text, ids)].Should().Equal(NaiveBytePairs.Encode(vocabulary, text));
            }
        }
    }

    [Fact]
    public void A_byte_without_a_token_is_dropped_and_its_character_known_not_to_be_spelled()
    {
        var vocabulary = new BytePairVocabulary(["a", "\u00C2", "\u0130"], []);
        int[] ids = new int[9];
        ids[..vocabulary.Encode("ab\u008E", ids)].Should().Equal(0, 1, 2);
        (vocabulary.CanSpell('a'), vocabulary.CanSpell('b'), vocabulary.CanSpell('\u008E'), vocabulary.CanSpell('\u008F'), vocabulary.CanSpell('\u0900')).Should().Be((true, false, true, false, false));
    }

    [Fact]
    public void Characters_of_three_bytes_are_spelled_too()
    {
        string[] bytes = [.. "\u0900"u8.ToArray().Select(b => ByteLevelText.ToChar(b).ToString())];
        var vocabulary = new BytePairVocabulary([.. bytes.Distinct()], []);
        int[] ids = new int[3];
        vocabulary.CanSpell('\u0900').Should().BeTrue();
        ids[..vocabulary.Encode("\u0900", ids)].Select(id => vocabulary.Tokens[id]).Should().Equal(bytes);
    }

    [Fact]
    public void Every_fault_of_a_vocabulary_is_listed()
    {
        Action make = () => _ = new BytePairVocabulary(["a", "b", "a", ""], [(0, 1), (0, 9)]);
        make.Should().Throw<ArgumentException>().WithMessage("*0 and 2 are the same*3 is empty*Merge 0*no token*Merge 1*9*");
    }
}
