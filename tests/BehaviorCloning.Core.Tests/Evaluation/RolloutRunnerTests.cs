namespace BehaviorCloning.Evaluation;

public sealed class RolloutRunnerTests
{
    private static readonly long[] Three = [7, 8, 9];

    [Fact]
    public void Chunk_index_0_is_executed_at_the_step_of_the_newest_observation()
    {
        // To = 2, Tp = 4, Te = 2, five steps: the drawing in RolloutRunner's remarks.
        var environment = new CountingEnvironment { StepLimit = 5 };
        var policy = new RecordingPolicy();

        new RolloutRunner(() => environment, new() { Seeds = [7] }).Run(policy);

        policy.Asked.Select(inference => inference[0]).Should().BeEquivalentTo(
            [new float[] { 0, 0 }, [1, 2], [3, 4]], options => options.WithStrictOrdering());
        environment.Executed.Should().BeEquivalentTo(
            [new float[] { 0, 0 }, [0, 1], [2, 0], [2, 1], [4, 0]], options => options.WithStrictOrdering());
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    public void Execution_horizon_can_be_overridden(int executed, int inferences)
    {
        var policy = new RecordingPolicy();
        new RolloutRunner(() => new CountingEnvironment { StepLimit = 6 }, new() { Seeds = Three, ExecutionHorizon = executed }).Run(policy);
        policy.Asked.Should().HaveCount(inferences);
    }

    [Fact]
    public void All_running_episodes_share_one_inference_and_finished_ones_leave_the_batch()
    {
        var policy = new RecordingPolicy();
        IReadOnlyList<RolloutResult> results = new RolloutRunner(
            () => new CountingEnvironment { StepLimit = 6, SolvedAfter = seed => seed == 8 ? 3 : 0 }, new() { Seeds = Three }).Run(policy);

        policy.Batches.Should().BeEquivalentTo([new float[] { 7, 8, 9 }, [7, 8, 9], [7, 9]], options => options.WithStrictOrdering());
        results.Select(r => (r.Seed, r.Success, r.Steps)).Should().Equal((7, false, 6), (8, true, 3), (9, false, 6));
    }

    [Fact]
    public void Score_is_the_best_reward_of_the_episode_not_the_last()
    {
        var world = new CountingEnvironment { StepLimit = 6, Reward = (_, step) => step == 3 ? 0.8 : 0.1 };
        RolloutResult result = new RolloutRunner(() => world, new() { Seeds = [1] }).Run(new RecordingPolicy())[0];
        result.Score.Should().Be(0.8);
        result.Success.Should().BeFalse();
    }

    [Fact]
    public void Negative_rewards_are_scores_too()
    {
        var world = new CountingEnvironment { StepLimit = 3, Reward = (_, step) => -step };
        new RolloutRunner(() => world, new() { Seeds = [1] }).Run(new RecordingPolicy())[0].Score.Should().Be(-1);
    }

    [Fact]
    public void An_episode_that_fails_ends_without_success()
    {
        RolloutResult result = new RolloutRunner(() => new CountingEnvironment { FailsAfter = _ => 4 }, new() { Seeds = [1] }).Run(new RecordingPolicy())[0];
        result.Should().BeEquivalentTo(new { Success = false, Steps = 4 });
    }

    [Fact]
    public void Results_do_not_depend_on_how_many_run_at_once()
    {
        var options = new RolloutOptions { Seeds = new SeedRange(100, 11) };
        Func<IEnvironment> world = () => new CountingEnvironment { SolvedAfter = seed => (int)(seed % 5), Reward = (seed, step) => seed + step };
        IReadOnlyList<RolloutResult> together = new RolloutRunner(world, options).Run(new RecordingPolicy());
        IReadOnlyList<RolloutResult> inWaves = new RolloutRunner(world, options with { EpisodesAtOnce = 3, Parallelism = 1 }).Run(new RecordingPolicy());
        inWaves.Should().Equal(together);
        together.Select(r => r.Seed).Should().Equal(options.Seeds);
    }

    [Fact]
    public void Trajectories_are_kept_for_as_many_episodes_as_asked_and_line_up()
    {
        IReadOnlyList<RolloutResult> results = new RolloutRunner(
            () => new CountingEnvironment { StepLimit = 3 }, new() { Seeds = Three, TrajectoriesKept = 2, EpisodesAtOnce = 1 }).Run(new RecordingPolicy());

        results.Select(r => r.Trajectory is not null).Should().Equal(true, true, false);
        RolloutTrajectory kept = results[0].Trajectory!;
        kept.Observations.Select(o => o["step"].Span[0]).Should().Equal(0, 1, 2, 3);
        kept.Actions.Select(a => a[0]).Should().Equal(0, 0, 2);
        kept.Rewards.Should().Equal(0.01, 0.02, 0.03);
    }

    [Fact]
    public void Environments_are_disposed_even_when_the_policy_fails()
    {
        List<CountingEnvironment> made = [];
        var runner = new RolloutRunner(() => { made.Add(new()); return made[^1]; }, new() { Seeds = Three });
        runner.Invoking(r => r.Run(new RecordingPolicy { ChunkLength = 1 })).Should().Throw<InvalidOperationException>().WithMessage("*chunk of 1 actions, but 2*");
        made.Should().HaveCount(3).And.OnlyContain(environment => environment.Disposed);
    }

    [Fact]
    public void A_policy_that_does_not_fit_is_told_every_reason()
    {
        var policy = new RecordingPolicy
        {
            Observations = new(new FeatureSpec("step", 3), new FeatureSpec("camera", FeatureElement.UInt8, 4, 4, 3)),
            Actions = new("arm", 6),
        };
        new RolloutRunner(() => new CountingEnvironment(), new() { Seeds = [1] }).Invoking(r => r.Run(policy)).Should().Throw<ArgumentException>()
            .WithMessage("*step [3]*observes step [1]*'camera'*it has: step, seed*'arm'*6 values*'hand'*2*");
    }

    [Fact]
    public void An_execution_horizon_beyond_the_prediction_is_refused()
    {
        new RolloutRunner(() => new CountingEnvironment(), new() { Seeds = [1], ExecutionHorizon = 5 })
            .Invoking(r => r.Run(new RecordingPolicy())).Should().Throw<ArgumentException>().WithMessage("*5*4 actions*");
    }

    [Fact]
    public void Options_report_every_fault_at_once()
    {
        Action make = () => _ = new RolloutRunner(() => new CountingEnvironment(), new() { Seeds = [3, 3], Parallelism = 0, EpisodesAtOnce = 0, TrajectoriesKept = -1 });
        make.Should().Throw<ArgumentException>().WithMessage("*Only 1 of the 2 seeds*TrajectoriesKept*Parallelism*EpisodesAtOnce*");
        Action none = () => _ = new RolloutRunner(() => new CountingEnvironment(), new() { Seeds = [] });
        none.Should().Throw<ArgumentException>().WithMessage("*no seeds*");
    }

    [Fact]
    public void A_reward_that_is_no_number_is_an_error()
    {
        new RolloutRunner(() => new CountingEnvironment { Reward = (_, _) => double.NaN }, new() { Seeds = [4], Parallelism = 1 })
            .Invoking(r => r.Run(new RecordingPolicy())).Should().Throw<AggregateException>().WithInnerException<InvalidOperationException>().WithMessage("*NaN*seed 4*");
    }

    [Fact]
    public void Progress_ends_at_one_and_never_goes_back()
    {
        var reports = new ImmediateProgress();
        new RolloutRunner(() => new CountingEnvironment(), new() { Seeds = new SeedRange(0, 6), EpisodesAtOnce = 4 }).Run(new RecordingPolicy(), reports);
        reports.Fractions.Should().BeInAscendingOrder();
        reports.Fractions[^1].Should().BeApproximately(1, 1e-12);
        reports.Last.Should().BeEquivalentTo(new { Finished = 6, Episodes = 6 });
        reports.Last.ScoreMean.Should().BeApproximately(0.1, 1e-12);
    }

    [Fact]
    public void Cancelling_stops_the_evaluation()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        new RolloutRunner(() => new CountingEnvironment(), new() { Seeds = Three })
            .Invoking(r => r.Run(new RecordingPolicy(), null, source.Token)).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void An_expert_acts_every_step_and_is_made_afresh_for_every_episode()
    {
        var made = new System.Collections.Concurrent.ConcurrentBag<long>();
        IReadOnlyList<RolloutResult> results = new RolloutRunner(
            () => new CountingEnvironment { StepLimit = 4 }, new() { Seeds = Three, TrajectoriesKept = 1 }).RunExpert(seed =>
            {
                made.Add(seed);
                return new ScriptedExpert(observation => [observation["step"].Span[0], seed]);
            });

        made.Should().BeEquivalentTo(Three);
        results.Select(r => r.Seed).Should().Equal(Three);
        results[0].Trajectory!.Actions.Should().BeEquivalentTo([new float[] { 0, 7 }, [1, 7], [2, 7], [3, 7]], options => options.WithStrictOrdering());
    }

    [Theory]
    [InlineData(float.NaN, "*NaN in dimension 1*not executed*")]
    [InlineData(float.PositiveInfinity, "*in dimension 1*not executed*")]
    public void An_action_that_is_no_number_is_never_executed(float value, string message)
    {
        var environment = new CountingEnvironment();
        new RolloutRunner(() => environment, new() { Seeds = [1], Parallelism = 1 })
            .Invoking(r => r.RunExpert(_ => new ScriptedExpert(_ => [0, value]))).Should().Throw<AggregateException>().WithInnerException<ArgumentException>().WithMessage(message);
        environment.Executed.Should().BeEmpty();
    }

    [Fact]
    public void An_action_of_the_wrong_size_is_never_executed()
    {
        new RolloutRunner(() => new CountingEnvironment(), new() { Seeds = [1] })
            .Invoking(r => r.RunExpert(_ => new ScriptedExpert(_ => [0]))).Should().Throw<AggregateException>().WithInnerException<ArgumentException>().WithMessage("*1 values; 'hand' takes 2*");
    }

    private sealed class ImmediateProgress : IProgress<RolloutProgress>
    {
        public List<double> Fractions { get; } = [];

        public RolloutProgress Last { get; private set; }

        public void Report(RolloutProgress value)
        {
            Fractions.Add(value.Fraction);
            Last = value;
        }
    }
}
