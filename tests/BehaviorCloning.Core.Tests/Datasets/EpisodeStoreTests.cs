using BehaviorCloning.Core.Tests.Recorder;
using BehaviorCloning.Datasets;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class EpisodeStoreTests
{
    [Fact]
    public void What_is_recorded_reads_back()
    {
        using TemporaryFolder folder = new();
        Record(folder["store"], 12);
        using EpisodeStore store = EpisodeStore.Open(folder["store"]);
        store.EpisodeCount.Should().Be(12);
        store.Observations.Should().Equal(SeededEpisodes.Observations);
        store.Actions.Should().Be(SeededEpisodes.Actions);
        store.Annotations.Should().Equal(SeededEpisodes.Annotations);
        store.ControlRateHz.Should().Be(SeededEpisodes.ControlRateHz);
        store.TornBytes.Should().Be(0);
        for (int episode = 0; episode < 12; episode++)
        {
            store.EpisodeLength(episode).Should().Be(SeededEpisodes.Length(episode));
            SeededEpisodes.Difference(store.ReadEpisode(episode), episode).Should().BeNull();
        }

        store.FinishedAt(0).Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromHours(1));
    }

    [Property(MaxTest = 30)]
    public void Any_specification_survives_the_round_trip(int seed)
    {
        Random random = new(seed);
        ObservationSpec observations = new(Enumerable.Range(0, 1 + random.Next(4)).Select(i => random.Next(3) == 0
            ? new FeatureSpec($"camera {i}", FeatureElement.UInt8, 1 + random.Next(5), 1 + random.Next(5), 3)
            : new FeatureSpec($"jöint_{i}", [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => 1 + random.Next(4))])));
        int dimension = 1 + random.Next(4);
        ActionSpec actions = new("arm", dimension) { Minimum = [.. Enumerable.Repeat(-1.5f, dimension)], Maximum = [.. Enumerable.Repeat(0.1f, dimension)], Names = [.. Enumerable.Range(0, dimension).Select(i => $"a{i}")] };
        using TemporaryFolder folder = new();
        List<InMemoryEpisode> recorded = [];
        using (EpisodeRecorder recorder = EpisodeRecorder.OpenOrCreate(folder.Path, observations, actions, 12.5))
        {
            for (int episode = 0; episode < 3; episode++)
            {
                EpisodeBuilder builder = new(observations, actions);
                for (int step = 0; step <= random.Next(9); step++)
                {
                    Observation observation = new(observations.Where(s => s.Element == FeatureElement.Float32).Select(s => KeyValuePair.Create(s.Name, (ReadOnlyMemory<float>)Floats(s.Size))))
                    {
                        Images = observations.Where(s => s.Element == FeatureElement.UInt8).ToDictionary(s => s.Name, s => (ReadOnlyMemory<byte>)Bytes(s.Size)),
                    };
                    float[] action = Floats(dimension);
                    builder.Append(observation, action);
                    recorder.Append(observation, action);
                }

                recorder.FinishEpisode().Should().Be(episode);
                recorded.Add(builder.Build());
            }
        }

        using EpisodeStore store = EpisodeStore.Open(folder.Path);
        store.Observations.Should().Equal(observations);
        store.Actions.Should().Be(actions);
        for (int episode = 0; episode < 3; episode++)
        {
            Episode read = store.ReadEpisode(episode);
            read.Actions.Span.SequenceEqual(recorded[episode].Actions.Span).Should().BeTrue();
            foreach (FeatureSpec spec in observations)
            {
                if (spec.Element == FeatureElement.Float32)
                {
                    read.Feature(spec.Name).Span.SequenceEqual(recorded[episode].Feature(spec.Name).Span).Should().BeTrue();
                    continue;
                }

                int start = random.Next(read.Length), count = random.Next(read.Length - start + 1);
                byte[] expected = new byte[count * spec.Size], got = new byte[count * spec.Size];
                recorded[episode].ReadFrames(spec.Name, start, count, expected);
                read.ReadFrames(spec.Name, start, count, got);
                got.Should().Equal(expected);
            }
        }

        float[] Floats(int size) => [.. Enumerable.Range(0, size).Select(_ => random.NextSingle())];
        byte[] Bytes(int size)
        {
            byte[] bytes = new byte[size];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Fact]
    public void Columns_are_mapped_and_begin_at_multiples_of_64_bytes()
    {
        using TemporaryFolder folder = new();
        Record(folder["store"], 3);
        using EpisodeStore store = EpisodeStore.Open(folder["store"]);
        for (int episode = 0; episode < 3; episode++)
        {
            using System.Buffers.MemoryHandle position = store.ReadEpisode(episode).Feature("position").Pin();
            unsafe
            {
                ((nuint)position.Pointer % 64).Should().Be((nuint)0);
            }
        }

        // Reading an episode allocates a few objects, not its data: 2,000 steps of frames would be 384,000 bytes.
        _ = store.ReadEpisode(2).Actions.Span[0];
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = store.ReadEpisode(2).Actions.Span[0];
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(500);
    }

    [Fact]
    public void A_closed_store_throws_instead_of_crashing()
    {
        using TemporaryFolder folder = new();
        Record(folder["store"], 2);
        EpisodeStore store = EpisodeStore.Open(folder["store"]);
        Episode episode = store.ReadEpisode(0);
        ReadOnlyMemory<float> actions = episode.Actions;
        float first = actions.Span[0];
        store.Dispose();
        store.Dispose();
        FluentActions.Invoking(() => actions.Span[0]).Should().Throw<ObjectDisposedException>().WithMessage("*EpisodeStore*");
        FluentActions.Invoking(() => episode.Feature("position")).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => episode.ReadFrames("camera", 0, 1, new byte[192])).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => store.ReadEpisode(1)).Should().Throw<ObjectDisposedException>();
        first.Should().Be(SeededEpisodes.Value(0, 0, 10));
    }

    [Fact]
    public void A_store_closed_while_others_copy_ends_in_exceptions_and_not_in_a_crash()
    {
        using TemporaryFolder folder = new();
        Record(folder["store"], 8);
        for (int round = 0; round < 20; round++)
        {
            EpisodeStore store = EpisodeStore.Open(folder["store"]);
            Parallel.For(0, 8, i =>
            {
                try
                {
                    for (int turn = 0; turn < 200; turn++)
                    {
                        if (i == 7 && turn == 100) store.Dispose();
                        SeededEpisodes.Difference(store.ReadEpisode(i), i).Should().BeNull();
                        if (i == 7 && turn == 0) return;
                    }
                }
                catch (ObjectDisposedException)
                {
                    // Expected for those that came too late.
                }
            });
            store.Dispose();
        }
    }

    [Fact]
    public void Many_threads_read_the_same_episodes()
    {
        using TemporaryFolder folder = new();
        Record(folder["store"], 8);
        using EpisodeStore store = EpisodeStore.Open(folder["store"]);
        Parallel.For(0, 200, i => SeededEpisodes.Difference(store.ReadEpisode(i % 8), i % 8).Should().BeNull());
    }

    [Fact]
    public void A_store_shows_what_was_finished_when_it_was_opened()
    {
        using TemporaryFolder folder = new();
        using EpisodeRecorder recorder = Recorder(folder["store"]);
        using (EpisodeStore empty = EpisodeStore.Open(folder["store"])) empty.EpisodeCount.Should().Be(0);
        Append(recorder, 0);
        recorder.FinishEpisode();
        using EpisodeStore one = EpisodeStore.Open(folder["store"]);
        Append(recorder, 1);
        recorder.FinishEpisode();
        one.EpisodeCount.Should().Be(1);
        SeededEpisodes.Difference(one.ReadEpisode(0), 0).Should().BeNull();
        one.Invoking(s => s.ReadEpisode(1)).Should().Throw<ArgumentOutOfRangeException>();
        using EpisodeStore two = EpisodeStore.Open(folder["store"]);
        two.EpisodeCount.Should().Be(2);
    }

    [Fact]
    public void Asking_for_what_is_not_there_lists_what_is()
    {
        using TemporaryFolder folder = new();
        Record(folder["store"], 1);
        using EpisodeStore store = EpisodeStore.Open(folder["store"]);
        Episode episode = store.ReadEpisode(0);
        episode.Invoking(e => e.Feature("camera")).Should().Throw<KeyNotFoundException>().WithMessage("*no float feature 'camera'. It has: position [3], camera [8, 8, 3] uint8*");
        episode.Invoking(e => e.ReadFrames("position", 0, 1, new byte[9])).Should().Throw<KeyNotFoundException>();
        episode.Invoking(e => e.ReadFrames("camera", 0, episode.Length + 1, new byte[9999])).Should().Throw<ArgumentOutOfRangeException>();
        episode.Annotation("actor").Should().BeNull();
        EpisodeStore.Exists(folder["store"]).Should().BeTrue();
        EpisodeStore.Exists(folder.Path).Should().BeFalse();
        FluentActions.Invoking(() => EpisodeStore.Open(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage("*is no episode store: it has no store.json*");
    }

    [Fact]
    public void A_newer_format_is_refused_with_what_to_do()
    {
        using TemporaryFolder folder = new();
        Record(folder["store"], 1);
        string path = Path.Combine(folder["store"], "store.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"formatVersion\": 1", "\"formatVersion\": 3, \"tomorrow\": []", StringComparison.Ordinal));
        FluentActions.Invoking(() => EpisodeStore.Open(folder["store"])).Should().Throw<InvalidDataException>().WithMessage("*format version 3; this library reads up to 2. Update the library*");
        FluentActions.Invoking(() => Recorder(folder["store"])).Should().Throw<InvalidDataException>().WithMessage("*format version 3*");
    }

    [Theory]
    [InlineData("\"position\"", "\"\"", "*cannot be understood*")]
    [InlineData("\"float32\"", "\"float64\"", "*element type 'float64'*")]
    [InlineData("\"camera\"", "\"position\"", "*named twice*")]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": 0", "*version 0, which never was*")]
    [InlineData("\"controlRateHz\": 10", "\"controlRateHz\": -10", "*control rate is -10*")]
    [InlineData("\"controlRateHz\": 10", "\"controlRateHz\": 10, \"extra\": 1", "*extra*")]
    [InlineData("\"dimension\": 2", "\"dimension\": 0", "*cannot be understood*")]
    [InlineData("\"annotations\"", "\"annotation\"", "*cannot be understood*")]
    public void A_damaged_description_is_refused(string sound, string changed, string message)
    {
        using TemporaryFolder folder = new();
        Record(folder["store"], 1);
        string path = Path.Combine(folder["store"], "store.json"), text = File.ReadAllText(path);
        text.Should().Contain(sound);
        File.WriteAllText(path, text.Replace(sound, changed, StringComparison.Ordinal));
        FluentActions.Invoking(() => EpisodeStore.Open(folder["store"])).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Fact]
    public void A_description_cut_anywhere_is_refused()
    {
        using TemporaryFolder folder = new();
        Record(folder["store"], 1);
        string path = Path.Combine(folder["store"], "store.json");
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            FluentActions.Invoking(() => EpisodeStore.Open(folder["store"])).Should().Throw<InvalidDataException>().WithMessage("*store.json*");
        }
    }

    internal static EpisodeRecorder Recorder(string path) =>
        EpisodeRecorder.OpenOrCreate(path, SeededEpisodes.Observations, SeededEpisodes.Actions, SeededEpisodes.ControlRateHz, SeededEpisodes.Annotations);

    internal static void Append(EpisodeRecorder recorder, int episode) =>
        SeededEpisodes.Append((observation, action, annotations) => recorder.Append(observation, action, annotations), episode);

    internal static void Record(string path, int count)
    {
        using EpisodeRecorder recorder = Recorder(path);
        for (int episode = 0; episode < count; episode++)
        {
            Append(recorder, episode);
            recorder.FinishEpisode().Should().Be(episode);
        }
    }
}
