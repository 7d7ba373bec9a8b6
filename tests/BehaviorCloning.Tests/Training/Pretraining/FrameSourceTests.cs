using BehaviorCloning.Datasets;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public sealed class FrameSourceTests
{
    private static readonly ObservationSpec Observations = new(new FeatureSpec("position", 1), new FeatureSpec("front", FeatureElement.UInt8, 2, 3, 3));
    private static readonly ActionSpec Actions = new("arm", 1);

    [Fact]
    public void Frames_of_episodes_come_in_their_order()
    {
        FrameSource frames = FrameSource.Of(Recordings(episodes: 3, length: 4));
        (frames.Count, frames.Height, frames.Width, frames.FrameBytes).Should().Be((12, 2, 3, 18));
        Firsts(frames).Should().Equal(0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23);
        Firsts(FrameSource.Of(Recordings(3, 4), "front", every: 3)).Should().Equal(0, 3, 10, 13, 20, 23);
        Firsts(frames.Subset([5, 0])).Should().Equal(11, 0);
    }

    [Fact]
    public void Long_episodes_are_read_in_runs_without_losing_a_frame()
    {
        FrameSource frames = FrameSource.Of(Recordings(episodes: 1, length: 200), every: 3);
        Firsts(frames).Should().Equal(Enumerable.Range(0, 67).Select(i => 3 * i));
    }

    [SkippableFact]
    public void Recorded_frames_of_Push_T_are_those_of_the_dataset()
    {
        IEpisodeSource recordings = PushTDataset.Open(TestData.Require("pusht/pusht_cchi_v7_replay.zarr"), images: true);
        IEpisodeSource few = new EpisodeSubset(recordings, [3, 100]);
        FrameSource frames = FrameSource.Of(few, every: 7);
        int length = few.EpisodeLength(0), ofFirst = (length + 6) / 7;
        byte[] recorded = new byte[frames.FrameBytes], read = new byte[frames.FrameBytes];
        foreach ((int episode, int step, int index) in new[] { (0, 70, 10), (1, 7, ofFirst + 1) })
        {
            few.ReadEpisode(episode).ReadFrames(PushTEnvironment.Image, step, 1, recorded);
            frames.Read(index, read);
            read.Should().Equal(recorded);
        }
    }

    [Fact]
    public void Whole_episodes_are_held_out()
    {
        (FrameSource training, FrameSource heldOut) = FrameSource.Of(Recordings(10, 4)).Split(0.3, seed: 2);
        (training.Count, heldOut.Count).Should().Be((28, 12));
        int[] apart = [.. Firsts(heldOut).Select(first => first / 10).Distinct()];
        apart.Should().HaveCount(3);
        Firsts(training).Select(first => first / 10).Should().NotContain(apart);
        Firsts(FrameSource.Of(Recordings(10, 4)).Split(0.3, seed: 2).HeldOut).Should().Equal(Firsts(heldOut));
    }

    [Fact]
    public void A_function_gives_frames_that_are_split_one_by_one()
    {
        var frames = new FrameSource(1, 1, 20, (number, frame) => frame.Fill((byte)number));
        (FrameSource training, FrameSource heldOut) = frames.Split(0.25);
        Firsts(training).Concat(Firsts(heldOut)).Order().Should().Equal(Enumerable.Range(0, 20));
        heldOut.Count.Should().Be(5);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        FrameSource frames = FrameSource.Of(Recordings(2, 2));
        Action beyond = () => frames.Read(4, new byte[18]);
        Action small = () => frames.Read(0, new byte[17]);
        Action unknown = () => FrameSource.Of(Recordings(2, 2), "wrist");
        Action blind = () => FrameSource.Of(new InMemoryEpisodes(new ObservationSpec(new FeatureSpec("position", 1)), Actions));
        beyond.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*4 frames*");
        small.Should().Throw<ArgumentException>().WithMessage("*18 bytes*17*");
        unknown.Should().Throw<ArgumentException>().WithMessage("*0 are images called 'wrist'*");
        blind.Should().Throw<ArgumentException>().WithMessage("*0 are images*");
        Action split = () => frames.Subset([0]).Split(0.5);
        split.Should().Throw<ArgumentException>().WithMessage("*at least 2*");
    }

    private static int[] Firsts(FrameSource frames)
    {
        byte[] frame = new byte[frames.FrameBytes];
        return [.. Enumerable.Range(0, frames.Count).Select(i =>
        {
            frames.Read(i, frame);
            return (int)frame[0];
        })];
    }

    private static InMemoryEpisodes Recordings(int episodes, int length)
    {
        var source = new InMemoryEpisodes(Observations, Actions);
        for (int e = 0; e < episodes; e++)
        {
            var builder = new EpisodeBuilder(Observations, Actions);
            for (int t = 0; t < length; t++)
            {
                byte[] pixels = new byte[18];
                Array.Fill(pixels, (byte)((10 * e) + t));
                builder.Append(new Observation { ["position"] = new[] { (float)t }, Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["front"] = pixels } }, [0]);
            }

            source.Add(builder.Build());
        }

        return source;
    }
}
