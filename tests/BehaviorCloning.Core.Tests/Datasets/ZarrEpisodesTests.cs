using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class ZarrEpisodesTests
{
    private static readonly ColumnMapping[] State =
    [
        new("agent_position", "state", 0, 2), new("block_position", "state", 2, 2), new("block_angle", "state", 4, 1), new("keypoints", "keypoint"),
    ];

    private static readonly ColumnMapping[] Target = [new("target", "action")];

    [SkippableFact]
    public void The_Push_T_demonstrations_are_the_same_in_Zarr_and_npz()
    {
        ZarrEpisodes zarr = new(TestData.Require("pusht/pusht_cchi_v7_replay.zarr"), State, Target, 10);
        NpzEpisodes npz = new(TestData.Require("pusht/pusht_lowdim.npz"), State, Target, 10);

        zarr.EpisodeCount.Should().Be(206);
        zarr.Observations.Should().Equal(npz.Observations);
        zarr.Observations["keypoints"].Shape.Should().Equal(9, 2);
        zarr.Actions.Should().Be(npz.Actions);
        int steps = 0;
        for (int e = 0; e < 206; e++)
        {
            Episode a = zarr.ReadEpisode(e), b = npz.ReadEpisode(e);
            a.Length.Should().Be(b.Length).And.Be(zarr.EpisodeLength(e));
            steps += a.Length;
            a.Actions.Span.SequenceEqual(b.Actions.Span).Should().BeTrue();
            foreach (FeatureSpec spec in zarr.Observations)
            {
                a.Feature(spec.Name).Length.Should().Be(a.Length * spec.Size);
                a.Feature(spec.Name).Span.SequenceEqual(b.Feature(spec.Name).Span).Should().BeTrue();
            }
        }

        steps.Should().Be(25_650);
    }

    [SkippableFact]
    public void Push_T_frames_are_read_as_bytes_across_chunk_borders()
    {
        ZarrEpisodes zarr = new(TestData.Require("pusht/pusht_cchi_v7_replay.zarr"), [ColumnMapping.Image("camera", "img"), .. State], Target, 10);
        zarr.Observations["camera"].Should().Be(new FeatureSpec("camera", FeatureElement.UInt8, 96, 96, 3));

        // An episode that lies on both sides of row 322, where the third chunk of 161 rows begins.
        int found = 0, start = 0;
        while (start + zarr.EpisodeLength(found) <= 323) start += zarr.EpisodeLength(found++);
        Episode episode = zarr.ReadEpisode(found);
        int first = 321 - start;
        byte[] all = new byte[2 * 96 * 96 * 3];
        episode.ReadFrames("camera", first, 2, all);
        byte[] before = new byte[96 * 96 * 3], behind = new byte[96 * 96 * 3];
        episode.ReadFrames("camera", first + 1, 1, behind);
        episode.ReadFrames("camera", first, 1, before);
        all.Should().Equal([.. before, .. behind]);

        // The world is mostly white: corners are.
        all[0].Should().Be(255);
        all.Distinct().Count().Should().BeGreaterThan(20);
    }

    [Fact]
    public void Arrays_are_found_in_the_data_and_meta_groups()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, rows: 5, last: 5);
        ZarrEpisodes episodes = new(folder.Path, [new("hand", "state", 1, 1)], [new("target", "action")]);
        episodes.EpisodeCount.Should().Be(2);
        episodes.ReadEpisode(1).Feature("hand").ToArray().Should().Equal(5, 7, 9);
        episodes.ControlRateHz.Should().BeNull();
        FluentActions.Invoking(() => new ZarrEpisodes(folder.Path, [new("hand", "obs")], Target)).Should().Throw<KeyNotFoundException>()
            .WithMessage("*no array 'obs'. It has: data/action, data/state, meta/episode_ends*");
        FluentActions.Invoking(() => new ZarrEpisodes(folder["none"], State, Target)).Should().Throw<DirectoryNotFoundException>().WithMessage("*no Zarr folder*");
    }

    [Fact]
    public void A_truncated_dataset_is_refused()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, rows: 5, last: 9);
        FluentActions.Invoking(() => new ZarrEpisodes(folder.Path, [new("hand", "state")], Target)).Should().Throw<InvalidDataException>()
            .WithMessage("*state*has 5 rows, but the episodes have 9 steps together. The dataset is truncated or damaged*");
    }

    [Fact]
    public void A_fill_value_of_NaN_in_a_missing_chunk_does_not_pass()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, rows: 5, last: 5, fill: "\"NaN\"");
        File.Delete(System.IO.Path.Combine(folder.Path, "data", "state", "1.0"));
        FluentActions.Invoking(() => new ZarrEpisodes(folder.Path, [new("hand", "state")], Target)).Should().Throw<InvalidDataException>()
            .WithMessage("*row 2 (episode 1, step 0), column 0 is NaN*");
    }

    private static void Write(string path, int rows, int last, string fill = "0")
    {
        ZarrWriter.Write(Path.Combine(path, "data", "state"), [.. Enumerable.Range(0, rows * 2).Select(i => (float)i)], [rows, 2], [2, 2], "null", fill: fill);
        ZarrWriter.Write(Path.Combine(path, "data", "action"), [.. Enumerable.Range(0, rows).Select(i => (float)i)], [rows], [rows], "zlib");
        ZarrWriter.Write(Path.Combine(path, "meta", "episode_ends"), [0, 0], [2], [2], "null");
        string metadata = Path.Combine(path, "meta", "episode_ends", ".zarray");
        File.WriteAllText(metadata, File.ReadAllText(metadata).Replace("<f4", "<i8", StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(path, "meta", "episode_ends", "0"), [.. BitConverter.GetBytes(2L), .. BitConverter.GetBytes((long)last)]);
    }
}
