using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;

namespace BehaviorCloning.Tests.Policies;

public sealed class CarriedStateTests
{
    private const int Horizon = 4;
    private static readonly ObservationSpec Observations = new(new FeatureSpec("hand", 2));
    private static readonly ActionSpec Action = new("arm", 2);

    // Nothing is left to chance: one component, whose mean is the answer within 1e-4.
    private static readonly PolicyConfig Config = new()
    {
        Horizons = new Horizons { Observation = Horizon, Prediction = 3, Execution = 1 },
        Encoder = new ProprioceptionEncoderConfig { TokenPerStep = true },
        Head = new RecurrentGaussianMixtureHeadConfig { HiddenWidth = 8, CarriesState = true, Mixture = new MixtureOptions { Components = 1 } },
    };

    [Fact]
    public void A_carried_state_is_that_of_the_steps_since_it_last_began()
    {
        // To = 4: at step 6 the state has read the observations of steps 4, 5, 6.
        using LearnedPolicy policy = Create();
        var history = new ObservationHistory(Horizon);
        for (int step = 0; step < 10; step++)
        {
            history.Push(Observe(step));
            int beginning = step / Horizon * Horizon;
            ShouldBeClose(policy.Predict(history), OfSteps(beginning, step));
        }
    }

    [Fact]
    public void Until_it_first_begins_anew_it_has_read_what_a_policy_of_that_horizon_reads()
    {
        using LearnedPolicy carrying = Create(), recomputing = carrying.With(Config with { Head = (RecurrentGaussianMixtureHeadConfig)Config.Head with { CarriesState = false } });
        ObservationHistory history = new(Horizon), other = new(Horizon);
        for (int step = 0; step < Horizon; step++)
        {
            history.Push(Observe(step));
            other.Push(Observe(step));
            ActionChunk carried = carrying.Predict(history), recomputed = recomputing.Predict(other);
            if (step == Horizon - 1) ShouldBeClose(carried, recomputed);
            else Distance(carried, recomputed).Should().BeGreaterThan(1e-3, "before, the other one has read the first observation several times");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public void Observations_between_inferences_are_read_too(int between)
    {
        using LearnedPolicy policy = Create();
        var history = new ObservationHistory(Horizon);
        for (int step = 0; step < 20; step++)
        {
            history.Push(Observe(step));
            if (step % between == 0) ShouldBeClose(policy.Predict(history), OfSteps(step / Horizon * Horizon, step));
        }
    }

    [Fact]
    public void Predicting_twice_reads_nothing_twice()
    {
        using LearnedPolicy policy = Create();
        var history = new ObservationHistory(Horizon);
        history.Push(Observe(0));
        ShouldBeClose(policy.Predict(history), policy.Predict(history));
        history.Push(Observe(1));
        ShouldBeClose(policy.Predict(history), OfSteps(0, 1));
    }

    [Fact]
    public void Interleaved_episodes_do_not_mix()
    {
        using LearnedPolicy policy = Create();
        ObservationHistory one = new(Horizon), two = new(Horizon);
        for (int step = 0; step < 7; step++)
        {
            one.Push(Observe(step));
            if (step % 2 == 0) two.Push(Observe(step + 50));
            // Now both in one inference, now one after the other.
            IReadOnlyList<ActionChunk> chunks = step % 3 == 0 ? policy.PredictBatch([one, two]) : [policy.Predict(one), policy.Predict(two)];
            ShouldBeClose(chunks[0], OfSteps(step / Horizon * Horizon, step));
            int[] seen = [.. Enumerable.Range(0, two.StepCount).Skip((two.StepCount - 1) / Horizon * Horizon).Select(i => (2 * i) + 50)];
            ShouldBeClose(chunks[1], Of(seen));
        }
    }

    [Fact]
    public void A_cleared_history_has_forgotten()
    {
        using LearnedPolicy policy = Create();
        var history = new ObservationHistory(Horizon);
        for (int step = 0; step < 3; step++)
        {
            history.Push(Observe(step));
            policy.Predict(history);
        }

        history.PolicyState.Should().NotBeNull();
        history.Clear();
        history.Push(Observe(7));
        ShouldBeClose(policy.Predict(history), Of(7));
    }

    [Fact]
    public void Another_policys_state_is_not_taken_for_its_own()
    {
        using LearnedPolicy policy = Create(), other = Create(seed: 3);
        var history = new ObservationHistory(Horizon);
        for (int step = 0; step < 3; step++)
        {
            history.Push(Observe(step));
            other.Predict(history);
            ShouldBeClose(policy.Predict(history), OfSteps(0, step));
        }
    }

    [Fact]
    public void Carrying_leaves_no_tensor_behind()
    {
        using LearnedPolicy policy = Create();
        var history = new ObservationHistory(Horizon);
        int step = 0;
        Tensors.LiveAfter(() =>
        {
            history.Push(Observe(step++));
            policy.Predict(history);
        }).Should().Be(0);
    }

    [Fact]
    public void A_context_of_one_token_is_refused_when_the_policy_is_made() =>
        FluentActions.Invoking(() => LearnedPolicy.Create(Config with { Encoder = new ProprioceptionEncoderConfig() }, Data(), seed: 1, Accelerator.Cpu()))
            .Should().Throw<ArgumentException>().WithMessage("*one token a control step*TokenPerStep*");

    private static ActionChunk OfSteps(int first, int last) => Of([.. Enumerable.Range(first, last - first + 1)]);

    // What the same network answers to a fresh episode of exactly these observations.
    private static ActionChunk Of(params int[] steps)
    {
        using LearnedPolicy policy = Create();
        var history = new ObservationHistory(Horizon);
        foreach (int step in steps) history.Push(Observe(step));
        return policy.Predict(history);
    }

    private static void ShouldBeClose(ActionChunk actual, ActionChunk expected) => Distance(actual, expected).Should().BeLessThan(1e-3);

    private static double Distance(ActionChunk a, ActionChunk b) => a.Values.ToArray().Zip(b.Values.ToArray(), (x, y) => Math.Abs(x - y)).Max();

    private static Observation Observe(int step) => new() { ["hand"] = new[] { (float)Math.Sin(step), (float)Math.Cos(3 * step) } };

    private static LearnedPolicy Create(long seed = 1)
    {
        LearnedPolicy policy = LearnedPolicy.Create(Config, Data(), seed, Accelerator.Cpu());
        // Untrained networks hardly depend on what they see; four times larger weights do.
        using IDisposable noGradient = TorchSharp.torch.no_grad();
        foreach (TorchSharp.Modules.Parameter parameter in policy.Network.parameters()) parameter.mul_(4);
        return policy;
    }

    private static InMemoryEpisodes Data()
    {
        var random = new Random(1);
        float[] hand = [.. Enumerable.Range(0, 24).Select(_ => random.NextSingle())];
        return new InMemoryEpisodes(Observations, Action, [new InMemoryEpisode(Observations, Action, new Dictionary<string, ReadOnlyMemory<float>> { ["hand"] = hand }, hand)]);
    }
}
