using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class EpisodeSubsetTests
{
    [Fact]
    public void Chosen_episodes_come_in_the_chosen_order()
    {
        InMemoryEpisodes all = Episodes.Numbered(4, 3);
        EpisodeSubset subset = new(all, [3, 0, 3]);
        subset.EpisodeCount.Should().Be(3);
        subset.EpisodeLength(0).Should().Be(3);
        subset.ReadEpisode(0).Actions.Span[0].Should().Be(300);
        subset.ReadEpisode(1).Actions.Span[0].Should().Be(0);
        subset.ControlRateHz.Should().Be(10);
        subset.Observations.Should().BeSameAs(all.Observations);
    }

    [Fact]
    public void Episodes_that_are_not_there_are_named() =>
        FluentActions.Invoking(() => new EpisodeSubset(Episodes.Numbered(4, 3), [0, 4, -1])).Should().Throw<ArgumentException>().WithMessage("Episodes 4, -1 are not in the dataset, which has 4 (0 to 3)*");
}
