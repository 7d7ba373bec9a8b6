using BehaviorCloning;
using BehaviorCloning.Simulation;

namespace Intervene;

/// <summary>
/// A policy to correct when none has been trained: it walks behind the T and pushes towards the goal, and knows nothing of turning it. It needs help.
/// </summary>
internal sealed class NaivePusher : IPolicy
{
    private const double Behind = 90, Ahead = 40;

    public ObservationSpec Observations { get; } = new(new FeatureSpec(PushTEnvironment.AgentPosition, 2), new FeatureSpec(PushTEnvironment.BlockPosition, 2), new FeatureSpec(PushTEnvironment.BlockAngle, 1));

    public ActionSpec Actions => PushTEnvironment.ActionSpec;

    public Horizons Horizons { get; } = new() { Prediction = 4, Execution = 4 };

    public ActionChunk Predict(ObservationHistory history)
    {
        ReadOnlySpan<float> agent = history.Newest[PushTEnvironment.AgentPosition].Span, block = history.Newest[PushTEnvironment.BlockPosition].Span;
        (double middleX, double middleY) = Middle(block[0], block[1], history.Newest[PushTEnvironment.BlockAngle].Span[0]);
        (double goalX, double goalY) = Middle(PushTPose.DefaultGoal.X, PushTPose.DefaultGoal.Y, PushTPose.DefaultGoal.Angle);
        double dx = goalX - middleX, dy = goalY - middleY, length = Math.Max(Math.Sqrt((dx * dx) + (dy * dy)), 1e-6);
        (dx, dy) = (dx / length, dy / length);

        // Behind the T, near the line on which it pushes? Then through the T, otherwise to the start of that line.
        double along = ((agent[0] - middleX) * dx) + ((agent[1] - middleY) * dy), across = ((agent[0] - middleX) * dy) - ((agent[1] - middleY) * dx);
        double reach = along < 0 && Math.Abs(across) < 30 ? Ahead : -Behind;
        float x = (float)Math.Clamp(middleX + (reach * dx), 0, 512), y = (float)Math.Clamp(middleY + (reach * dy), 0, 512);
        return new ActionChunk([x, y, x, y, x, y, x, y], 2);
    }

    // About the middle of the T: 45 pixels down its stem.
    private static (double X, double Y) Middle(double x, double y, double angle) => (x - (45 * Math.Sin(angle)), y + (45 * Math.Cos(angle)));
}
