using BehaviorCloning.Datasets;

namespace BehaviorCloning.Simulation.Tests.PushT;

public class PushTSymmetryTests
{
    [Fact]
    public void Points_swap_and_flip_and_angles_turn_about_the_goals_axis()
    {
        float[] agent = [100, 300], angle = [0.3f], action = [0, 512];
        PushTSymmetry.Mirror.Apply("agent_position", agent);
        PushTSymmetry.Mirror.Apply("block_angle", angle);
        PushTSymmetry.Mirror.ApplyToActions(action);
        agent[0].Should().BeApproximately(212, 1e-4f);
        agent[1].Should().BeApproximately(412, 1e-4f);
        angle[0].Should().BeApproximately((float)(Math.PI / 2) - 0.3f, 1e-6f);
        action[0].Should().BeApproximately(0, 1e-4f);
        action[1].Should().BeApproximately(512, 1e-4f);
    }

    [Theory]
    [InlineData(256, 256, 0.78539816339744831)]
    [InlineData(180, 310, 2.2)]
    public void A_mirrored_T_covers_as_much_of_the_goal(double goalX, double goalY, double goalAngle)
    {
        var goal = new PushTPose(goalX, goalY, goalAngle);
        PlanarMirror mirror = PushTSymmetry.MirrorFor(goal);
        foreach (PushTPose pose in new PushTPose[] { new(goalX + 20, goalY - 7, goalAngle + 0.2), new(goalX - 30, goalY + 15, goalAngle - 1) })
        {
            float[] position = [(float)pose.X, (float)pose.Y], angle = [(float)pose.Angle];
            mirror.Apply("block_position", position);
            mirror.Apply("block_angle", angle);
            double covered = PushTShape.Coverage(new(position[0], position[1], angle[0]), goal);
            covered.Should().BeApproximately(PushTShape.Coverage(pose, goal), 1e-5).And.BeGreaterThan(0);
        }
    }

    [Fact]
    public void The_mirror_knows_every_feature_of_the_environment()
    {
        using var environment = new PushTEnvironment();
        PushTSymmetry.Mirror.Problems(environment.Observations, environment.Actions).Should().BeEmpty();
    }

    [Fact]
    public void A_mirrored_frame_shows_the_mirrored_state()
    {
        var renderer = new PushTRenderer(PushTPose.DefaultGoal);
        var image = new FeatureSpec("image", FeatureElement.UInt8, 96, 96, 3);
        foreach (PushTState state in new PushTState[] { new(120, 300, 250, 240, 0.4), new(400, 90, 330, 300, 4), new(256, 20, 150, 380, 2.5) })
        {
            byte[] frame = renderer.Render(state), original = [.. frame];
            PushTSymmetry.Mirror.ApplyToFrame(image, frame);
            byte[] expected = renderer.Render(new(512 - state.AgentY, 512 - state.AgentX, 512 - state.BlockY, 512 - state.BlockX, (Math.PI / 2) - state.BlockAngle));

            // The mirrored window is off by one of its 512 pixels, a fifth of a pixel of the image: edges differ a little, areas do not.
            Difference(frame, expected).Should().BeLessThan(2.5);
            Difference(original, expected).Should().BeGreaterThan(3 * Difference(frame, expected), "a negative control");
            PushTSymmetry.Mirror.ApplyToFrame(image, frame);
            frame.Should().Equal(original, "twice is the original");
        }

        using var environment = new PushTEnvironment(new PushTOptions { Images = true });
        PushTSymmetry.Mirror.Problems(environment.Observations, environment.Actions).Should().BeEmpty();

        static double Difference(byte[] a, byte[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average();
    }

    [Fact]
    public void A_mirrored_episode_is_the_mirror_image_of_the_episode()
    {
        using var world = new PushTWorld();
        using var mirrored = new PushTWorld();
        var start = new PushTState(200, 330, 250, 240, 0.4);
        world.Restore(start);
        mirrored.Restore(Reflect(start));
        for (int i = 0; i < 12; i++)
        {
            world.Step(220 + (5 * i), 300 - (4 * i));
            mirrored.Step(512 - (300 - (4 * i)), 512 - (220 + (5 * i)));
            PushTState expected = Reflect(world.State), found = mirrored.State;
            found.BlockX.Should().BeApproximately(expected.BlockX, 0.05);
            found.BlockY.Should().BeApproximately(expected.BlockY, 0.05);
            found.BlockAngle.Should().BeApproximately(expected.BlockAngle, 0.001);
            found.AgentX.Should().BeApproximately(expected.AgentX, 1e-9);
        }

        world.State.BlockX.Should().NotBeApproximately(start.BlockX, 1, "the agent pushed the T, or nothing was compared");

        static PushTState Reflect(PushTState s) => new(512 - s.AgentY, 512 - s.AgentX, 512 - s.BlockY, 512 - s.BlockX, (Math.PI / 2) - s.BlockAngle);
    }
}
