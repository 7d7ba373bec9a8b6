namespace BehaviorCloning.Simulation.Tests.PushT;

public class PushTExpertTests
{
    // A cheaper expert for claims that do not need a solved task.
    private static readonly PushTExpertOptions Quick = new() { Samples = 24, Iterations = 2 };

    [Fact]
    public void It_solves_the_task()
    {
        using var environment = new PushTEnvironment();
        using var expert = new PushTExpert();
        foreach (long seed in new long[] { 200000, 200001, 200002 })
        {
            bool solved = false;
            Observation observation = environment.Reset(seed);
            for (int step = 0; step < environment.StepLimit && !solved; step++)
            {
                StepResult result = environment.Step(expert.Act(observation, environment));
                (observation, solved) = (result.Observation, result.Success);
            }

            solved.Should().BeTrue("seed {0}", seed);
        }
    }

    [Fact]
    public void Asking_does_not_change_the_environment()
    {
        using var environment = new PushTEnvironment();
        using var expert = new PushTExpert(Quick);
        Observation observation = environment.Reset(4);
        for (int step = 0; step < 5; step++) observation = environment.Step([300, 300]).Observation;
        PushTState before = environment.State;
        (long episodes, int steps) = (environment.EpisodeCount, environment.StepCount);
        float[] action = expert.Act(observation, environment);
        environment.State.Should().Be(before);
        (environment.EpisodeCount, environment.StepCount).Should().Be((episodes, steps));
        action.Should().HaveCount(2).And.OnlyContain(value => value >= 0 && value <= 512);
    }

    [Fact]
    public void A_followed_plan_is_smoother_than_a_new_one_every_step()
    {
        PushTExpertOptions followed = Quick with { PlanSteps = 24, Knots = 6, FollowedSteps = 8 };
        Bends(Demonstrate(followed, 1)).Should().BeLessThan(Bends(Demonstrate(followed with { FollowedSteps = 1 }, 1)) / 2);

        static double Bends(float[][] targets) =>
            targets.Skip(2).Select((a, i) => Math.Sqrt(Math.Pow(a[0] - (2 * targets[i + 1][0]) + targets[i][0], 2) + Math.Pow(a[1] - (2 * targets[i + 1][1]) + targets[i][1], 2))).Average();
    }

    [Fact]
    public void A_slow_expert_sends_the_agent_no_farther_than_its_speed_allows()
    {
        using var environment = new PushTEnvironment();
        Observation observation = environment.Reset(1);
        Lead(new PushTExpert(Quick with { MaximumSpeed = 5 })).Should().BeLessThanOrEqualTo(5 + 1e-3);
        Lead(new PushTExpert(Quick)).Should().BeGreaterThan(5);

        double Lead(PushTExpert expert)
        {
            float[] target = expert.Act(observation, environment);
            expert.Dispose();
            return Math.Sqrt(Math.Pow(target[0] - environment.State.AgentX, 2) + Math.Pow(target[1] - environment.State.AgentY, 2));
        }
    }

    [Fact]
    public void A_plan_is_followed_only_while_the_expert_drives()
    {
        PushTExpertOptions followed = Quick with { PlanSteps = 24, Knots = 6, FollowedSteps = 8 };
        float[] straight = Second(drives: true), turned = Second(drives: false);
        using var environment = new PushTEnvironment();
        using var expert = new PushTExpert(followed);
        environment.Reset(1);
        double[] agent = [environment.State.AgentX, environment.State.AgentY];
        float[] first = expert.Act(environment.Reset(1), environment);
        // Between two knots targets lie on one line, at equal distances.
        (straight[0] - first[0]).Should().BeApproximately(first[0] - (float)agent[0], 1e-3f);
        turned.Should().NotEqual(straight);

        float[] Second(bool drives)
        {
            using var world = new PushTEnvironment();
            using var asked = new PushTExpert(followed);
            Observation observation = world.Reset(1);
            float[] target = asked.Act(observation, world);
            return asked.Act(world.Step(drives ? target : [512 - target[0], 512 - target[1]]).Observation, world);
        }
    }

    [Fact]
    public void The_same_seed_demonstrates_the_same_and_another_seed_otherwise()
    {
        float[][] first = Demonstrate(Quick, 1), second = Demonstrate(Quick, 1);
        second.Should().BeEquivalentTo(first, options => options.WithStrictOrdering());
        Demonstrate(Quick with { Seed = 1 }, 1)[^1].Should().NotEqual(first[^1]);
        Demonstrate(Quick with { Temperature = 20 }, 1)[^1].Should().NotEqual(first[^1]);
    }

    [Fact]
    public void An_episode_does_not_depend_on_those_before()
    {
        using var expert = new PushTExpert(Quick);
        using var environment = new PushTEnvironment();
        float[][] afterwards = [];
        foreach (long seed in new long[] { 3, 8, 1 }) afterwards = Demonstrate(expert, environment, seed);
        afterwards.Should().BeEquivalentTo(Demonstrate(Quick, 1), options => options.WithStrictOrdering());
    }

    [Fact]
    public void One_expert_serves_environments_in_turn()
    {
        using var expert = new PushTExpert(Quick);
        using var first = new PushTEnvironment();
        using var second = new PushTEnvironment();
        Observation a = first.Reset(1), b = second.Reset(2);
        List<float[]> actions = [];
        for (int step = 0; step < 6; step++)
        {
            float[] action = expert.Act(a, first);
            actions.Add(action);
            a = first.Step(action).Observation;
            b = second.Step(expert.Act(b, second)).Observation;
        }

        actions.Should().BeEquivalentTo(Demonstrate(Quick, 1), options => options.WithStrictOrdering());
    }

    [Fact]
    public void It_answers_where_a_learner_went_and_after_a_long_silence()
    {
        using var expert = new PushTExpert(Quick);
        using var environment = new PushTEnvironment();
        Observation observation = environment.Reset(6);
        for (int step = 0; step < 60; step++)
        {
            if (step is < 10 or > 50) expert.Act(observation, environment).Should().OnlyContain(value => float.IsFinite(value));
            observation = environment.Step([(float)(256 + (200 * Math.Sin(step))), 100]).Observation;
        }
    }

    [Fact]
    public void It_pushes_to_another_goal_too()
    {
        using var environment = new PushTEnvironment(new() { Goal = new(200, 200, 2.5) });
        using var expert = new PushTExpert(new() { Samples = 64 });
        Observation observation = environment.ResetTo(new(400, 400, 250, 180, 2.2));
        double first = environment.Coverage, best = 0;
        for (int step = 0; step < 40; step++)
        {
            observation = environment.Step(expert.Act(observation, environment)).Observation;
            best = Math.Max(best, environment.Coverage);
        }

        best.Should().BeGreaterThan(first + 0.2);
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(0, false)]
    public void Patience_gets_it_out_of_standing_beside_a_T_that_needs_a_push_from_the_far_side(int patience, bool solves)
    {
        using var environment = new PushTEnvironment();
        using var expert = new PushTExpert(new() { Knots = 3, Seed = 2, Samples = 64, Iterations = 2, Patience = patience });
        Observation observation = environment.ResetTo(new(191.5, 273, 258.71, 256.48, 0.7561));
        bool solved = false;
        for (int step = 0; step < 150 && !solved; step++)
        {
            StepResult result = environment.Step(expert.Act(observation, environment));
            (observation, solved) = (result.Observation, result.Success);
        }

        solved.Should().Be(solves);
    }

    [Fact]
    public void Planning_hardly_allocates()
    {
        using var environment = new PushTEnvironment();
        using var expert = new PushTExpert(Quick);
        Observation observation = environment.Reset(0);
        _ = expert.Act(observation, environment);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = expert.Act(observation, environment);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(4096, "only the new planning space and the answer are allocated, nothing a sample or a step");
    }

    [Fact]
    public void Planning_afresh_it_answers_alike_whatever_happened_before()
    {
        float[][] answers = [.. new[] { 0, 3 }.Select(before =>
        {
            using var environment = new PushTEnvironment();
            using var expert = new PushTExpert(Quick with { Afresh = true });
            Observation observation = environment.Reset(1);
            for (int step = 0; step < before; step++) observation = environment.Step(expert.Act(observation, environment)).Observation;
            return expert.Act(environment.ResetTo(new(300, 300, 200, 250, 1)), environment);
        })];
        answers[0].Should().Equal(answers[1]);
    }

    [Fact]
    public void The_mean_of_the_elite_varies_less_with_the_draw_than_the_best_plan()
    {
        Spread(Quick with { Averages = true, EliteShare = 0.25 }).Should().BeLessThan(0.7 * Spread(Quick));

        static double Spread(PushTExpertOptions options)
        {
            using var environment = new PushTEnvironment();
            double sum = 0;
            for (long state = 0; state < 4; state++)
            {
                float[][] answers = [.. Enumerable.Range(0, 12).Select(seed =>
                {
                    using var expert = new PushTExpert(options with { Seed = seed });
                    return expert.Act(environment.Reset(state), environment);
                })];
                sum += Enumerable.Range(0, 2).Sum(d => answers.Average(a => Math.Pow(a[d] - answers.Average(other => other[d]), 2)));
            }

            return Math.Sqrt(sum);
        }
    }

    [Fact]
    public void Faulty_options_are_all_named()
    {
        var options = new PushTExpertOptions { Samples = 1, Knots = 20, EliteShare = 0, Temperature = double.NaN, Seed = -1, AimedCoverage = 2, SmoothnessWeight = -1, FollowedSteps = 13, Afresh = true, MaximumSpeed = -1 };
        FluentActions.Invoking(() => new PushTExpert(options)).Should().Throw<ArgumentException>()
            .WithMessage("*Knots is 20*FollowedSteps is 13; it must*FollowedSteps is 13, but with Afresh*Samples is 1*EliteShare is 0*AimedCoverage is 2*Seed is -1*Temperature is NaN*SmoothnessWeight is -1*MaximumSpeed is -1*");
    }

    [Fact]
    public void It_says_which_environment_it_needs()
    {
        using var expert = new PushTExpert(Quick);
        using var other = new Elsewhere();
        FluentActions.Invoking(() => expert.Act(new Observation(), other)).Should().Throw<ArgumentException>().WithMessage("*PushTEnvironment*got Elsewhere*");
    }

    private static float[][] Demonstrate(PushTExpertOptions options, long seed)
    {
        using var expert = new PushTExpert(options);
        using var environment = new PushTEnvironment();
        return Demonstrate(expert, environment, seed);
    }

    private static float[][] Demonstrate(PushTExpert expert, PushTEnvironment environment, long seed)
    {
        var actions = new float[6][];
        Observation observation = environment.Reset(seed);
        for (int step = 0; step < actions.Length; step++)
        {
            actions[step] = expert.Act(observation, environment);
            observation = environment.Step(actions[step]).Observation;
        }

        return actions;
    }

    private sealed class Elsewhere : IEnvironment
    {
        public ObservationSpec Observations { get; } = new(new FeatureSpec("x", 1));

        public ActionSpec Actions { get; } = new("x", 1);

        public double ControlRateHz => 1;

        public int StepLimit => 1;

        public Observation Reset(long seed) => new();

        public StepResult Step(ReadOnlySpan<float> action) => default;

        public void Dispose()
        {
        }
    }
}
