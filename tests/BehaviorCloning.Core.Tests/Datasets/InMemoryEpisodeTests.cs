using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class InMemoryEpisodeTests
{
    private static readonly ObservationSpec Specs = new(new FeatureSpec("position", 2), new FeatureSpec("camera", FeatureElement.UInt8, 1, 1, 3));

    [Fact]
    public void Every_fault_is_reported_at_once()
    {
        FluentActions.Invoking(() => new InMemoryEpisode(
            Specs, new ActionSpec("arm", 1), new Dictionary<string, ReadOnlyMemory<float>> { ["position"] = new float[] { 1, 2, 3 } }, new[] { 1, float.NaN },
            new Dictionary<string, ReadOnlyMemory<byte>> { ["camera"] = new byte[5] },
            new Dictionary<string, ReadOnlyMemory<float>> { ["reward"] = new float[3] }))
            .Should().Throw<ArgumentException>()
            .WithMessage("*2 steps*The actions: step 1, dimension 0 is NaN; 'position' has 3 values, expected 2 rows of 2; 'camera' has 5 bytes, expected 2 frames of 3; annotation 'reward' has 3 values*");
    }

    [Fact]
    public void Missing_features_are_named_with_what_there_is() =>
        FluentActions.Invoking(() => new InMemoryEpisode(Specs, new ActionSpec("arm", 1), new Dictionary<string, ReadOnlyMemory<float>> { ["pose"] = new float[2] }, new float[1]))
            .Should().Throw<ArgumentException>().WithMessage("*'position' is missing (found: pose)*'camera' is missing*");

    [Fact]
    public void No_action_is_no_episode() =>
        FluentActions.Invoking(() => new InMemoryEpisode(new ObservationSpec(), new ActionSpec("arm", 2), new Dictionary<string, ReadOnlyMemory<float>>(), new float[3]))
            .Should().Throw<ArgumentException>().WithMessage("*whole number of 2-dimensional actions; got 3*");

    [Fact]
    public void Asking_for_what_is_not_there_lists_what_is()
    {
        Episode episode = Episodes.Numbered(1, 2).ReadEpisode(0);
        episode.Invoking(e => e.Feature("pose")).Should().Throw<KeyNotFoundException>().WithMessage("*'pose'. It has: position*");
        episode.Invoking(e => e.ReadFrames("camera", 0, 1, new byte[3])).Should().Throw<KeyNotFoundException>().WithMessage("*'camera'*");
        episode.Annotation("reward").Should().BeNull();
    }
}
