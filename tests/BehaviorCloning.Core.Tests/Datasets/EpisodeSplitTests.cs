using BehaviorCloning.Datasets;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class EpisodeSplitTests
{
    [Property]
    public void Every_episode_is_on_exactly_one_side(int seed)
    {
        Random random = new(seed);
        int count = 2 + random.Next(300);
        double share = 0.001 + (0.998 * random.NextDouble());
        EpisodeSplit split = EpisodeSplit.Draw(count, share, seed);
        split.Training.Concat(split.Validation).Order().Should().Equal(Enumerable.Range(0, count));
        split.Validation.Count.Should().Be(Math.Clamp((int)Math.Round(count * share), 1, count - 1));
        split.Training.Should().BeInAscendingOrder();
    }

    [Fact]
    public void The_same_seed_gives_the_same_split_and_another_gives_another()
    {
        EpisodeSplit.Draw(206, 0.1, 42).Validation.Should().Equal(EpisodeSplit.Draw(206, 0.1, 42).Validation);
        EpisodeSplit.Draw(206, 0.1, 42).Validation.Should().NotEqual(EpisodeSplit.Draw(206, 0.1, 43).Validation);

        // Written down once: a split must not change with a new version, or validation sees what was trained on.
        EpisodeSplit.Draw(10, 0.2, 0).Validation.Should().Equal(FirstDraw);
    }

    [Fact]
    public void A_dataset_is_split_into_two()
    {
        InMemoryEpisodes all = Episodes.Numbered(5, 3);
        (EpisodeSubset training, EpisodeSubset validation) = EpisodeSplit.Draw(all, 0.4, 1);
        training.EpisodeCount.Should().Be(3);
        validation.EpisodeCount.Should().Be(2);
        validation.ReadEpisode(1).Should().BeSameAs(all.ReadEpisode(validation.Episodes[1]));
    }

    [Theory]
    [InlineData(1, 0.5, "*at least 2 episodes*got 1*")]
    [InlineData(5, 0, "*between 0 and 1*got 0*")]
    [InlineData(5, 1, "*between 0 and 1*got 1*")]
    [InlineData(5, double.NaN, "*between 0 and 1*")]
    public void Splits_that_leave_nothing_are_refused(int count, double share, string message) =>
        FluentActions.Invoking(() => EpisodeSplit.Draw(count, share, 0)).Should().Throw<ArgumentException>().WithMessage(message);

    private static readonly int[] FirstDraw = [4, 9];
}
