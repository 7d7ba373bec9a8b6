using FsCheck.Xunit;

namespace BehaviorCloning.Simulation.Tests.PushT;

public class PushTShapeTests
{
    [Theory]
    [InlineData(256, 256, 0.78539816339744831, 1.0)]
    [InlineData(266, 256, 0.78539816339744831, 0.746499004)]
    [InlineData(256, 266, 0.78539816339744831, 0.746499004)]
    [InlineData(256, 256, 0.88539816339744831, 0.834166023)]
    [InlineData(260, 250, 0.7, 0.794320653)]
    [InlineData(256, 256, 0, 0.323966708)]
    public void Coverage_is_the_benchmarks(double x, double y, double angle, double expected) =>
        PushTShape.Coverage(new(x, y, angle), PushTPose.DefaultGoal).Should().BeApproximately(expected, 1e-9);

    [Property]
    public bool Coverage_does_not_change_when_block_and_goal_move_together(int x, int y, int turn, int shift, int spin)
    {
        var block = new PushTPose(256 + (x % 60), 256 + (y % 60), turn * 0.01);
        double coverage = PushTShape.Coverage(block, PushTPose.DefaultGoal);

        // The same motion for both: a turn about the window's corner, then a shift.
        double spun = PushTShape.Coverage(Move(block), Move(PushTPose.DefaultGoal));
        return Math.Abs(coverage - spun) < 1e-9 && coverage is >= 0 and <= 1 + 1e-12;

        PushTPose Move(PushTPose pose)
        {
            Vect turned = new PushTPose(shift % 100, -(shift % 70), spin * 0.01).Place(new(pose.X, pose.Y));
            return new(turned.X, turned.Y, pose.Angle + (spin * 0.01));
        }
    }

    [Fact]
    public void The_area_is_that_of_bar_and_stem() =>
        (ConvexPolygon.SignedArea(PushTShape.Bar) + ConvexPolygon.SignedArea(PushTShape.Stem)).Should().Be(PushTShape.Area);

    [Fact]
    public void Keypoints_turn_and_move_with_the_block()
    {
        float[] keypoints = new float[18];
        PushTShape.Keypoints(new(100, 200, Math.PI / 2), keypoints);

        // A quarter turn takes (x, y) to (-y, x).
        keypoints[0].Should().BeApproximately(100 - 90.040973523936f, 1e-4f);
        keypoints[1].Should().BeApproximately(200 + 9.269786713764f, 1e-4f);
        keypoints[16].Should().BeApproximately(100 + 1.700288109463f, 1e-4f);
        keypoints[17].Should().BeApproximately(200 + 23.541461220249f, 1e-4f);
    }
}
