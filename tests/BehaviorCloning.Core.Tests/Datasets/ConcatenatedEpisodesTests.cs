using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class ConcatenatedEpisodesTests
{
    [Fact]
    public void Episodes_follow_one_another()
    {
        InMemoryEpisodes first = Episodes.Numbered(2, 3), empty = Episodes.Numbered(0, 1), last = Episodes.Numbered(3, 5, controlRateHz: null);
        ConcatenatedEpisodes all = new(first, empty, last);
        all.EpisodeCount.Should().Be(5);
        all.ControlRateHz.Should().Be(10);
        Enumerable.Range(0, 5).Select(all.EpisodeLength).Should().Equal(3, 3, 5, 5, 5);
        all.ReadEpisode(1).Should().BeSameAs(first.ReadEpisode(1));
        all.ReadEpisode(2).Should().BeSameAs(last.ReadEpisode(0));
        all.Invoking(a => a.ReadEpisode(5)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Every_difference_is_reported_at_once()
    {
        InMemoryEpisodes other = new(new ObservationSpec(new FeatureSpec("joints", 7)), new ActionSpec("arm", 2), controlRateHz: 30);
        FluentActions.Invoking(() => new ConcatenatedEpisodes(Episodes.Numbered(1, 2), other)).Should().Throw<ArgumentException>()
            .WithMessage("*Dataset 1 observes joints [7]; dataset 0 observes position [2].*other actions ('arm', 2 values)*recorded at 30 Hz, others at 10 Hz*");
        FluentActions.Invoking(() => new ConcatenatedEpisodes()).Should().Throw<ArgumentException>().WithMessage("*no dataset*");
    }
}
