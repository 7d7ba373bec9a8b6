using System.Diagnostics;
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

        // Episode 0 ends at step 161, where the first chunk of 161 rows ends, too; episode 1 lies in the second.
        Episode episode = zarr.ReadEpisode(1);
        byte[] all = new byte[2 * 96 * 96 * 3];
        episode.ReadFrames("camera", 0, 2, all);
        byte[] one = new byte[96 * 96 * 3];
        episode.ReadFrames("camera", 1, 1, one);
        one.Should().Equal(all[one.Length..]);

        // The world is mostly white: corners are.
        all[0].Should().Be(255);
        all.Distinct().Count().Should().BeGreaterThan(20);
    }
}
