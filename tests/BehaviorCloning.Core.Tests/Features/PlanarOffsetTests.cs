using BehaviorCloning.Features;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Features;

public sealed class PlanarOffsetTests
{
    [Fact]
    public void The_drawn_example_holds()
    {
        float[] offset = Offset([10, 5], [10, 0], MathF.PI / 2);
        offset[0].Should().BeApproximately(5, 1e-6f);
        offset[1].Should().BeApproximately(0, 1e-6f);
    }

    [Fact]
    public void Several_points_are_several_pairs()
    {
        float[] offset = Offset([11, 0, 10, 2], [10, 0], 0);
        offset.Should().Equal(1, 0, 0, 2);
    }

    [Property]
    public void Moving_world_and_frame_together_changes_nothing(int seed)
    {
        Random random = new(seed);
        float[] point = [random.NextSingle(), random.NextSingle()], frame = [random.NextSingle(), random.NextSingle()];
        float angle = random.NextSingle() * 6, turn = random.NextSingle() * 6, dx = random.NextSingle(), dy = random.NextSingle();
        float[] before = Offset(point, frame, angle), after = Offset(Move(point), Move(frame), angle + turn);
        for (int i = 0; i < 2; i++) after[i].Should().BeApproximately(before[i], 1e-5f);

        float[] Move(float[] p) => [(MathF.Cos(turn) * p[0]) - (MathF.Sin(turn) * p[1]) + dx, (MathF.Sin(turn) * p[0]) + (MathF.Cos(turn) * p[1]) + dy];
    }

    private static float[] Offset(float[] point, float[] position, float angle)
    {
        float[] output = new float[point.Length];
        new PlanarOffset { Point = "p", FramePosition = "f", FrameAngle = "a" }.Apply([point, position, new[] { angle }], 1, output);
        return output;
    }
}
