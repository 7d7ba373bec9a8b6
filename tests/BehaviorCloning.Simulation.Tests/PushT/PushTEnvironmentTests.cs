namespace BehaviorCloning.Simulation.Tests.PushT;

public class PushTEnvironmentTests
{
    [Fact]
    public void Observations_fit_their_specification_with_every_option()
    {
        foreach (PushTOptions options in new[] { new(), new PushTOptions { Keypoints = true }, new() { Images = true }, new() { Images = true, Keypoints = true } })
        {
            using var environment = new PushTEnvironment(options);
            Observation first = environment.Reset(0);
            first.Require(environment.Observations);
            first.FeatureNames.Should().BeEquivalentTo(environment.Observations.Select(f => f.Name));
            environment.Step([256, 256]).Observation.Require(environment.Observations);
        }
    }

    [Fact]
    public void A_reset_observes_the_published_initial_state()
    {
        using var environment = new PushTEnvironment(new() { Keypoints = true });
        Observation observation = environment.Reset(1);
        observation["agent_position"].ToArray().Should().Equal(87, 285);
        observation["block_position"].Span[0].Should().BeApproximately(158.162507f, 1e-4f);
        observation["block_position"].Span[1].Should().BeApproximately(357.180334f, 1e-4f);
        observation["block_angle"].Span[0].Should().BeApproximately((float)((2 * Math.Tau) - 6.595749753457083), 1e-5f, "angles are observed in [0, 2 pi)");
        observation["keypoints"].Length.Should().Be(18);
    }

    [Fact]
    public void Same_seed_and_actions_give_the_same_episode_whatever_came_before()
    {
        using var environment = new PushTEnvironment();
        PushTState[] runs = [Run(5), Run(6), Run(5)];
        runs[2].Should().Be(runs[0]);
        runs[1].Should().NotBe(runs[0]);

        PushTState Run(long seed)
        {
            environment.Reset(seed);
            for (int i = 0; i < 50; i++) environment.Step([(float)environment.State.BlockX, (float)environment.State.BlockY]);
            return environment.State;
        }
    }

    [Fact]
    public void The_reward_is_the_coverage_over_095_and_the_task_ends_above_it()
    {
        using var environment = new PushTEnvironment();
        environment.ResetTo(new(100, 100, 256, 256, Math.PI / 4));
        StepResult solved = environment.Step([100, 100]);
        (solved.Reward, solved.Success, solved.Terminated).Should().Be((1.0, true, true));

        environment.ResetTo(new(100, 100, 266, 256, Math.PI / 4));
        StepResult near = environment.Step([100, 100]);
        near.Reward.Should().BeApproximately(0.746499004 / 0.95, 1e-8);
        (near.Success, near.Terminated).Should().Be((false, false));
        environment.Coverage.Should().BeApproximately(0.746499004, 1e-9);
    }

    [Fact]
    public void The_goal_can_lie_elsewhere()
    {
        using var environment = new PushTEnvironment(new() { Goal = new(150, 200, 1) });
        environment.ResetTo(new(400, 400, 150, 200, 1));
        environment.Coverage.Should().BeApproximately(1, 1e-9);
        environment.Step([400, 400]).Success.Should().BeTrue();
    }

    [Fact]
    public void Starts_near_a_state_are_spread_round_it_as_the_benchmarks_are_round_their_mean()
    {
        PushTState place = new(400, 100, 150, 350, 2.4);
        using var environment = new PushTEnvironment(new() { StartsNear = place, StartSpread = 0.1 });
        using var exact = new PushTEnvironment(new() { StartsNear = place, StartSpread = 0 });
        double angles = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            exact.Reset(seed);
            exact.State.Should().Be(place);
            environment.Reset(seed);
            PushTState start = environment.State;
            start.AgentX.Should().BeInRange(380, 420);
            start.AgentY.Should().BeInRange(80, 120);
            start.BlockX.Should().BeInRange(135, 165);
            start.BlockY.Should().BeInRange(335, 365);
            angles += Math.Pow(start.BlockAngle - 2.4, 2);
        }

        Math.Sqrt(angles / 200).Should().BeApproximately(0.2 * Math.PI, 0.1);
    }

    [Fact]
    public void The_modern_order_puts_the_block_where_it_was_drawn()
    {
        using var environment = new PushTEnvironment(new() { ResetOrder = PushTResetOrder.Modern });
        environment.Reset(0)["block_position"].ToArray().Should().Equal(217, 292);
    }

    [Fact]
    public void An_image_shows_agent_block_goal_and_walls_in_their_colors()
    {
        using var environment = new PushTEnvironment(new() { Images = true });
        byte[] image = environment.ResetTo(new(100, 400, 380, 100, 0)).Images["image"].ToArray();
        Pixel(100, 400).Should().Equal([78, 126, 255], "the agent");
        Pixel(380, 115).Should().Equal([143, 163, 184], "the T's bar");
        Pixel(256, 277).Should().Equal([144, 238, 144], "the goal");
        Pixel(300, 450).Should().Equal([255, 255, 255], "the background");

        byte[] Pixel(int x, int y) => image[((((y * 96) / 512 * 96) + (x * 96 / 512)) * 3)..][..3];
    }

    [Fact]
    public void Every_faulty_use_is_named()
    {
        using var environment = new PushTEnvironment();
        FluentActions.Invoking(() => environment.Step([1, 2])).Should().Throw<InvalidOperationException>().WithMessage("*Reset*");
        environment.Reset(0);
        FluentActions.Invoking(() => environment.Step([1, 2, 3])).Should().Throw<ArgumentException>().WithMessage("*2 values*got 3*");
        FluentActions.Invoking(() => environment.Step([1, float.NaN])).Should().Throw<ArgumentException>().WithMessage("*NaN*not finite*");
        FluentActions.Invoking(() => environment.Reset(-1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => environment.ResetTo(new(0, 0, double.NaN, 0, 0))).Should().Throw<ArgumentException>().WithMessage("*not finite*");
        FluentActions.Invoking(() => new PushTEnvironment(new() { StepLimit = 0, Goal = new(double.NaN, 0, 0) }))
            .Should().Throw<ArgumentException>().WithMessage("*step limit is 0*goal*");
    }

    [Fact]
    public void Environments_on_several_threads_do_not_disturb_each_other()
    {
        PushTState[] alone = [.. Enumerable.Range(0, 16).Select(Run)];
        var together = new PushTState[16];
        Parallel.For(0, 16, i => together[i] = Run(i));
        together.Should().Equal(alone);

        static PushTState Run(int seed)
        {
            using var environment = new PushTEnvironment();
            environment.Reset(seed);
            for (int i = 0; i < 60; i++) environment.Step([(float)environment.State.BlockX, (float)environment.State.BlockY]);
            return environment.State;
        }
    }
}
