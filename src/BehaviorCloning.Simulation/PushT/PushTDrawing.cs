using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation;

/// <summary>How Push-T episodes look in reports.</summary>
public static class PushTDrawing
{
    // The outline of the T in its own frame.
    private static readonly (double X, double Y)[] Outline = [(-60, 0), (60, 0), (60, 30), (15, 30), (15, 120), (-15, 120), (-15, 30), (-60, 30)];

    /// <summary>Walls and goal stand still; the T, the agent with its trail, and the agent's target move.</summary>
    /// <param name="goal">Where the goal lies; the benchmark's by default.</param>
    public static RolloutDrawing Create(PushTPose? goal = null)
    {
        PushTPose at = goal ?? PushTPose.DefaultGoal;
        (double X, double Y)[] goalOutline = [.. Outline.Select(p => at.Place(new(p.X, p.Y))).Select(v => (v.X, v.Y))];
        return new RolloutDrawing
        {
            Width = PushTWorld.Size,
            Height = PushTWorld.Size,
            Fixed =
            [
                new DrawnPolygon([(5, 5), (506, 5), (506, 506), (5, 506)]) { Stroke = "#d3d3d3", StrokeWidth = 2 * PushTWorld.WallRadius },
                new DrawnPolygon(goalOutline) { Fill = "#90ee90" },
            ],
            Moving =
            [
                new DrawnPolygon(Outline) { Fill = "#8fa3b8", Stroke = "#778899", StrokeWidth = 4 },
                new DrawnCircle(PushTWorld.AgentRadius - 2) { Fill = "#4e7eff", Stroke = "#4169e1", StrokeWidth = 4, Trail = "#4169e1" },
                new DrawnCircle(5) { Fill = "#ff6347", Opacity = 0.7 },
            ],
            Poses = Poses,
        };
    }

    private static IReadOnlyList<ShapePose> Poses(Observation observation, ReadOnlyMemory<float> action)
    {
        ReadOnlySpan<float> agent = observation[PushTEnvironment.AgentPosition].Span, block = observation[PushTEnvironment.BlockPosition].Span;
        ShapePose agentPose = new(agent[0], agent[1]);
        return
        [
            new(block[0], block[1], observation[PushTEnvironment.BlockAngle].Span[0]),
            agentPose,
            action.IsEmpty ? agentPose : new(action.Span[0], action.Span[1]),
        ];
    }
}
