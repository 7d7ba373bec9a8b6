namespace BehaviorCloning.Runtime;

public sealed class ExecutorTests
{
    [Fact]
    public void Receding_horizon_executes_Te_actions_and_infers_again()
    {
        var policy = new NumberedPolicy { Horizons = new() { Prediction = 4, Execution = 2 } };
        using var executor = new RecedingHorizonExecutor(policy);
        executor.Begin(NumberedPolicy.At(0));
        Run(executor, 5).Should().Equal("1.0", "1.1", "2.0", "2.1", "3.0"); // Chunk 0 was the warm-up.
        policy.Asked.Select(asked => asked.Step).Should().Equal(0, 0, 2, 4);
    }

    [Fact]
    public void After_an_inference_that_throws_the_next_step_infers_again_and_no_old_action_is_repeated()
    {
        var policy = new NumberedPolicy { Horizons = new() { Prediction = 4, Execution = 2 } };
        using var executor = new RecedingHorizonExecutor(policy);
        executor.Begin(NumberedPolicy.At(0));
        Run(executor, 2).Should().Equal("1.0", "1.1");
        policy.OnInference = chunk =>
        {
            if (chunk == 2) throw new InvalidOperationException("out of memory");
        };
        Action third = () => Run(executor, 1);
        third.Should().Throw<InvalidOperationException>();
        Run(executor, 2).Should().Equal("3.0", "3.1");
    }

    [Fact]
    public void Temporal_ensembling_averages_all_chunks_that_speak_of_a_step()
    {
        var policy = new NumberedPolicy { Horizons = new() { Prediction = 3, Execution = 1 } };
        using var executor = new TemporalEnsembleExecutor(policy, decay: 0);
        executor.Begin(NumberedPolicy.At(0));
        // Step 2: chunk 1 says index 2, chunk 2 index 1, chunk 3 index 0.
        Run(executor, 4).Should().Equal("1.0", "1.5.0.5", "2.1", "3.1");
    }

    [Fact]
    public void An_unguided_policy_ignores_the_prefix()
    {
        var policy = new NumberedPolicy();
        var history = new ObservationHistory(1);
        history.Push(NumberedPolicy.At(3));
        var prefix = new ChunkPrefix(new ActionChunk(new float[8], 2), 1, 4);
        new UnguidedPolicy(policy).Predict(history, prefix)[0][0].Should().Be(0);
        policy.Asked.Should().ContainSingle().Which.Prefix.Should().BeNull();
    }

    [Fact]
    public void The_delay_planned_with_is_the_largest_of_the_last_few()
    {
        var delays = new DelayEstimate(2, 3);
        delays.Conservative.Should().Be(2);
        foreach (int measured in new[] { 1, 5, 0 }) delays.Add(measured);
        delays.Conservative.Should().Be(5);
        foreach (int measured in new[] { 1, 1 }) delays.Add(measured);
        delays.Conservative.Should().Be(1, "a spike is forgotten");
    }

    internal static List<string> Run(IActionExecutor executor, int steps)
    {
        List<string> taken = [];
        float[] action = new float[2];
        for (int k = 0; k < steps; k++)
            taken.Add(executor.TryAct(NumberedPolicy.At(k), action) ? FormattableString.Invariant($"{action[0]}.{action[1]}") : "none");
        return taken;
    }
}
