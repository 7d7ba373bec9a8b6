using BehaviorCloning.Core.Tests.Recorder;
using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class EpisodeRecorderTests
{
    [Fact]
    public void A_store_is_continued_where_it_ended()
    {
        using TemporaryFolder folder = new();
        EpisodeStoreTests.Record(folder.Path, 3);
        using (EpisodeRecorder recorder = EpisodeStoreTests.Recorder(folder.Path))
        {
            recorder.EpisodeCount.Should().Be(3);
            recorder.CutOffBytes.Should().Be(0);
            EpisodeStoreTests.Append(recorder, 3);
            recorder.FinishEpisode().Should().Be(3);
        }

        RequireEpisodes(folder.Path, 4);
    }

    [Fact]
    public void Discarded_and_unfinished_episodes_leave_no_trace()
    {
        using TemporaryFolder folder = new();
        using (EpisodeRecorder recorder = EpisodeStoreTests.Recorder(folder.Path))
        {
            EpisodeStoreTests.Append(recorder, 5);
            recorder.StepCount.Should().Be(SeededEpisodes.Length(5));
            recorder.DiscardEpisode();
            recorder.StepCount.Should().Be(0);
            EpisodeStoreTests.Append(recorder, 0);
            recorder.FinishEpisode();
            EpisodeStoreTests.Append(recorder, 9);
        }

        RequireEpisodes(folder.Path, 1);
    }

    [Fact]
    public void Only_one_recorder_at_a_time()
    {
        using TemporaryFolder folder = new();
        using (EpisodeStoreTests.Recorder(folder.Path))
            FluentActions.Invoking(() => EpisodeStoreTests.Recorder(folder.Path)).Should().Throw<IOException>().WithMessage("Another recorder has the store*Only one can record at a time*");
        EpisodeStoreTests.Recorder(folder.Path).Dispose();
    }

    [Fact]
    public void A_store_of_other_episodes_is_left_alone_and_every_difference_named()
    {
        using TemporaryFolder folder = new();
        EpisodeStoreTests.Record(folder.Path, 1);
        FluentActions.Invoking(() => EpisodeRecorder.OpenOrCreate(folder.Path, new ObservationSpec(new FeatureSpec("joints", 7)), new ActionSpec("arm", 7), 30))
            .Should().Throw<ArgumentException>().WithMessage("*it observes position [3], camera [8, 8, 3] uint8, the recorder joints [7]; its action is 'arm' of 2 values, the recorder's 'arm' of 7*annotated with (reward [1])*recorded at 10 Hz, the recorder runs at 30 Hz*");
        RequireEpisodes(folder.Path, 1);
    }

    [Fact]
    public void Faults_of_the_specification_are_all_reported_and_nothing_is_created()
    {
        using TemporaryFolder folder = new();
        FluentActions.Invoking(() => EpisodeRecorder.OpenOrCreate(folder["store"], new ObservationSpec(), new ActionSpec("arm", 2) { Minimum = [0] }, double.NaN))
            .Should().Throw<ArgumentException>().WithMessage("*Minimum has 1 entries*no feature to record*control rate must be positive; got NaN*");
        Directory.Exists(folder["store"]).Should().BeFalse();
    }

    [Fact]
    public void An_empty_episode_and_a_closed_recorder_are_refused()
    {
        using TemporaryFolder folder = new();
        EpisodeRecorder recorder = EpisodeStoreTests.Recorder(folder.Path);
        recorder.Invoking(r => r.FinishEpisode()).Should().Throw<InvalidOperationException>().WithMessage("*no step*");
        recorder.Dispose();
        recorder.Dispose();
        recorder.Invoking(r => r.DiscardEpisode()).Should().Throw<ObjectDisposedException>();
        recorder.Invoking(r => r.FinishEpisode()).Should().Throw<ObjectDisposedException>();
        recorder.Invoking(r => EpisodeStoreTests.Append(r, 0)).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void A_bad_step_is_refused_and_the_episode_goes_on()
    {
        using TemporaryFolder folder = new();
        using EpisodeRecorder recorder = EpisodeRecorder.OpenOrCreate(folder.Path, Episodes.Observations, Episodes.Actions, 10);
        recorder.Append(new Observation { ["position"] = new float[] { 1, 2 } }, [3]);
        recorder.Invoking(r => r.Append(new Observation { ["position"] = new[] { 1, float.NaN } }, [3])).Should().Throw<ArgumentException>().WithMessage("*'position' is NaN*");
        recorder.FinishEpisode();
        using EpisodeStore store = EpisodeStore.Open(folder.Path);
        store.EpisodeLength(0).Should().Be(1);
    }

    [Theory]
    [InlineData("episodes.log")]
    [InlineData("steps.bin")]
    public void Cut_at_any_byte_of_the_last_episode_the_others_remain_and_recording_goes_on(string file)
    {
        using TemporaryFolder folder = new();
        EpisodeStoreTests.Record(folder["whole"], 3);
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder["whole"], file));
        long from = file == "episodes.log" ? 2 * 64 : StartOfBlock(folder["whole"], 2);
        for (int length = (int)from; length < bytes.Length; length++)
        {
            string path = Copy(folder, "cut");
            File.WriteAllBytes(Path.Combine(path, file), bytes[..length]);
            RequireEpisodes(path, 2);
            if (length % 16 == 1) Continue(path, 2, cutsOff: true);
        }
    }

    [Theory]
    [InlineData("episodes.log")]
    [InlineData("steps.bin")]
    public void Whichever_byte_of_the_last_episode_is_changed_the_others_remain(string file)
    {
        using TemporaryFolder folder = new();
        EpisodeStoreTests.Record(folder["whole"], 3);
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder["whole"], file));
        int from = (int)(file == "episodes.log" ? 2 * 64 : StartOfBlock(folder["whole"], 2));
        for (int position = from; position < bytes.Length; position++)
        {
            string path = Copy(folder, "damaged");
            byte[] damaged = [.. bytes];
            damaged[position] ^= 0x10;
            File.WriteAllBytes(Path.Combine(path, file), damaged);
            RequireEpisodes(path, 2);
        }

        Continue(folder["damaged"], 2, cutsOff: true);
    }

    [Fact]
    public void Rubbish_behind_the_last_episode_is_cut_off()
    {
        using TemporaryFolder folder = new();
        EpisodeStoreTests.Record(folder["whole"], 2);
        for (int extra = 1; extra <= 64; extra += 9)
        {
            foreach (string file in new[] { "episodes.log", "steps.bin" })
            {
                string path = Copy(folder, "torn");
                using (FileStream stream = new(Path.Combine(path, file), FileMode.Append)) stream.Write(new byte[extra]);
                RequireEpisodes(path, 2, torn: extra);
                Continue(path, 2, cutsOff: true);
            }
        }
    }

    [Fact]
    public void A_damaged_record_before_sound_ones_is_no_torn_tail_and_nothing_is_cut_off()
    {
        using TemporaryFolder folder = new();
        EpisodeStoreTests.Record(folder["whole"], 4);
        byte[] log = File.ReadAllBytes(Path.Combine(folder["whole"], "episodes.log"));
        for (int position = 0; position < 2 * 64; position++)
        {
            string path = Copy(folder, "damaged");
            byte[] damaged = [.. log];
            damaged[position] ^= 0x04;
            File.WriteAllBytes(Path.Combine(path, "episodes.log"), damaged);
            string message = $"Episode {position / 64} of the store*is damaged*Record 3 behind it is sound*nothing was cut off*";
            FluentActions.Invoking(() => EpisodeStore.Open(path)).Should().Throw<InvalidDataException>().WithMessage(message);
            FluentActions.Invoking(() => EpisodeStoreTests.Recorder(path)).Should().Throw<InvalidDataException>().WithMessage(message);
            File.ReadAllBytes(Path.Combine(path, "episodes.log")).Should().Equal(damaged);
        }
    }

    [Fact]
    public void Lost_data_of_more_than_one_episode_is_no_torn_tail()
    {
        using TemporaryFolder folder = new();
        EpisodeStoreTests.Record(folder["store"], 4);
        File.Delete(Path.Combine(folder["store"], "steps.bin"));
        FluentActions.Invoking(() => EpisodeStore.Open(folder["store"])).Should().Throw<InvalidDataException>().WithMessage("*Episode 2*is damaged*nothing was cut off*");
        FluentActions.Invoking(() => EpisodeStoreTests.Recorder(folder["store"])).Should().Throw<InvalidDataException>();
        new FileInfo(Path.Combine(folder["store"], "episodes.log")).Length.Should().Be(4 * 64);
    }

    [Fact]
    public void A_changed_byte_in_an_earlier_episode_is_found_when_it_is_read()
    {
        using TemporaryFolder folder = new();
        EpisodeStoreTests.Record(folder["whole"], 3);
        byte[] steps = File.ReadAllBytes(Path.Combine(folder["whole"], "steps.bin"));
        int start = (int)StartOfBlock(folder["whole"], 1), end = (int)StartOfBlock(folder["whole"], 2);
        for (int position = start; position < end; position++)
        {
            string path = Copy(folder, "damaged");
            byte[] damaged = [.. steps];
            damaged[position] ^= 0x80;
            File.WriteAllBytes(Path.Combine(path, "steps.bin"), damaged);
            using EpisodeStore store = EpisodeStore.Open(path);
            SeededEpisodes.Difference(store.ReadEpisode(0), 0).Should().BeNull();
            SeededEpisodes.Difference(store.ReadEpisode(2), 2).Should().BeNull();
            store.Invoking(s => s.ReadEpisode(1)).Should().Throw<InvalidDataException>().WithMessage("Episode 1 of*checksum*expected*damaged after it was recorded*");
        }
    }

    [Fact]
    public void Recorded_episodes_without_a_description_are_not_overwritten()
    {
        using TemporaryFolder folder = new();
        EpisodeStoreTests.Record(folder.Path, 1);
        File.Delete(folder["store.json"]);
        FluentActions.Invoking(() => EpisodeStoreTests.Recorder(folder.Path)).Should().Throw<InvalidDataException>().WithMessage("*store.json, is missing. Restore it*");
    }

    private static long StartOfBlock(string path, int episode)
    {
        EpisodeLayout layout = new(SeededEpisodes.Observations, SeededEpisodes.Actions, SeededEpisodes.Annotations, new Dictionary<string, BehaviorCloning.Images.FrameEncoding>());
        return Enumerable.Range(0, episode).Sum(e => layout.PlainBytes(SeededEpisodes.Length(e)));
    }

    private static string Copy(TemporaryFolder folder, string name)
    {
        Directory.CreateDirectory(folder[name]);
        foreach (string file in Directory.GetFiles(folder["whole"])) File.Copy(file, Path.Combine(folder[name], Path.GetFileName(file)), overwrite: true);
        return folder[name];
    }

    private static void RequireEpisodes(string path, int count, long? torn = null)
    {
        using EpisodeStore store = EpisodeStore.Open(path);
        store.EpisodeCount.Should().Be(count);
        if (torn is not null) store.TornBytes.Should().Be(torn.Value);
        for (int episode = 0; episode < count; episode++)
            SeededEpisodes.Difference(store.ReadEpisode(episode), episode).Should().BeNull();
    }

    // What a recorder finds after a crash does not keep it from recording the next episode.
    private static void Continue(string path, int next, bool cutsOff)
    {
        using (EpisodeRecorder recorder = EpisodeStoreTests.Recorder(path))
        {
            recorder.EpisodeCount.Should().Be(next);
            if (cutsOff) new FileInfo(Path.Combine(path, "episodes.log")).Length.Should().Be(64 * next);
            EpisodeStoreTests.Append(recorder, next);
            recorder.FinishEpisode().Should().Be(next);
        }

        RequireEpisodes(path, next + 1, torn: 0);
    }
}
