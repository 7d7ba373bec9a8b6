using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation;

/// <summary>How a Push-T episode is drawn in reports: goal, T, the agent with its path, and a cross where the action sends it.</summary>
public static class PushTDrawing
{
    /// <summary>The drawing, with the goal where the environment has it.</summary>
    public static RolloutDrawing Create(PushTPose? goal = null) => new()
    {
        Width = PushTWorld.Size,
        Height = PushTWorld.Size,
        Fixed =
        [
            new DrawnPolygon([(5, 5), (506, 5), (506, 506), (5, 506)]) { Stroke = "#c5cbd4", StrokeWidth = 2 * PushTWorld.WallRadius },
            new DrawnPolygon(Outline(goal ?? PushTPose.DefaultGoal)) { Fill = "#90ee90", Opacity = 0.85 },
        ],
        Moving =
        [
            new DrawnPolygon(Outline(new(0, 0, 0))) { Fill = "#8ea3b7", Stroke = "#667a8f", StrokeWidth = 4 },
            new DrawnCircle(PushTWorld.AgentRadius - 2) { Fill = "#4e7eff", Stroke = "#3355c4", StrokeWidth = 4, Trail = "#4e7eff" },
            new DrawnLine([(-7, 0), (7, 0), (0, 0), (0, -7), (0, 7)]) { Stroke = "#e0533d", StrokeWidth = 4 },
        ],
        Poses = (observation, action) =>
        {
            ReadOnlySpan<float> agent = observation[PushTEnvironment.AgentPosition].Span;
            ReadOnlySpan<float> block = observation[PushTEnvironment.BlockPosition].Span;
            ReadOnlySpan<float> target = action.Length == 2 ? action.Span : agent;
            return [new(block[0], block[1], observation[PushTEnvironment.BlockAngle].Span[0]), new(agent[0], agent[1]), new(target[0], target[1])];
        },
    };

    // Once around the T; its two rectangles share an edge that a drawing should not show.
    private static (double X, double Y)[] Outline(PushTPose pose) =>
        [.. new Vect[] { new(-60, 0), new(60, 0), new(60, 30), new(15, 30), new(15, 120), new(-15, 120), new(-15, 30), new(-60, 30) }
            .Select(pose.Place).Select(corner => (corner.X, corner.Y))];
}
