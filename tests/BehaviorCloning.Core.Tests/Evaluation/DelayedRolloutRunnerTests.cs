namespace BehaviorCloning.Evaluation;

public sealed class DelayedRolloutRunnerTests
{
    // Action i of the chunk of newest step t is (t, i), so what was executed tells which chunk it came from.
    [Theory]
    [InlineData(0, 2, "0.0 0.1 2.0 2.1 4.0 4.1 6.0 6.1 8.0 8.1")]
    [InlineData(1, 2, "0.0 0.1 0.2 2.1 2.2 4.1 4.2 6.1 6.2 8.1")]
    [InlineData(2, 2, "0.0 0.1 0.2 0.3 2.2 2.3 4.2 4.3 6.2 6.3")]
    [InlineData(1, 3, "0.0 0.1 0.2 0.3 3.1 3.2 3.3 6.1 6.2 6.3")]
    public void Chunks_arrive_d_steps_after_their_observation(int d, int s, string expected)
    {
        (CountingEnvironment environment, _) = Play(d, s);
        environment.Executed.Select(a => $"{a[0]}.{a[1]}").Should().Equal(expected.Split(' '));
    }

    [Fact]
    public void The_prefix_is_the_rest_of_the_running_chunk_from_the_observation_on()
    {
        (_, PrefixRecorder policy) = Play(1, 2);
        // At step 4 the chunk of step 2 runs; its index 2 belongs to step 4.
        ChunkPrefix prefix = policy.Prefixes[1];
        (prefix.InferenceDelay, prefix.ExecutionHorizon, prefix.Remaining.Length).Should().Be((1, 2, 2));
        prefix.Remaining[0].ToArray().Should().Equal(2, 2);
        prefix.Remaining[1].ToArray().Should().Equal(2, 3);
    }

    [Fact]
    public void Ensembling_averages_the_chunks_that_have_arrived()
    {
        (CountingEnvironment environment, _) = Play(1, 1, decay: 0);
        // Step 3: chunks of 0, 1, 2 have arrived and say (0, 3), (1, 2), (2, 1).
        environment.Executed[3].Should().Equal(1, 2);
    }

    [Fact]
    public void Jumps_into_a_new_chunk_are_told_apart_from_those_inside_one()
    {
        var runner = new DelayedRolloutRunner(() => new CountingEnvironment(), new() { Seeds = [1], InferenceDelay = 1, ExecutionHorizon = 2 });
        DelayedRolloutResult result = runner.Run(new PrefixRecorder())[0];
        // Inside (t, i) -> (t, i + 1): 1. Seams (t, 2) -> (t + 2, 1): sqrt 5.
        result.InsideMax.Should().Be(1);
        result.SeamMax.Should().BeApproximately(Math.Sqrt(5), 1e-12);
        result.SeamMean.Should().BeApproximately(Math.Sqrt(5), 1e-12);
    }

    [Fact]
    public void Without_delay_and_guidance_it_is_the_rollout_runner()
    {
        long[] seeds = [.. new SeedRange(1, 20)];
        Func<IEnvironment> world = () => new CountingEnvironment { SolvedAfter = seed => (int)(seed % 11), FailsAfter = seed => (int)(seed % 7) };
        IReadOnlyList<RolloutResult> plain = new RolloutRunner(world, new() { Seeds = seeds, EpisodesAtOnce = 7 }).Run(new RecordingPolicy());
        IReadOnlyList<DelayedRolloutResult> delayed = new DelayedRolloutRunner(world, new() { Seeds = seeds, ExecutionHorizon = 2, EpisodesAtOnce = 7 }).Run(new PrefixRecorder());
        delayed.Select(episode => episode.Result).Should().Equal(plain);
    }

    [Fact]
    public void Every_fault_of_its_options_is_told()
    {
        Action bad = () => new DelayedRolloutRunner(() => new CountingEnvironment(), new() { Seeds = [], InferenceDelay = 3, ExecutionHorizon = 2 }).Run(new PrefixRecorder());
        bad.Should().Throw<ArgumentException>().WithMessage("*no seeds*s must be at least d*s + d must be at most H*");
    }

    private static (CountingEnvironment Environment, PrefixRecorder Policy) Play(int d, int s, double? decay = null)
    {
        var environment = new CountingEnvironment();
        var policy = new PrefixRecorder();
        new DelayedRolloutRunner(() => environment, new() { Seeds = [1], InferenceDelay = d, ExecutionHorizon = s, EnsembleDecay = decay }).Run(policy);
        environment.Executed.Should().HaveCount(10);
        return (environment, policy);
    }

    private sealed class PrefixRecorder : IPrefixGuidedPolicy
    {
        private readonly RecordingPolicy policy = new();

        public List<ChunkPrefix> Prefixes { get; } = [];

        public ObservationSpec Observations => policy.Observations;

        public ActionSpec Actions => policy.Actions;

        public Horizons Horizons => policy.Horizons;

        public ActionChunk Predict(ObservationHistory history) => policy.Predict(history);

        public ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix)
        {
            Prefixes.Add(prefix);
            return policy.Predict(history);
        }
    }
}
