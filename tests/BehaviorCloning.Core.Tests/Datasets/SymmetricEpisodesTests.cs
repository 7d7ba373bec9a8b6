using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class SymmetricEpisodesTests
{
    private static readonly PlanarMirror FlipY = new()
    {
        Features = new Dictionary<string, PlanarQuantity> { ["position"] = PlanarQuantity.Point },
        Actions = PlanarQuantity.Unchanged,
    };

    [Fact]
    public void Every_episode_comes_twice_and_the_original_is_untouched()
    {
        InMemoryEpisodes source = Episodes.Numbered(3, 4);
        SymmetricEpisodes both = new(source, FlipY);
        both.EpisodeCount.Should().Be(6);
        both.EpisodeLength(5).Should().Be(4);
        both.ReadEpisode(1).Should().BeSameAs(source.ReadEpisode(1));
        both.ReadEpisode(4).Feature("position").ToArray().Should().Equal(1, 0, 1, -1, 1, -2, 1, -3);
        both.ReadEpisode(1).Feature("position").ToArray().Should().Equal(1, 0, 1, 1, 1, 2, 1, 3);
        both.ReadEpisode(4).Actions.ToArray().Should().Equal(source.ReadEpisode(1).Actions.ToArray());
        both.ReadEpisode(4).Should().BeSameAs(both.ReadEpisode(4));
    }

    [Fact]
    public void Annotations_that_are_actions_are_mirrored_and_others_are_not()
    {
        ObservationSpec observations = new(new FeatureSpec("position", 2));
        ActionSpec actions = new("target", 2);
        InMemoryEpisodes source = new(observations, actions);
        float[] rows = [1, 2, 3, 4];
        source.Add(new InMemoryEpisode(observations, actions, new Dictionary<string, ReadOnlyMemory<float>> { ["position"] = rows }, rows, annotations: new Dictionary<string, ReadOnlyMemory<float>>
        {
            [StepPlan.Annotation] = new float[] { 1, 2, 5, 6, 3, 4, 7, 8 },
            [DemonstrationRecorder.ExecutedAction] = rows,
            ["wind"] = rows,
        }));
        Episode mirrored = new SymmetricEpisodes(source, FlipY with { Actions = PlanarQuantity.Point }).ReadEpisode(1);
        mirrored.Annotation(StepPlan.Annotation)!.Value.ToArray().Should().Equal(1, -2, 5, -6, 3, -4, 7, -8);
        mirrored.Annotation(DemonstrationRecorder.ExecutedAction)!.Value.ToArray().Should().Equal(mirrored.Actions.ToArray());
        mirrored.Annotation("wind")!.Value.ToArray().Should().Equal(rows);
        mirrored.Annotation("nothing").Should().BeNull();
    }

    [Fact]
    public void Frames_are_mirrored_when_they_are_read_and_only_where_it_is_said_how()
    {
        var filmed = new FilmedEpisodes();
        PlanarMirror still = new() { Features = FlipY.Features };
        FluentActions.Invoking(() => new SymmetricEpisodes(filmed, still)).Should().Throw<ArgumentException>().WithMessage("*what becomes of the frames of 'camera'*cannot be mirrored by this PlanarMirror*");
        SymmetricEpisodes both = new(filmed, still with { Frames = new Dictionary<string, FrameMirror> { ["camera"] = FrameMirror.LeftRight } });
        byte[] frames = new byte[4];
        both.ReadEpisode(0).ReadFrames("camera", 1, 2, frames);
        frames.Should().Equal(3, 4, 5, 6);
        both.ReadEpisode(1).ReadFrames("camera", 1, 2, frames);
        frames.Should().Equal(4, 3, 6, 5);
    }

    [Fact]
    public void A_symmetry_that_does_not_suit_is_refused() =>
        FluentActions.Invoking(() => new SymmetricEpisodes(Episodes.Numbered(1, 2), FlipY with { Features = new Dictionary<string, PlanarQuantity>(), Actions = PlanarQuantity.Vector }))
            .Should().Throw<ArgumentException>().WithMessage("*what feature 'position' is*Action 'arm' has 1 values*");

    // One episode of three steps: frames of a row of two pixels, counted up from 1.
    private sealed class FilmedEpisodes : IEpisodeSource
    {
        public ObservationSpec Observations { get; } = new(new FeatureSpec("camera", FeatureElement.UInt8, 1, 2));

        public ActionSpec Actions { get; } = new("arm", 2);

        public double? ControlRateHz => null;

        public int EpisodeCount => 1;

        public int EpisodeLength(int episode) => 3;

        public Episode ReadEpisode(int episode) => new Filmed();

        private sealed class Filmed : Episode
        {
            public override int Length => 3;

            public override ReadOnlyMemory<float> Actions => new float[6];

            public override ReadOnlyMemory<float> Feature(string name) => throw new KeyNotFoundException(name);

            public override void ReadFrames(string name, int start, int count, Span<byte> destination)
            {
                for (int i = 0; i < 2 * count; i++) destination[i] = (byte)((2 * start) + i + 1);
            }
        }
    }
}
