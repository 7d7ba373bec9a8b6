using BehaviorCloning.Datasets;
using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

public sealed class FeaturizedEpisodesTests
{
    private static readonly ObservationSpec Raw = new(new FeatureSpec("hand", 1), new FeatureSpec("goal", 1));

    [Fact]
    public void Made_features_are_made_once_and_raw_ones_pass_through()
    {
        FeaturizedEpisodes episodes = Featurized();
        Episode episode = episodes.ReadEpisode(0);
        episode.Feature("goal_minus_hand").ToArray().Should().Equal(9, 8, 7);
        episode.Should().BeSameAs(episodes.ReadEpisode(0));
        episodes.Observations.Select(spec => spec.Name).Should().Equal("goal_minus_hand");
        episodes.EpisodeLength(0).Should().Be(3);
        episodes.ControlRateHz.Should().Be(5);
    }

    [Fact]
    public void Raw_features_remain_there_as_action_references()
    {
        Episode episode = Featurized().ReadEpisode(0);
        episode.Feature("hand").ToArray().Should().Equal(1, 2, 3);
        episode.Annotation("reward")!.Value.ToArray().Should().Equal(0, 0, 1);
        episode.Actions.ToArray().Should().Equal(2, 3, 4);
        episode.Invoking(e => e.Feature("wrist")).Should().Throw<KeyNotFoundException>().WithMessage("*made features goal_minus_hand and raw features hand, goal*");
    }

    [Fact]
    public void Many_threads_see_one_and_the_same_episode()
    {
        FeaturizedEpisodes episodes = Featurized();
        Episode[] seen = new Episode[64];
        Parallel.For(0, seen.Length, i => seen[i] = episodes.ReadEpisode(0));
        seen.Should().AllSatisfy(episode => episode.Should().BeSameAs(seen[0]));
    }

    [Fact]
    public void A_map_made_for_other_observations_is_refused() =>
        FluentActions.Invoking(() => new FeaturizedEpisodes(Source(), new FeatureMap(new ObservationSpec(new FeatureSpec("hand", 1)), [])))
            .Should().Throw<ArgumentException>().WithMessage("*reads hand [1], but the dataset has hand [1], goal [1]*");

    private static FeaturizedEpisodes Featurized() => new(Source(), new FeatureMap(Raw, [new FeatureDifference { Feature = "goal", Reference = "hand" }]));

    private static InMemoryEpisodes Source()
    {
        InMemoryEpisode episode = new(
            Raw,
            new ActionSpec("arm", 1),
            new Dictionary<string, ReadOnlyMemory<float>> { ["hand"] = new float[] { 1, 2, 3 }, ["goal"] = new float[] { 10, 10, 10 } },
            new float[] { 2, 3, 4 },
            annotations: new Dictionary<string, ReadOnlyMemory<float>> { ["reward"] = new float[] { 0, 0, 1 } });
        return new InMemoryEpisodes(Raw, new ActionSpec("arm", 1), [episode], 5);
    }
}
