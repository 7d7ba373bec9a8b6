using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class NpzEpisodesTests
{
    private static readonly ColumnMapping[] Hand = [new("hand", "state", 1, 2)];
    private static readonly ColumnMapping[] Target = [new("target", "action")];

    [Fact]
    public void Columns_become_features_and_ends_become_episodes()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "a.npz");
        NpzEpisodes episodes = new(path, [.. Hand, new("reach", "state", 2, 1), new("reach", "state", 0, 1), new("whole", "state"), ColumnMapping.Image("camera", "img")], Target, 20);
        episodes.Observations.Should().Equal(
            new FeatureSpec("hand", 2), new FeatureSpec("reach", 2), new FeatureSpec("whole", 3), new FeatureSpec("camera", FeatureElement.UInt8, 1, 2));
        episodes.Actions.Should().Be(new ActionSpec("target", 1));
        episodes.ControlRateHz.Should().Be(20);
        episodes.EpisodeCount.Should().Be(2);
        Episode second = episodes.ReadEpisode(1);
        second.Length.Should().Be(episodes.EpisodeLength(1)).And.Be(3);
        second.Feature("hand").ToArray().Should().Equal(21, 22, 31, 32, 41, 42);
        second.Feature("reach").ToArray().Should().Equal(22, 20, 32, 30, 42, 40);
        second.Feature("whole").ToArray().Should().Equal(20, 21, 22, 30, 31, 32, 40, 41, 42);
        second.Actions.ToArray().Should().Equal(2, 3, 4);
        byte[] frames = new byte[4];
        second.ReadFrames("camera", 1, 2, frames);
        frames.Should().Equal(6, 7, 8, 9);
        second.Invoking(e => e.ReadFrames("camera", 2, 2, new byte[4])).Should().Throw<ArgumentOutOfRangeException>();
        second.Invoking(e => e.Feature("wrist")).Should().Throw<KeyNotFoundException>().WithMessage("*'wrist'. It has: hand, reach, whole*");
    }

    [Fact]
    public void Arrays_that_do_not_fit_are_all_reported()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "a.npz", ends: [2, 6]);
        FluentActions.Invoking(() => new NpzEpisodes(path, [new("hand", "state", 2, 2), ColumnMapping.Image("camera", "episode_ends")], Target)).Should().Throw<InvalidDataException>()
            .WithMessage("*'state'*has 5 rows, but the episodes have 6 steps together*needs columns 2 to 3 of*'state'*which has 3*is no image*'action'*has 5 rows*");
    }

    [Theory]
    [InlineData(new long[] { 2, 2, 5 }, "*episode 1 ends at step 2 and began at 2*")]
    [InlineData(new long[] { 3, 2, 5 }, "*episode 1 ends at step 2 and began at 3*")]
    [InlineData(new long[] { 0, 5 }, "*episode 0 ends at step 0 and began at 0*")]
    [InlineData(new long[0], "*is empty*")]
    public void Episode_ends_must_rise(long[] ends, string message)
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "a.npz", ends: ends);
        FluentActions.Invoking(() => new NpzEpisodes(path, Hand, Target)).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_named_by_episode_step_and_column(float bad)
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "a.npz", (row, column) => row == 3 && column == 2 ? bad : 0);
        FluentActions.Invoking(() => new NpzEpisodes(path, Hand, Target)).Should().Throw<InvalidDataException>()
            .WithMessage("*'state'*row 3 (episode 1, step 1), column 2 is *");

        // What is not read does no harm.
        _ = new NpzEpisodes(path, [new("hand", "state", 0, 1)], Target);
    }

    [Fact]
    public void An_array_that_holds_no_bytes_is_no_image()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "a.npz", (_, _) => 0.5f);
        byte[] frame = new byte[3];
        new NpzEpisodes(path, [ColumnMapping.Image("camera", "state")], Target).ReadEpisode(0)
            .Invoking(e => e.ReadFrames("camera", 0, 1, frame)).Should().Throw<InvalidDataException>().WithMessage("*read as an image, but holds 0.5*");
        FluentActions.Invoking(() => new NpzEpisodes(path, [ColumnMapping.Image("camera", "img"), ColumnMapping.Image("camera", "img")], [ColumnMapping.Image("target", "img")]))
            .Should().Throw<InvalidDataException>().WithMessage("*actions are floats*'camera' is mapped 2 times*");
    }

    [Fact]
    public void An_array_that_is_missing_is_named_with_what_there_is()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "a.npz");
        FluentActions.Invoking(() => new NpzEpisodes(path, [new("hand", "obs")], Target)).Should().Throw<KeyNotFoundException>().WithMessage("*no array 'obs'. It has: state, action, img, episode_ends*");
        FluentActions.Invoking(() => new NpzEpisodes(path, [], Target)).Should().Throw<ArgumentException>().WithMessage("*Say which columns*");
        FluentActions.Invoking(() => new NpzEpisodes(path, Hand, Target, episodeEnds: "state")).Should().Throw<InvalidDataException>().WithMessage("*one axis was expected*");
        FluentActions.Invoking(() => new NpzEpisodes(folder["b.npz"], Hand, Target)).Should().Throw<FileNotFoundException>();
    }

    // Five steps in episodes of 2 and 3: state[row, column] = 10 row + column, action = row.
    private static string Write(TemporaryFolder folder, string name, Func<int, int, float>? state = null, long[]? ends = null)
    {
        ends ??= [2, 5];
        state ??= (row, column) => (10 * row) + column;
        NpzFile.Write(folder[name],
        [
            new("state", NpyArray.Of([.. Enumerable.Range(0, 15).Select(i => state(i / 3, i % 3))], 5, 3)),
            new("action", NpyArray.Of([0f, 1f, 2f, 3f, 4f], 5)),
            new("img", NpyArray.Of(ArrayElement.UInt8, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5, 1, 2)),
            new("episode_ends", NpyArray.Of(ends, ends.Length)),
        ]);
        return folder[name];
    }
}
