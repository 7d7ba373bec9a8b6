using System.Diagnostics.Metrics;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Heads => ["mse", "flow"];

    internal static PolicyHeadConfig HeadOf(string name) => name == "mse" ? PointEpisodes.Mse() : PointEpisodes.Flow();

    [Theory]
    [MemberData(nameof(Heads))]
    public void The_loss_falls(string head)
    {
        using LearnedPolicy policy = PointEpisodes.Create(HeadOf(head));
        TrainingResult result = Trainer.Train(policy, PointEpisodes.Make(), PointEpisodes.Quick with { Steps = 200, LearningRate = 0.01, LogInterval = 50 });
        result.Outcome.Should().Be(TrainingOutcome.Finished);
        result.Steps.Should().Be(200);
        result.Reports.Should().HaveCount(4);
        result.FinalLoss.Should().BeLessThan(0.6 * result.Reports[0].Loss);
        policy.Network.training.Should().BeFalse("it is ready to run");
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void The_same_seed_trains_the_same_policy(string head)
    {
        float[] Weights(long seed)
        {
            using LearnedPolicy policy = PointEpisodes.Create(HeadOf(head));
            Trainer.Train(policy, PointEpisodes.Make(), PointEpisodes.Quick with { Seed = seed });
            return WeightsOf(policy);
        }

        Weights(1).Should().Equal(Weights(1)).And.NotEqual(Weights(2));
    }

    [Fact]
    public void Accumulated_small_batches_equal_one_big_batch()
    {
        float[] Weights(int batch, int accumulation)
        {
            using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Mse());
            // Episodes as long as the windows they are cut to, so that masks weigh every batch alike: chunks of one step have no padding.
            Trainer.Train(policy, PointEpisodes.Make(), PointEpisodes.Quick with { BatchSize = batch, Accumulation = accumulation, Steps = 10 });
            return WeightsOf(policy);
        }

        float[] big = Weights(32, 1), small = Weights(8, 4);
        big.Zip(small, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(2e-3f);
        // The control: a different amount of data does differ.
        big.Zip(Weights(8, 1), (a, b) => Math.Abs(a - b)).Max().Should().BeGreaterThan(5e-3f);
    }

    [Fact]
    public void The_trained_policy_holds_the_average()
    {
        using LearnedPolicy averaged = PointEpisodes.Create(PointEpisodes.Mse()), live = PointEpisodes.Create(PointEpisodes.Mse());
        Trainer.Train(averaged, PointEpisodes.Make(), PointEpisodes.Quick with { Ema = new WarmupEmaConfig() });
        Trainer.Train(live, PointEpisodes.Make(), PointEpisodes.Quick with { Ema = new NoEmaConfig() });
        WeightsOf(averaged).Should().NotEqual(WeightsOf(live));
    }

    [Fact]
    public void Training_stops_when_validation_no_longer_improves()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Mse());
        // At a tiny learning rate the loss may creep down, so validate on data whose loss goes up: actions of the opposite sign.
        var opposite = PointEpisodes.Make(2, seed: 9, change: (positions, actions, _) =>
        {
            for (int i = 0; i < actions.Length; i++) actions[i] = 2 * positions[i] - actions[i];
        });
        TrainingResult result = Trainer.Train(
            policy, PointEpisodes.Make(), PointEpisodes.Quick with { Steps = 500, LearningRate = 0.01, ValidationInterval = 10, Patience = 3 }, validation: opposite);
        result.Outcome.Should().Be(TrainingOutcome.StoppedEarly);
        result.Steps.Should().BeLessThan(500);
        result.Validations.Should().HaveCount((int)(result.Steps / 10));
        result.BestValidation!.Step.Should().Be(result.Steps - 30);
    }

    [Fact]
    public void The_best_and_the_newest_policies_are_kept()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Mse());
        TrainingResult result = Trainer.Train(
            policy, PointEpisodes.Make(), PointEpisodes.Quick with { Steps = 60, LearningRate = 0.01, ValidationInterval = 10, CheckpointInterval = 15, KeepBest = 2, KeepNewest = 2 },
            PointEpisodes.Make(2, seed: 9), folder.Path);
        long[] best = [.. result.Validations.OrderBy(v => v.Loss).Take(2).Select(v => v.Step)];
        long[] expected = [.. best.Union([45L, 60L]).Order()];
        result.Policies.Select(p => p.Step).Should().Equal(expected);
        Directory.GetDirectories(folder["policies"]).Select(Path.GetFileName).Order().Should().Equal(expected.Select(step => $"step-{step:D8}"));
        result.BestPolicy!.Step.Should().Be(best[0]);

        using LearnedPolicy loaded = LearnedPolicy.Load(result.Policies[^1].Folder, policy.Accelerator);
        WeightsOf(loaded).Should().Equal(WeightsOf(policy), "what is saved is the averaged policy");
        File.Exists(folder["metrics.csv"]).Should().BeTrue();
        Directory.GetFiles(folder.Path, "events.out.tfevents.*").Should().ContainSingle();
    }

    [Fact]
    public void Validation_changes_nothing_in_the_training()
    {
        float[] Weights(IEpisodeSource? validation)
        {
            using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Flow());
            Trainer.Train(policy, PointEpisodes.Make(), PointEpisodes.Quick, validation);
            return WeightsOf(policy);
        }

        Weights(PointEpisodes.Make(2, seed: 9)).Should().Equal(Weights(null));
    }

    [Fact]
    public void Data_that_is_not_finite_is_an_error_that_names_it()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Mse());
        var broken = PointEpisodes.Make(change: (_, actions, episode) => actions[8] = episode == 2 ? float.NaN : actions[8]);
        FluentActions.Invoking(() => Trainer.Train(policy, broken, PointEpisodes.Quick)).Should().Throw<InvalidDataException>().WithMessage("Episode 2, step 4: 'actions' is NaN*");
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_and_leaves_the_last_checkpoint()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Mse());
        var poison = new Poison(policy, atStep: 10);
        FluentActions.Invoking(() => Trainer.Train(
                policy, PointEpisodes.Make(), PointEpisodes.Quick with { CheckpointInterval = 4 }, runFolder: folder.Path, observers: [poison]))
            .Should().Throw<TrainingDivergedException>().WithMessage("*step 10*loss is NaN*state*Lower the learning rate*").Which.Step.Should().Be(10);
        using RunCheckpoint checkpoint = RunCheckpoint.Load(folder.Path);
        checkpoint.State.Step.Should().Be(8);
        using LearnedPolicy saved = LearnedPolicy.Load(Path.Combine(folder.Path, "policies", "step-00000008"), policy.Accelerator);
        WeightsOf(saved).Should().OnlyContain(value => float.IsFinite(value));
    }

    [Fact]
    public void Data_of_another_specification_is_refused()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Mse());
        var other = new BehaviorCloning.Datasets.InMemoryEpisodes(new ObservationSpec(new FeatureSpec("joints", 7)), PointEpisodes.Actions);
        FluentActions.Invoking(() => Trainer.Train(policy, other, PointEpisodes.Quick)).Should().Throw<ArgumentException>().WithMessage("*joints [7]*position [2]*");
    }

    [Fact]
    public void A_run_folder_is_not_overwritten()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Mse());
        Trainer.Train(policy, PointEpisodes.Make(), PointEpisodes.Quick, runFolder: folder.Path);
        FluentActions.Invoking(() => Trainer.Train(policy, PointEpisodes.Make(), PointEpisodes.Quick, runFolder: folder.Path))
            .Should().Throw<InvalidOperationException>().WithMessage("*Trainer.Resume*");
    }

    [Fact]
    public void Progress_logger_and_meter_are_told()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Mse());
        List<TrainingProgress> reports = [];
        var logger = new ListLogger();
        long steps = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == TrainingMetrics.MeterName) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Interlocked.Add(ref steps, instrument.Name == "training.steps" ? value : 0));
        listener.Start();
        Trainer.Train(policy, PointEpisodes.Make(), PointEpisodes.Quick, progress: new Inline(reports.Add), logger: logger);
        reports.Select(r => r.Step).Should().Equal(5, 10, 15, 20);
        reports[^1].Remaining.Should().Be(TimeSpan.Zero);
        reports.Should().OnlyContain(r => r.GradientNorm > 0 && r.SamplesPerSecond > 0 && r.LearningRate > 0 && r.DataWaitShare >= 0);
        logger.Events.Should().Contain([1000, 1002, 1008]);
        steps.Should().BeGreaterThanOrEqualTo(20);
    }

    internal static float[] WeightsOf(LearnedPolicy policy)
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. policy.Network.parameters().SelectMany(p => p.detach().data<float>().ToArray())];
    }

    // Puts a NaN into a weight once training has come to a step.
    private sealed class Poison(LearnedPolicy policy, long atStep) : ITrainingObserver
    {
        public void OnProgress(TrainingProgress progress)
        {
            if (progress.Step != atStep) return;
            using IDisposable noGrad = no_grad();
            policy.Network.parameters().First().fill_(float.NaN);
        }
    }

    private sealed class Inline(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }

    private sealed class ListLogger : ILogger
    {
        public List<int> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Events.Add(eventId.Id);
    }
}
