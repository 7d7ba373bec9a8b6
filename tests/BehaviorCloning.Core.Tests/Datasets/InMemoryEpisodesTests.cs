using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class InMemoryEpisodesTests
{
    [Fact]
    public void Episodes_can_be_added_while_others_read()
    {
        InMemoryEpisodes episodes = Episodes.Numbered(1, 3);
        Episode extra = Episodes.Numbered(1, 3).ReadEpisode(0);
        Parallel.For(0, 200, i =>
        {
            if (i % 2 == 0) episodes.Add(extra);
            else episodes.ReadEpisode(episodes.EpisodeCount - 1).Length.Should().Be(3);
        });
        episodes.EpisodeCount.Should().Be(101);
    }

    [Fact]
    public void Episodes_of_another_shape_are_refused()
    {
        InMemoryEpisodes episodes = new(Episodes.Observations, new ActionSpec("arm", 2));
        episodes.Invoking(e => e.Add(Episodes.Numbered(1, 3).ReadEpisode(0))).Should().Throw<ArgumentException>().WithMessage("*3 action values in 3 steps*'arm') have 2 a step*");
        InMemoryEpisodes wide = new(new ObservationSpec(new FeatureSpec("position", 3)), Episodes.Actions);
        wide.Invoking(e => e.Add(Episodes.Numbered(1, 3).ReadEpisode(0))).Should().Throw<ArgumentException>().WithMessage("*'position' has 6 values in 3 steps*has 3 a step*");
    }
}
