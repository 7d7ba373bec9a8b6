using BehaviorCloning.Actions;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class ActionTokenIdsTests
{
    [Fact]
    public void The_last_ids_fall_and_appended_ids_rise()
    {
        // OpenVLA on Llama: 32,000 ids; its code 1 .. 256 is our token 0 .. 255.
        ActionTokenIds last = ActionTokenIds.LastIds(32_000), appended = ActionTokenIds.Appended(32_000), fast = ActionTokenIds.LastIds(257_152, 2048, skip: 128);
        (last.IdOf(0), last.IdOf(255)).Should().Be((31_999, 31_744));
        (appended.IdOf(0), appended.IdOf(255)).Should().Be((32_000, 32_255));
        (fast.IdOf(0), fast.IdOf(7)).Should().Be((257_023, 257_016));
    }

    [Property(MaxTest = 100)]
    public bool Chunks_survive_ids_and_text_without_losing_a_bin(int seed)
    {
        var random = new Random(seed);
        var bins = new UniformBins([-1, -2, 5], [1, 3, 5]);
        int[] tokens = bins.Encode([.. Enumerable.Range(0, 12).Select(_ => (float)((8 * random.NextDouble()) - 4))]);
        return new[] { ActionTokenIds.LastIds(32_000), ActionTokenIds.Appended(10), ActionTokenIds.LastIds(1000, skip: 128) }.All(ids =>
            tokens.Select(ids.IdOf).Select(ids.TokenOf).SequenceEqual(tokens)
            && ids.Read(ids.Write(tokens)).SequenceEqual(tokens)
            && bins.Encode(bins.Decode(ids.Read(ids.Write(tokens)))).SequenceEqual(tokens));
    }

    [Fact]
    public void Text_is_one_word_a_token()
    {
        ActionTokenIds ids = ActionTokenIds.LastIds(32_000);
        ids.Write([128, 0, 255]).Should().Be("<action_128><action_0><action_255>");
        ids.Read(" <action_128> <action_0>\n").Should().Equal(128, 0);
        ids.Read("").Should().BeEmpty();
    }

    [Theory]
    [InlineData("<action_256>")]
    [InlineData("<action_-1>")]
    [InlineData("<action_>")]
    [InlineData("<action_1")]
    [InlineData("the arm")]
    [InlineData("<action_1> and")]
    public void Text_that_is_no_action_is_refused(string text)
    {
        Action read = () => ActionTokenIds.LastIds(32_000).Read(text);
        read.Should().Throw<FormatException>().WithMessage("*is no action token*<action_255>*");
    }

    [Fact]
    public void Ids_that_are_no_action_are_refused()
    {
        ActionTokenIds ids = ActionTokenIds.LastIds(32_000);
        Action word = () => ids.TokenOf(31_743), special = () => ids.TokenOf(int.MinValue);
        Action small = () => ActionTokenIds.LastIds(300, 256, skip: 128);
        word.Should().Throw<FormatException>().WithMessage("*31743*31744 .. 31999*");
        special.Should().Throw<FormatException>();
        small.Should().Throw<ArgumentException>().WithMessage("*300*256*128*");
    }
}
