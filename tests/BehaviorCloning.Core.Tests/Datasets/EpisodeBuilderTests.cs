using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class EpisodeBuilderTests
{
    private static readonly ObservationSpec Annotations = new(new FeatureSpec("reward", 1));

    [Fact]
    public void Steps_become_columns()
    {
        EpisodeBuilder builder = new(Episodes.Observations, Episodes.Actions, Annotations);
        builder.Append(At(1, 2), [10], Reward(0));
        builder.Append(At(3, 4), [20], Reward(1));
        InMemoryEpisode episode = builder.Build();
        builder.Clear();
        episode.Feature("position").ToArray().Should().Equal(1, 2, 3, 4);
        episode.Actions.ToArray().Should().Equal(10, 20);
        episode.Annotation("reward")!.Value.ToArray().Should().Equal(0, 1);
        builder.Length.Should().Be(0);
        builder.Invoking(b => b.Build()).Should().Throw<InvalidOperationException>().WithMessage("*no step*");
    }

    [Fact]
    public void A_bad_step_throws_and_leaves_the_episode_as_it_was()
    {
        EpisodeBuilder builder = new(Episodes.Observations, Episodes.Actions, Annotations);
        builder.Append(At(1, 2), [10], Reward(0));
        builder.Invoking(b => b.Append(At(float.NaN, 2), [10], Reward(0))).Should().Throw<ArgumentException>().WithMessage("*'position' is NaN at index 0*");
        builder.Invoking(b => b.Append(At(1, 2), [10, 20], Reward(0))).Should().Throw<ArgumentException>().WithMessage("*action has 2 values, but action 'arm' has 1*");
        builder.Invoking(b => b.Append(At(1, 2), [float.PositiveInfinity], Reward(0))).Should().Throw<ArgumentException>().WithMessage("*Dimension 0 of the action of step 1*");
        builder.Invoking(b => b.Append(At(1, 2), [10])).Should().Throw<ArgumentException>().WithMessage("*annotations of step 1*'reward' is missing*");
        builder.Invoking(b => b.Append(At(1, 2), [10], Reward(float.NaN))).Should().Throw<ArgumentException>().WithMessage("*'reward' is NaN*");
        builder.Invoking(b => b.Append(At(1, 2), [10], new Dictionary<string, ReadOnlyMemory<float>> { ["reward"] = new float[2], ["actor"] = new float[1] }))
            .Should().Throw<ArgumentException>().WithMessage("*'reward' has 2 values, expected 1; 'actor' was not declared*");
        builder.Length.Should().Be(1);
        builder.Build().Feature("position").Length.Should().Be(2);
    }

    [Fact]
    public void Annotations_are_floats() =>
        FluentActions.Invoking(() => new EpisodeBuilder(Episodes.Observations, Episodes.Actions, new ObservationSpec(new FeatureSpec("mask", FeatureElement.UInt8, 2))))
            .Should().Throw<ArgumentException>().WithMessage("*Annotations are floats*");

    private static Observation At(float x, float y) => new() { ["position"] = new[] { x, y } };

    private static Dictionary<string, ReadOnlyMemory<float>> Reward(float reward) => new() { ["reward"] = new[] { reward } };
}
