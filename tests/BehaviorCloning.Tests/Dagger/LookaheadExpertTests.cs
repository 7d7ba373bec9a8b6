using BehaviorCloning.Dagger;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace BehaviorCloning.Tests.Dagger;

public sealed class LookaheadExpertTests
{
    [Fact]
    public void The_future_that_solves_the_task_soonest_is_followed_to_its_end()
    {
        // Chunks of two: the first future needs 6 steps to 3, the second 3, the third never comes there.
        var policy = new Walkers([0.5f, 1, -1]);
        using var expert = new LookaheadExpert(policy, () => new Ladder(), new() { Futures = 3, Steps = 12 });
        using var world = new Ladder();
        Play(world, expert).Should().Equal(1, 1, 1);
        policy.Inferences.Should().Be(2, "one plan of two chunks serves all three steps");
    }

    [Fact]
    public void Where_no_future_solves_it_one_chunk_of_the_best_is_executed_and_then_planned_anew()
    {
        var policy = new Walkers([-1, 0.25f, 0]);
        using var expert = new LookaheadExpert(policy, () => new Ladder(), new() { Futures = 3, Steps = 4 });
        using var world = new Ladder();
        Observation observation = world.Reset(0);
        for (int step = 0; step < 4; step++)
        {
            float[] action = expert.Act(observation, world);
            action.Should().Equal(0.25f);
            policy.Inferences.Should().Be(step < 2 ? 2 : 4);
            observation = world.Step(action).Observation;
        }
    }

    [Fact]
    public void Its_plan_is_what_is_left_of_the_future_that_it_follows()
    {
        var policy = new Walkers([0.5f, 1]);
        using var expert = new LookaheadExpert(policy, () => new Ladder(), new() { Futures = 2, Steps = 12 });
        using var world = new Ladder();
        Observation observation = world.Reset(0);
        expert.Plan(observation, world, 2).Should().HaveCount(2, "no more were asked for");
        observation = world.Step([1]).Observation;
        expert.Plan(observation, world, 8).Select(action => action[0]).Should().Equal(1, 1);
        observation = world.Step([-0.5f]).Observation;
        policy.Inferences.Should().Be(2);
        expert.Plan(observation, world, 8).Select(action => action[0]).Should().Equal([1, 1, 1], "where the learner went it plans anew, to the goal");
        world.Position.Should().Be(0.5);
    }

    [Fact]
    public void Its_plan_ends_with_the_first_chunk_where_no_future_solves_the_task()
    {
        using var expert = new LookaheadExpert(new Walkers([0.25f]), () => new Ladder(), new() { Futures = 1, Steps = 4 });
        using var world = new Ladder();
        expert.Plan(world.Reset(0), world, 8).Should().HaveCount(2);
    }

    [Fact]
    public void A_future_that_failed_is_not_gone_on_with_and_not_preferred()
    {
        // -2 falls off the ladder at -4, with the reward of where it fell.
        using var expert = new LookaheadExpert(new Walkers([-2, -0.25f]), () => new Ladder(), new() { Futures = 2, Steps = 8 });
        using var world = new Ladder();
        expert.Act(world.Reset(0), world).Should().Equal(-0.25f);
    }

    [Fact]
    public void It_labels_where_the_learner_got_itself_to_and_leaves_the_world_alone()
    {
        var policy = new Walkers([1, -1]);
        using var expert = new LookaheadExpert(policy, () => new Ladder(), new() { Futures = 2, Steps = 12 });
        using var world = new Ladder();
        Observation observation = world.Reset(0);
        for (int step = 0; step < 4; step++)
        {
            double before = world.Position;
            expert.Act(observation, world).Should().Equal(1);
            world.Position.Should().Be(before);
            observation = world.Step([-0.5f]).Observation;
        }

        policy.Inferences.Should().Be(2 + 2 + 2 + 3, "a learner that drives elsewhere is planned for in every step");
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(0.2, 2)]
    public void A_world_that_strays_a_little_is_followed_within_the_tolerance_only(double tolerance, int inferences)
    {
        var policy = new Walkers([1]);
        using var expert = new LookaheadExpert(policy, () => new Ladder(), new() { Futures = 1, Steps = 12, Tolerance = tolerance });
        using var world = new Ladder();
        Observation observation = world.Reset(0);
        expert.Act(observation, world);
        observation = world.Step([1.125f]).Observation;
        expert.Act(observation, world);
        policy.Inferences.Should().Be(inferences - (tolerance == 0 ? 1 : 0));
    }

    [Fact]
    public void What_a_caller_does_with_an_action_does_not_reach_the_next_ones()
    {
        using var expert = new LookaheadExpert(new Walkers([1]), () => new Ladder(), new() { Futures = 1 });
        using var world = new Ladder();
        float[] first = expert.Act(world.Reset(0), world);
        Observation observation = world.Step(first).Observation;
        Array.Clear(first);
        expert.Act(observation, world).Should().Equal(1);
    }

    [Fact]
    public void A_random_policys_futures_solve_what_the_policy_itself_seldom_does()
    {
        var runner = new RolloutRunner(() => new Ladder(), new RolloutOptions { Seeds = new SeedRange(0, 60), Parallelism = 1 });
        int alone = runner.Run(new Drunkard(0)).Count(episode => episode.Success);
        int looking = runner.RunExpert(seed => new LookaheadExpert(new Drunkard(seed), () => new Ladder(), new() { Futures = 16, Steps = 10 })).Count(episode => episode.Success);
        alone.Should().BeLessThan(35);
        looking.Should().BeGreaterThan(57);
    }

    [Fact]
    public void With_the_same_seed_a_learned_policys_labels_are_the_same_whatever_was_drawn_before()
    {
        using LearnedPolicy policy = LearnedPolicy.Create(DaggerTestOptions.QuickFlow.Policy with { Features = [] }, Demonstrations(), accelerator: Accelerator.Cpu(1));
        float[][] Labels(long seed)
        {
            using var expert = new LookaheadExpert(policy, () => new Ladder(), new() { Futures = 4, Steps = 6, Seed = seed });
            using var world = new Ladder();
            Observation observation = world.Reset(0);
            return [.. Enumerable.Range(0, 4).Select(_ =>
            {
                float[] label = expert.Act(observation, world);
                observation = world.Step(label).Observation;
                return label;
            })];
        }

        float[][] first = Labels(5);
        policy.Seed = 99;
        Labels(5).Should().BeEquivalentTo(first, options => options.WithStrictOrdering());
        Labels(6).Should().NotBeEquivalentTo(first, options => options.WithStrictOrdering());
    }

    [Fact]
    public void It_teaches_in_a_loop_and_a_killed_loop_resumes_to_the_same_policy()
    {
        using var folder = new TemporaryFolder();
        using LearnedPolicy clone = LearnedPolicy.Create(DaggerTestOptions.QuickFlow.Policy, Demonstrations(), accelerator: Accelerator.Cpu(1));
        DaggerOptions options = DaggerTestOptions.QuickFlow with { Rounds = 2, Beta = BetaSchedule.Constant(1), Seed = 1 };
        DaggerLoop Loop(string name) => new(Path.Combine(folder.Path, name), () => new Ladder(), seed => new LookaheadExpert(clone, () => new Ladder(), new() { Seed = seed, Steps = 6 }), options, accelerator: Accelerator.Cpu(1));
        DaggerResult whole = Loop("whole").Run();
        using var stop = new CancellationTokenSource();
        FluentActions.Invoking(() => Loop("killed").Run(new Canceling(stop), stop.Token)).Should().Throw<OperationCanceledException>();
        DaggerResult resumed = Loop("killed").Run();
        Weights(resumed.PolicyFolder).Should().Equal(Weights(whole.PolicyFolder));
    }

    [Fact]
    public void What_cannot_look_ahead_is_refused()
    {
        FluentActions.Invoking(() => new LookaheadExpert(new Walkers([1]), () => new LineWorld())).Should().Throw<ArgumentException>().WithMessage("*LineWorld*IBranchable*");
        FluentActions.Invoking(() => new LookaheadExpert(new Walkers([1]), () => new Ladder(), new() { Futures = 0, Steps = 0, Tolerance = double.NaN })).Should().Throw<ArgumentException>().WithMessage("*Futures*Steps*Tolerance*");
        using var expert = new LookaheadExpert(new Walkers([1]), () => new Ladder());
        using var other = new CartPoleEnvironment();
        FluentActions.Invoking(() => expert.Act(new Ladder().Reset(0), other)).Should().Throw<ArgumentException>();
    }

    private static byte[] Weights(string policyFolder) => File.ReadAllBytes(Directory.EnumerateFiles(policyFolder, "weights.safetensors", SearchOption.AllDirectories).Single());

    private static Datasets.InMemoryEpisodes Demonstrations()
    {
        using var world = new Ladder();
        var data = new Datasets.InMemoryEpisodes(world.Observations, world.Actions);
        for (int episode = 0; episode < 4; episode++)
        {
            var builder = new Datasets.EpisodeBuilder(world.Observations, world.Actions);
            Observation observation = world.Reset(episode);
            for (int step = 0; step < 6; step++)
            {
                float[] action = [0.2f * (episode - 1)];
                builder.Append(observation, action);
                observation = world.Step(action).Observation;
            }

            data.Add(builder.Build());
        }

        return data;
    }

    private static List<float> Play(Ladder world, IExpert expert)
    {
        List<float> actions = [];
        Observation observation = world.Reset(0);
        StepResult result;
        do
        {
            actions.Add(expert.Act(observation, world)[0]);
            result = world.Step(actions.ToArray().AsSpan()[^1..]);
            observation = result.Observation;
        }
        while (!result.Terminated && actions.Count < world.StepLimit);
        return actions;
    }

    private sealed class Canceling(CancellationTokenSource stop) : IProgress<DaggerRound>
    {
        public void Report(DaggerRound value) => stop.Cancel();
    }

    /// <summary>A position that is to climb to 3 and falls off at -4; its height is its reward.</summary>
    private sealed class Ladder : IBranchable
    {
        private int steps;

        public double Position { get; private set; }

        public ObservationSpec Observations { get; } = new(new FeatureSpec("position", 1));

        public ActionSpec Actions { get; } = new("climb", 1);

        public double ControlRateHz => 10;

        public int StepLimit => 12;

        public Observation Reset(long seed)
        {
            (Position, steps) = (0, 0);
            return Observe();
        }

        public Observation BranchFrom(IEnvironment other)
        {
            var from = other as Ladder ?? throw new ArgumentException("Not a ladder.", nameof(other));
            (Position, steps) = (from.Position, from.steps);
            return Observe();
        }

        public StepResult Step(ReadOnlySpan<float> action)
        {
            Position += action[0];
            steps++;
            return new(Observe(), Position, Position >= 3, Position is >= 3 or <= -4);
        }

        public void Dispose()
        {
        }

        private Observation Observe() => new() { ["position"] = new[] { (float)Position } };
    }

    /// <summary>Every future has a pace of its own. Chunks of two, both executed.</summary>
    private sealed class Walkers(float[] paces) : IPolicy
    {
        private readonly Dictionary<ObservationHistory, float> pace = [];

        public int Inferences { get; private set; }

        public ObservationSpec Observations { get; } = new(new FeatureSpec("position", 1));

        public ActionSpec Actions { get; } = new("climb", 1);

        public Horizons Horizons { get; } = new() { Prediction = 2, Execution = 2 };

        public ActionChunk Predict(ObservationHistory history) => PredictBatch([history])[0];

        public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories)
        {
            Inferences++;
            foreach (ObservationHistory history in histories)
            {
                if (!pace.ContainsKey(history)) pace[history] = paces[pace.Count % paces.Length];
            }

            return [.. histories.Select(history => new ActionChunk([pace[history], pace[history]], 1))];
        }
    }

    /// <summary>Steps of one up or down, by chance.</summary>
    private sealed class Drunkard(long seed) : IPolicy
    {
        private readonly Random random = new((int)seed);

        public ObservationSpec Observations { get; } = new(new FeatureSpec("position", 1));

        public ActionSpec Actions { get; } = new("climb", 1);

        public Horizons Horizons { get; } = new() { Prediction = 1, Execution = 1 };

        public ActionChunk Predict(ObservationHistory history) => new([random.Next(2) == 0 ? -1 : 1], 1);
    }
}
