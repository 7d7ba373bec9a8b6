namespace BehaviorCloning.Runtime;

public sealed class RealTimeChunkExecutorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly RealTimeChunkOptions Options = new() { InitialDelay = 2, WarmUpInferences = 0 };

    [Fact]
    public void The_worked_trace_of_Algorithm_1()
    {
        // H = 8, s_min = 4, true delay 2, d_init 2.
        using var gate = new SemaphoreSlim(0);
        var policy = new NumberedPolicy { OnInference = chunk => WaitFor(gate, chunk > 0) };
        using var executor = new RealTimeChunkExecutor(policy, Options);
        executor.Begin(NumberedPolicy.At(0));
        ExecutorTests.Run(executor, 5).Should().Equal("0.0", "0.1", "0.2", "0.3", "0.4");
        Until(() => policy.Asked.Count == 2);
        ExecutorTests.Run(executor, 1).Should().Equal("0.5");
        gate.Release();
        Until(() => executor.Statistics.Inferences == 1);
        ExecutorTests.Run(executor, 2).Should().Equal("1.2", "1.3");
        policy.Asked.Should().HaveCount(2, "the next inference starts when the observation of index 4 comes");
        ExecutorTests.Run(executor, 1).Should().Equal("1.4");
        Until(() => policy.Asked.Count == 3);
        gate.Release();

        foreach (int chunk in new[] { 1, 2 })
        {
            ChunkPrefix prefix = policy.Asked[chunk].Prefix!;
            (prefix.ExecutionHorizon, prefix.InferenceDelay, prefix.Remaining.Length).Should().Be((4, 2, 4));
            Enumerable.Range(0, 4).Select(i => prefix.Remaining[i].ToArray()).Should().BeEquivalentTo(Enumerable.Range(4, 4).Select(i => new float[] { chunk - 1, i }), o => o.WithStrictOrdering());
        }

        policy.Asked[1].Step.Should().Be(4, "index 0 of the new chunk belongs to the observation of index 4");
        executor.Statistics.PlannedDelay.Should().Be(2);
    }

    [Fact]
    public void A_delay_beyond_H_minus_s_runs_dry_and_then_joins_the_last_executed_action()
    {
        using var gate = new SemaphoreSlim(0);
        var policy = new NumberedPolicy { OnInference = chunk => WaitFor(gate, chunk == 1) };
        using var executor = new RealTimeChunkExecutor(policy, Options);
        executor.Begin(NumberedPolicy.At(0));
        ExecutorTests.Run(executor, 5);
        Until(() => policy.Asked.Count == 2);
        ExecutorTests.Run(executor, 6).Should().Equal("0.5", "0.6", "0.7", "none", "none", "none");
        gate.Release();
        Until(() => executor.Statistics.Inferences >= 1);
        ExecutorTests.Run(executor, 1)[0].Should().Match(action => action == "1.4" || action == "2.0", "index 8 - 4 of the late chunk, unless the next one, of the robot at rest, was as quick");
        executor.Statistics.StarvedSteps.Should().Be(3);
    }

    [Fact]
    public void An_inference_that_throws_lets_the_chunk_go_on_and_is_tried_again_with_the_next_observation()
    {
        var policy = new NumberedPolicy
        {
            OnInference = chunk =>
            {
                if (chunk is 1 or 2) throw new InvalidOperationException("lost the camera");
            },
        };
        using var executor = new RealTimeChunkExecutor(policy, Options);
        executor.Begin(NumberedPolicy.At(0));
        ExecutorTests.Run(executor, 5);
        Until(() => executor.Statistics.Failures == 1);
        ExecutorTests.Run(executor, 1).Should().Equal("0.5");
        Until(() => executor.Statistics.Failures == 2);
        ExecutorTests.Run(executor, 1).Should().Equal("0.6");
        Until(() => executor.Statistics.Inferences == 1);
        // The third attempt saw the observation of index 6: s = 6, one action consumed since.
        ExecutorTests.Run(executor, 1).Should().Equal("3.1");
        policy.Asked[3].Prefix!.ExecutionHorizon.Should().Be(6);
        executor.Statistics.LastError.Should().Be("lost the camera");
    }

    [Fact]
    public void A_chunk_inferred_after_all_ran_out_has_no_prefix_and_starts_at_its_first_action()
    {
        var policy = new NumberedPolicy
        {
            OnInference = chunk =>
            {
                if (chunk is >= 1 and <= 4) throw new InvalidOperationException();
            },
        };
        using var executor = new RealTimeChunkExecutor(policy, Options);
        executor.Begin(NumberedPolicy.At(0));
        ExecutorTests.Run(executor, 4);
        for (int failure = 1; failure <= 4; failure++)
        {
            ExecutorTests.Run(executor, 1);
            Until(() => executor.Statistics.Failures == failure);
        }

        ExecutorTests.Run(executor, 1).Should().Equal("none");
        Until(() => executor.Statistics.Inferences == 1);
        ExecutorTests.Run(executor, 1).Should().Equal("5.0");
        policy.Asked[5].Prefix.Should().BeNull();
    }

    [Fact]
    public async Task A_chunk_of_an_episode_that_is_over_is_thrown_away_whole()
    {
        using var gate = new SemaphoreSlim(0);
        var policy = new NumberedPolicy { OnInference = chunk => WaitFor(gate, chunk == 1) };
        using var executor = new RealTimeChunkExecutor(policy, Options);
        executor.Begin(NumberedPolicy.At(0));
        ExecutorTests.Run(executor, 5);
        Until(() => policy.Asked.Count == 2);
        var begin = Task.Run(() => executor.Begin(NumberedPolicy.At(0)));
        Until(() => executor.QueueDepth == 0); // The new episode has begun, with nothing at hand.
        begin.IsCompleted.Should().BeFalse();
        gate.Release();
        await begin.WaitAsync(Patience);
        executor.Statistics.Discarded.Should().Be(1);
        ExecutorTests.Run(executor, 2).Should().Equal("2.0", "2.1");
    }

    [Fact]
    public void The_inference_sees_every_observation_in_order()
    {
        List<float[]> seen = [];
        var policy = new HistoryPolicy(history => seen.Add([.. Enumerable.Range(0, 3).Select(i => history[i]["step"].Span[0])]));
        using var executor = new RealTimeChunkExecutor(policy, new() { MinimumExecutionHorizon = 2, InitialDelay = 1, WarmUpInferences = 0 });
        executor.Begin(NumberedPolicy.At(0));
        float[] action = new float[2];
        for (int k = 0; k < 3; k++) executor.TryAct(NumberedPolicy.At(k), action);
        Until(() => executor.Statistics.Inferences == 1);
        seen.Should().BeEquivalentTo(new[] { new float[] { 0, 0, 0 }, [0, 1, 2] }, o => o.WithStrictOrdering());
    }

    [Fact]
    public void Begin_says_when_the_first_inference_hangs_or_fails()
    {
        using var gate = new SemaphoreSlim(0);
        var hanging = new NumberedPolicy { OnInference = _ => WaitFor(gate, true) };
        using (var executor = new RealTimeChunkExecutor(hanging, Options with { BeginTimeout = TimeSpan.FromMilliseconds(20), ShutdownTimeout = TimeSpan.Zero }))
        {
            Action begin = () => executor.Begin(NumberedPolicy.At(0));
            begin.Should().Throw<TimeoutException>().WithMessage("*The robot was not started*");
            gate.Release();
        }

        var failing = new NumberedPolicy { OnInference = _ => throw new InvalidOperationException("no weights") };
        using var other = new RealTimeChunkExecutor(failing, Options);
        Action fail = () => other.Begin(NumberedPolicy.At(0));
        fail.Should().Throw<InvalidOperationException>().WithMessage("*no weights*");
        Action act = () => other.TryAct(NumberedPolicy.At(0), new float[2]);
        act.Should().Throw<InvalidOperationException>().WithMessage("*Call Begin*");
    }

    [Fact]
    public void Warm_up_happens_before_the_first_step_and_is_no_measurement()
    {
        var policy = new NumberedPolicy();
        using var executor = new RealTimeChunkExecutor(policy, new() { WarmUpInferences = 2 });
        executor.Begin(NumberedPolicy.At(0));
        policy.Asked.Should().HaveCount(5, "two plain and two guided ones, and the first chunk");
        executor.Statistics.Inferences.Should().Be(0);
        executor.Statistics.InferenceTime.Count.Should().Be(0);
        executor.Statistics.PlannedDelay.Should().Be(1);
    }

    [Fact]
    public void Every_fault_of_its_options_is_told()
    {
        Action bad = () => _ = new RealTimeChunkExecutor(new NumberedPolicy(), new() { MinimumExecutionHorizon = 7, InitialDelay = 2, DelayQueueLength = 0 });
        bad.Should().Throw<ArgumentException>().WithMessage("*s + d must be at most H*DelayQueueLength 0*");
    }

    internal static void Until(Func<bool> condition) => SpinWait.SpinUntil(condition, Patience).Should().BeTrue();

    private static void WaitFor(SemaphoreSlim gate, bool really)
    {
        if (really) gate.Wait(Patience);
    }

    private sealed class HistoryPolicy(Action<ObservationHistory> look) : IPrefixGuidedPolicy
    {
        public ObservationSpec Observations { get; } = new(new FeatureSpec("step", 1));

        public ActionSpec Actions { get; } = new("hand", 2);

        public Horizons Horizons { get; } = new() { Observation = 3, Prediction = 8, Execution = 2 };

        public ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix) => Predict(history);

        public ActionChunk Predict(ObservationHistory history)
        {
            look(history);
            return new ActionChunk(new float[16], 2);
        }
    }
}
