using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Datasets;

public sealed class DemonstrationRecorderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Failures_are_dropped_and_successes_recorded_in_the_order_of_their_seeds()
    {
        DemonstrationProgress end = Record(4, parallelism: 3);

        end.Should().Be(new DemonstrationProgress(Kept: 4, Recorded: 4, Dropped: 1, Steps: 12));
        using var store = EpisodeStore.Open(folder.Path);
        SeedsOf(store).Should().Equal(10, 11, 13, 14); // 12 is never solved.
        Episode first = store.ReadEpisode(0);
        first.Feature("step").ToArray().Should().Equal(0, 1, 2);
        first.Actions.ToArray().Should().Equal(0, 10, 1, 10, 2, 10);
        first.Annotation("reward")!.Value.ToArray().Should().Equal(0.01f, 0.02f, 0.03f);
    }

    [Fact]
    public void Noise_is_executed_but_not_recorded_as_the_action()
    {
        DemonstrationRecorder.Record(folder.Path, World, Expert, Options(2) with { ActionNoise = 0.5 });
        using var store = EpisodeStore.Open(folder.Path);
        Episode episode = store.ReadEpisode(0);
        episode.Actions.ToArray().Should().Equal(0, 10, 1, 10, 2, 10);
        float[] noise = [.. episode.Annotation(DemonstrationRecorder.ExecutedAction)!.Value.ToArray().Zip(episode.Actions.ToArray(), (executed, action) => executed - action)];
        noise.Should().OnlyContain(value => value != 0 && Math.Abs(value) < 2.5);
        store.ReadEpisode(1).Annotation(DemonstrationRecorder.ExecutedAction)!.Value.Span[0].Should().NotBe(noise[0], "each episode has noise of its own");
    }

    [Fact]
    public void Without_noise_the_action_is_what_is_executed()
    {
        Record(1);
        using var store = EpisodeStore.Open(folder.Path);
        store.ReadEpisode(0).Annotation(DemonstrationRecorder.ExecutedAction)!.Value.ToArray().Should().Equal(store.ReadEpisode(0).Actions.ToArray());
    }

    [Fact]
    public void An_interrupted_recording_goes_on_as_if_it_had_not_been()
    {
        Record(3);
        DemonstrationProgress rest = Record(5);
        rest.Should().BeEquivalentTo(new { Kept = 5, Recorded = 2 });
        using var store = EpisodeStore.Open(folder.Path);
        SeedsOf(store).Should().Equal(10, 11, 13, 14, 15);
    }

    [Fact]
    public void A_full_store_is_left_as_it_is()
    {
        Record(3);
        Record(2).Should().Be(new DemonstrationProgress(3, 0, 0, 0));
    }

    [Fact]
    public void An_expert_that_cannot_do_it_is_given_up()
    {
        FluentActions.Invoking(() => DemonstrationRecorder.Record(folder.Path, () => new CountingEnvironment(), Expert, new() { Episodes = 2, FirstSeed = 10, FailuresInARow = 3 }))
            .Should().Throw<InvalidOperationException>().WithMessage("*failed 3 times in a row, at seed 12*");
    }

    [Fact]
    public void An_action_that_is_no_number_is_not_recorded()
    {
        FluentActions.Invoking(() => DemonstrationRecorder.Record(folder.Path, World, _ => new ScriptedExpert(_ => [float.NaN, 0]), new() { Episodes = 1 }))
            .Should().Throw<InvalidOperationException>().WithMessage("*NaN in dimension 0*neither executed nor recorded*");
        using var store = EpisodeStore.Open(folder.Path);
        store.EpisodeCount.Should().Be(0);
    }

    [Fact]
    public void Canceling_keeps_what_was_finished()
    {
        using var source = new CancellationTokenSource();
        var progress = new CancelAfter(2, source);
        FluentActions.Invoking(() => DemonstrationRecorder.Record(folder.Path, World, Expert, Options(9), progress, source.Token)).Should().Throw<OperationCanceledException>();
        using var store = EpisodeStore.Open(folder.Path);
        SeedsOf(store).Should().StartWith([10f, 11f]).And.HaveCountLessThan(9);
    }

    [Fact]
    public void Options_report_every_fault_at_once()
    {
        FluentActions.Invoking(() => DemonstrationRecorder.Record(folder.Path, World, Expert, new() { Episodes = 0, FirstSeed = -1, Parallelism = 0, FailuresInARow = 0 }))
            .Should().Throw<ArgumentException>().WithMessage("*Episodes*FirstSeed*Parallelism*FailuresInARow*");
    }

    private static IEnvironment World() => new CountingEnvironment { SolvedAfter = seed => seed == 12 ? 0 : 3 };

    private static IExpert Expert(long seed) => new ScriptedExpert(observation => [observation["step"].Span[0], seed]);

    private static DemonstrationOptions Options(int episodes, int parallelism = 2) => new() { Episodes = episodes, FirstSeed = 10, Parallelism = parallelism };

    private static IEnumerable<float> SeedsOf(EpisodeStore store) =>
        Enumerable.Range(0, store.EpisodeCount).Select(episode => store.ReadEpisode(episode).Annotation("seed")!.Value.Span[0]).ToList();

    private DemonstrationProgress Record(int episodes, int parallelism = 2) => DemonstrationRecorder.Record(folder.Path, World, Expert, Options(episodes, parallelism));

    private sealed class CancelAfter(int kept, CancellationTokenSource source) : IProgress<DemonstrationProgress>
    {
        public void Report(DemonstrationProgress value)
        {
            if (value.Kept == kept) source.Cancel();
        }
    }
}
