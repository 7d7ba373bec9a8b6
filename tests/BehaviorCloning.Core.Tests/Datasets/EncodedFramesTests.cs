using System.Buffers.Binary;
using BehaviorCloning.Datasets;
using BehaviorCloning.Images;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Datasets;

/// <summary>Episode stores that keep frames as PNG or JPEG.</summary>
public sealed class EncodedFramesTests
{
    private static readonly ObservationSpec Observations = new(
        new FeatureSpec("front", FeatureElement.UInt8, 12, 16, 3),
        new FeatureSpec("position", 3),
        new FeatureSpec("depth", FeatureElement.UInt16, 6, 9),
        new FeatureSpec("scan", FeatureElement.UInt16, 11),
        new FeatureSpec("touch", FeatureElement.UInt8, 5, 4));

    private static readonly ActionSpec Actions = new("arm", 2);

    private static readonly Dictionary<string, FrameEncoding> Lossless = new() { ["front"] = new PngFrames(), ["depth"] = new PngFrames { Effort = PngEffort.Normal }, ["touch"] = new PngFrames() };

    [Property(MaxTest = 20)]
    public void What_is_recorded_as_png_reads_back_bit_for_bit(int seed)
    {
        using TemporaryFolder folder = new();
        InMemoryEpisode[] recorded = Record(folder.Path, Lossless, seed, 3);
        using EpisodeStore store = EpisodeStore.Open(folder.Path);
        store.Observations.Should().Equal(Observations);
        Random random = new(seed);
        for (int e = 0; e < recorded.Length; e++)
        {
            Episode read = store.ReadEpisode(e);
            read.Actions.Span.SequenceEqual(recorded[e].Actions.Span).Should().BeTrue();
            read.Feature("position").Span.SequenceEqual(recorded[e].Feature("position").Span).Should().BeTrue();
            foreach (FeatureSpec spec in Observations.Where(spec => spec.IsImage))
            {
                int start = random.Next(read.Length), count = random.Next(read.Length - start + 1);
                Frames(read, spec, start, count).Should().Equal(Frames(recorded[e], spec, start, count));
            }
        }
    }

    [Property(MaxTest = 10)]
    public void What_is_recorded_as_jpeg_reads_back_within_its_quality(int seed)
    {
        using TemporaryFolder folder = new();
        InMemoryEpisode recorded = Record(folder.Path, new Dictionary<string, FrameEncoding> { ["front"] = new JpegFrames { Quality = 98 } }, seed, 1)[0];
        using EpisodeStore store = EpisodeStore.Open(folder.Path);
        byte[] read = Frames(store.ReadEpisode(0), Observations[0], 0, recorded.Length), was = Frames(recorded, Observations[0], 0, recorded.Length);
        read.Zip(was, (a, b) => Math.Abs(a - b)).Average().Should().BeLessThan(3);
        Frames(store.ReadEpisode(0), Observations["touch"], 0, recorded.Length).Should().Equal(Frames(recorded, Observations["touch"], 0, recorded.Length), "it is kept raw beside");
    }

    [Fact]
    public void Cut_off_at_any_byte_of_the_last_episode_the_others_read_back_and_recording_goes_on()
    {
        using TemporaryFolder folder = new();
        InMemoryEpisode[] recorded = Record(folder["whole"], Lossless, 1, 3);
        byte[] steps = File.ReadAllBytes(Path.Combine(folder["whole"], "steps.bin"));
        long lastBlock = BinaryPrimitives.ReadInt64LittleEndian(File.ReadAllBytes(Path.Combine(folder["whole"], "episodes.log")).AsSpan((2 * 64) + 16));
        for (long length = lastBlock; length < steps.Length; length += 37)
        {
            string cut = folder[$"cut {length}"];
            Directory.CreateDirectory(cut);
            foreach (string file in Directory.GetFiles(folder["whole"])) File.Copy(file, Path.Combine(cut, Path.GetFileName(file)));
            File.WriteAllBytes(Path.Combine(cut, "steps.bin"), steps[..(int)length]);
            using (EpisodeStore store = EpisodeStore.Open(cut))
            {
                store.EpisodeCount.Should().Be(2);
                for (int e = 0; e < 2; e++) Frames(store.ReadEpisode(e), Observations[0], 0, recorded[e].Length).Should().Equal(Frames(recorded[e], Observations[0], 0, recorded[e].Length));
            }

            using (EpisodeRecorder recorder = Open(cut, Lossless))
            {
                recorder.EpisodeCount.Should().Be(2);
                Append(recorder, null, 9);
                recorder.FinishEpisode().Should().Be(2);
            }

            using EpisodeStore again = EpisodeStore.Open(cut);
            again.EpisodeCount.Should().Be(3);
            again.TornBytes.Should().Be(0);
            Frames(again.ReadEpisode(2), Observations["depth"], 0, 1).Should().HaveCount(108);
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_even_with_the_right_checksums()
    {
        using TemporaryFolder folder = new();
        _ = Record(folder["whole"], Lossless, 2, 1);
        byte[] block = File.ReadAllBytes(Path.Combine(folder["whole"], "steps.bin"));
        EpisodeRecord record = EpisodeRecord.Parse(File.ReadAllBytes(Path.Combine(folder["whole"], "episodes.log")))!.Value;
        int firstColumn = block.Length - (int)Enumerable.Range(0, 3).Sum(i => BinaryPrimitives.ReadInt64LittleEndian(block.AsSpan(8 * i)));
        foreach (int place in new[] { 0, 8, firstColumn })
        {
            foreach (long lie in new[] { -1, 0, 8L << 40, long.MaxValue })
            {
                byte[] changed = [.. block];
                BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(place), lie);
                File.WriteAllBytes(Path.Combine(folder["whole"], "steps.bin"), changed);
                byte[] log = new byte[64];
                (record with { Checksum = Crc32C.Of(changed) }).Write(log);
                File.WriteAllBytes(Path.Combine(folder["whole"], "episodes.log"), log);
                using EpisodeStore store = EpisodeStore.Open(folder["whole"]);
                store.Invoking(s => Frames(s.ReadEpisode(0), Observations[place == 8 ? "depth" : "front"], 0, 1)).Should().Throw<InvalidDataException>().WithMessage("*frames*do not fit*");
            }
        }
    }

    [Fact]
    public void A_store_keeps_to_one_encoding_and_old_stores_stay_version_1()
    {
        using TemporaryFolder folder = new();
        _ = Record(folder["png"], Lossless, 3, 1);
        File.ReadAllText(Path.Combine(folder["png"], "store.json")).Should().Contain("\"formatVersion\": 2").And.Contain("\"encoding\": \"png\"");
        FluentActions.Invoking(() => Open(folder["png"], new Dictionary<string, FrameEncoding>())).Should().Throw<ArgumentException>().WithMessage("*keeps frames of 'front' as png, the recorder as raw bytes*");
        EpisodeStoreTests.Record(folder["raw"], 1);
        File.ReadAllText(Path.Combine(folder["raw"], "store.json")).Should().Contain("\"formatVersion\": 1").And.NotContain("encoding");
    }

    [Fact]
    public void What_cannot_be_encoded_is_listed_before_anything_is_written()
    {
        using TemporaryFolder folder = new();
        Dictionary<string, FrameEncoding> wrong = new() { ["position"] = new PngFrames(), ["depth"] = new JpegFrames { Quality = 0 }, ["rear"] = new PngFrames(), ["scan"] = new PngFrames() };
        FluentActions.Invoking(() => Open(folder["store"], wrong)).Should().Throw<ArgumentException>().WithMessage("*'rear'*").WithMessage("*position [3]*").WithMessage("*depth [6, 9] uint16*").WithMessage("*Quality 0*").WithMessage("*scan [11]*");
        Directory.Exists(folder["store"]).Should().BeFalse();
    }

    [Fact]
    public void A_dataset_is_copied_into_a_store_and_an_interrupted_copy_goes_on()
    {
        using TemporaryFolder folder = new();
        InMemoryEpisode[] episodes = Record(folder["first"], Lossless, 4, 4);
        Dictionary<string, FrameEncoding> frames = new() { ["front"] = new PngFrames() };
        EpisodeConversion.ToStore(new InMemoryEpisodes(Observations, Actions, episodes.Take(2), 10), folder["copy"], frames).Should().Be(2);
        EpisodeConversion.ToStore(new InMemoryEpisodes(Observations, Actions, episodes, 10), folder["copy"], frames).Should().Be(2);
        using EpisodeStore copy = EpisodeStore.Open(folder["copy"]);
        for (int e = 0; e < 4; e++)
        {
            copy.ReadEpisode(e).Actions.Span.SequenceEqual(episodes[e].Actions.Span).Should().BeTrue();
            foreach (FeatureSpec spec in Observations.Where(spec => spec.IsImage))
                Frames(copy.ReadEpisode(e), spec, 0, episodes[e].Length).Should().Equal(Frames(episodes[e], spec, 0, episodes[e].Length));
        }

        FluentActions.Invoking(() => EpisodeConversion.ToStore(new InMemoryEpisodes(Observations, Actions, episodes), folder["other"])).Should().Throw<ArgumentException>().WithMessage("*control steps*");
        FluentActions.Invoking(() => EpisodeConversion.ToStore(new InMemoryEpisodes(Observations, Actions, episodes.Take(1), 10), folder["copy"], frames)).Should().Throw<ArgumentException>().WithMessage("*4 episodes, the dataset 1*");
    }

    private static InMemoryEpisode[] Record(string path, Dictionary<string, FrameEncoding> frames, int seed, int episodes)
    {
        using EpisodeRecorder recorder = Open(path, frames);
        return [.. Enumerable.Range(0, episodes).Select(e =>
        {
            EpisodeBuilder builder = new(Observations, Actions);
            Append(recorder, builder, (seed * 31) + e);
            recorder.FinishEpisode().Should().Be(e);
            return builder.Build();
        })];
    }

    private static EpisodeRecorder Open(string path, Dictionary<string, FrameEncoding> frames) => EpisodeRecorder.OpenOrCreate(path, Observations, Actions, 10, frames: frames);

    private static void Append(EpisodeRecorder recorder, EpisodeBuilder? copy, int seed)
    {
        Random random = new(seed);
        for (int step = 0; step <= random.Next(7); step++)
        {
            byte[] front = new byte[12 * 16 * 3];
            int slope = random.Next(1, 9);
            for (int i = 0; i < front.Length; i++) front[i] = (byte)(((i / 3 % 16) + (i / 48)) * slope);
            byte[] depth = new byte[108], scan = new byte[22], touch = new byte[20];
            foreach (byte[] noise in new[] { depth, scan, touch }) random.NextBytes(noise);
            Observation observation = new()
            {
                ["position"] = new[] { random.NextSingle(), step, 1 },
                Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["front"] = front, ["depth"] = depth, ["scan"] = scan, ["touch"] = touch },
            };
            float[] action = [step, random.NextSingle()];
            recorder.Append(observation, action);
            copy?.Append(observation, action);
        }
    }

    private static byte[] Frames(Episode episode, FeatureSpec spec, int start, int count)
    {
        byte[] frames = new byte[count * spec.StepBytes];
        episode.ReadFrames(spec.Name, start, count, frames);
        return frames;
    }
}
