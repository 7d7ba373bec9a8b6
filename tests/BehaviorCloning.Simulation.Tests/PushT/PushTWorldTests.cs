namespace BehaviorCloning.Simulation.Tests.PushT;

/// <summary>Golden values made with Chipmunk 7.0.3 by the benchmark's own rules.</summary>
public class PushTWorldTests
{
    private static readonly (double X, double Y)[] Targets =
        [(300, 150), (300, 200), (300, 250), (300, 300), (320, 320), (340, 320), (360, 300), (300, 300), (250, 300), (200, 300)];

    // After each target: agent x, y, block x, y, angle, coverage. Modern reset of agent (300, 100), block (300, 200), angle 0.5.
    private static readonly double[][] Modern =
    [
        [300, 114.783589, 300, 200, 0.5, 0.168720],
        [300, 145.579136, 300, 200, 0.5, 0.168720],
        [300, 185.960066, 300, 200, 0.5, 0.168720],
        [300, 231.310172, 282.343758, 236.490451, 0.542176, 0.222164],
        [305.913436, 270.228275, 274.017938, 260.800773, 0.694018, 0.477758],
        [318.231655, 294.793489, 271.951868, 269.259333, 0.785233, 0.582625],
        [334.384026, 301.842267, 271.913796, 269.539714, 0.789040, 0.585903],
        [328.870326, 301.844534, 271.913796, 269.539714, 0.789040, 0.585903],
        [301.669471, 301.089260, 269.162467, 280.797122, 0.939075, 0.569106],
        [262.801485, 300.562004, 248.239846, 302.328341, 1.119829, 0.373168],
    ];

    [Fact]
    public void A_modern_episode_retraces_the_golden_one()
    {
        using var world = new PushTWorld();
        world.Reset(new(300, 100, 300, 200, 0.5), PushTResetOrder.Modern);
        Expect(world.State, 300, 100, 300, 200, 0.5, 0.168720);
        for (int i = 0; i < Targets.Length; i++)
        {
            world.Step(Targets[i].X, Targets[i].Y);
            Expect(world.State, Modern[i]);
        }
    }

    [Fact]
    public void A_legacy_episode_retraces_the_golden_one()
    {
        using var world = new PushTWorld();
        world.Reset(new(300, 100, 300, 200, 0.5), PushTResetOrder.Legacy);
        world.State.BlockX.Should().BeApproximately(321.574149, 1e-6);
        world.State.BlockY.Should().BeApproximately(205.508785, 1e-6);
        for (int i = 0; i < Targets.Length; i++)
        {
            world.Step(Targets[i].X, Targets[i].Y);
            PushTState now = world.State;
            now.AgentX.Should().BeApproximately(Modern[i][0], 1e-6, "the agent is never pushed, so its path does not depend on the T");
            now.AgentY.Should().BeApproximately(Modern[i][1], 1e-6);
            if (i == 2) Expect(now, 300, 185.960066, 316.698001, 209.311296, 0.443523, 0.148863);
            if (i == 3) Expect(now, 300, 231.310172, 296.477868, 244.989271, 0.289961, 0.199535);
            if (i == 9) Expect(now, 262.801485, 300.562004, 273.743059, 323.431567, 0.519717, 0.043077);
        }
    }

    [Theory]
    [InlineData(0, 222, 97, 217, 292, 3.0079994677219553, 222.993827, 381.599036, 0.180783, 0.418664)]
    [InlineData(1, 87, 285, 172, 355, -6.595749753457083, 158.162507, 357.180334, 0.000642, 0)]
    [InlineData(100000, 235, 124, 335, 128, -0.9049274284249247, 299.612885, 145.201581, 0, 0)]
    [InlineData(100001, 365, 182, 275, 280, -1.0981131397099535, 234.934254, 304.512540, 0.168961, 0.123275)]
    [InlineData(100002, 159, 417, 295, 339, -6.114616737632861, 302.549712, 339.637833, 0, 0)]
    public void Seeds_draw_and_reset_as_the_benchmark_does(
        long seed, double agentX, double agentY, double drawnX, double drawnY, double angle, double blockX, double blockY, double legacyCoverage, double modernCoverage)
    {
        PushTState drawn = PushTState.Draw(seed);
        drawn.Should().Be(new PushTState(agentX, agentY, drawnX, drawnY, angle));
        using var world = new PushTWorld();
        world.Reset(drawn, PushTResetOrder.Legacy);
        Expect(world.State, agentX, agentY, blockX, blockY, angle, legacyCoverage);
        world.Reset(drawn, PushTResetOrder.Modern);
        PushTShape.Coverage(world.State.Block, PushTPose.DefaultGoal).Should().BeApproximately(modernCoverage, 1e-6);
    }

    [Fact]
    public void The_documented_example_of_the_legacy_order_holds()
    {
        using var world = new PushTWorld();
        world.Reset(new(0, 10, 20, 30, 1), PushTResetOrder.Legacy);
        world.State.BlockX.Should().BeApproximately(57.866194, 1e-6);
        world.State.BlockY.Should().BeApproximately(50.686396, 1e-6);
    }

    [SkippableFact]
    public void All_five_hundred_test_states_are_those_of_the_reference()
    {
        string file = TestData.Require("pusht/test_initial_states.csv");
        using var world = new PushTWorld();
        int count = 0;
        foreach (double[] row in File.ReadLines(file).Skip(1).Select(line => line.Split(',').Select(double.Parse).ToArray()))
        {
            world.Reset(PushTState.Draw((long)row[0]), PushTResetOrder.Legacy);
            PushTState now = world.State;
            double[] found = [now.AgentX, now.AgentY, now.BlockX, now.BlockY, now.WrappedAngle];
            double[] expected = [row[1], row[2], row[6], row[7], row[8]];
            for (int i = 0; i < 5; i++) found[i].Should().BeApproximately(expected[i], 1e-9, "seed {0}, value {1}", row[0], i);
            count++;
        }

        count.Should().Be(500);
    }

    [Fact]
    public void The_same_actions_lead_to_the_same_bits()
    {
        PushTState first = Run(7), second = Run(7);
        first.Should().Be(second);
        Run(8).Should().NotBe(first);

        static PushTState Run(long seed)
        {
            using var world = new PushTWorld();
            world.Reset(PushTState.Draw(seed), PushTResetOrder.Legacy);
            for (int i = 0; i < 200; i++) world.Step(256 + (150 * Math.Sin(i * 0.7)), 256 + (150 * Math.Cos(i * 0.31)));
            return world.State;
        }
    }

    [Fact]
    public void A_reset_leaves_no_trace_of_the_episode_before()
    {
        using var used = new PushTWorld();
        for (int i = 0; i < 100; i++) used.Step(256 + (20 * Math.Sin(i)), 330);
        using var fresh = new PushTWorld();
        foreach (PushTWorld world in new[] { used, fresh })
        {
            world.Reset(PushTState.Draw(3), PushTResetOrder.Legacy);
            for (int i = 0; i < 60; i++) world.Step(world.State.BlockX, world.State.BlockY);
        }

        used.State.Should().Be(fresh.State);
    }

    [Fact]
    public void A_restored_state_is_the_state_and_continues_nearly_as_the_original()
    {
        using var original = new PushTWorld();
        original.Reset(PushTState.Draw(0), PushTResetOrder.Legacy);
        for (int i = 0; i < 25; i++) original.Step(original.State.BlockX, original.State.BlockY);
        PushTState state = original.State;
        using var copy = new PushTWorld();
        copy.Restore(state);
        copy.State.BlockX.Should().BeApproximately(state.BlockX, 1e-10);
        copy.State.BlockY.Should().BeApproximately(state.BlockY, 1e-10);
        (copy.State with { BlockX = 0, BlockY = 0 }).Should().Be(state with { BlockX = 0, BlockY = 0 });
        for (int i = 0; i < 12; i++)
        {
            original.Step(256, 300);
            copy.Step(256, 300);
        }

        copy.State.BlockX.Should().BeApproximately(original.State.BlockX, 0.5, "only cached contacts and the push out of an overlap are lost");
        copy.State.BlockY.Should().BeApproximately(original.State.BlockY, 0.5);
    }

    [Fact]
    public void Stepping_and_measuring_do_not_allocate()
    {
        using var world = new PushTWorld();
        world.Reset(PushTState.Draw(0), PushTResetOrder.Legacy);
        double sum = StepAndMeasure(world);
        long before = GC.GetAllocatedBytesForCurrentThread();
        sum += StepAndMeasure(world);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        sum.Should().BeGreaterThan(0);

        static double StepAndMeasure(PushTWorld world)
        {
            double sum = 0;
            for (int i = 0; i < 50; i++)
            {
                world.Step(world.State.BlockX, world.State.BlockY);
                sum += PushTShape.Coverage(world.State.Block, PushTPose.DefaultGoal) + 1;
            }

            return sum;
        }
    }

    [Fact]
    public void A_disposed_world_says_so()
    {
        var world = new PushTWorld();
        world.Dispose();
        world.Dispose();
        FluentActions.Invoking(() => world.Step(1, 1)).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => world.State).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => world.Reset(default, PushTResetOrder.Legacy)).Should().Throw<ObjectDisposedException>();
    }

    private static void Expect(PushTState state, params double[] expected)
    {
        double[] found = [state.AgentX, state.AgentY, state.BlockX, state.BlockY, state.BlockAngle, PushTShape.Coverage(state.Block, PushTPose.DefaultGoal)];
        for (int i = 0; i < expected.Length; i++) found[i].Should().BeApproximately(expected[i], 1e-6, "value {0}", i);
    }
}
