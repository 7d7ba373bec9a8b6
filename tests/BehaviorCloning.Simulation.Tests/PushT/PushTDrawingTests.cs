using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation.Tests.PushT;

public class PushTDrawingTests
{
    [Fact]
    public void Every_moving_shape_has_a_pose_with_and_without_an_action()
    {
        using var environment = new PushTEnvironment();
        Observation observation = environment.Reset(0);
        RolloutDrawing drawing = PushTDrawing.Create();
        IReadOnlyList<ShapePose> poses = drawing.Poses(observation, new float[] { 10, 20 });
        poses.Should().HaveCount(drawing.Moving.Count);
        poses[0].X.Should().BeApproximately(222.993827, 1e-4);
        poses[1].Should().Be(new ShapePose(222, 97));
        poses[2].Should().Be(new ShapePose(10, 20));
        drawing.Poses(observation, default)[2].Should().Be(poses[1], "without an action the target is where the agent is");
    }

    [Fact]
    public void A_goal_elsewhere_is_drawn_elsewhere()
    {
        var polygon = (DrawnPolygon)PushTDrawing.Create(new PushTPose(100, 120, 0)).Fixed[1];
        polygon.Points[0].Should().Be((40, 120));
    }
}
