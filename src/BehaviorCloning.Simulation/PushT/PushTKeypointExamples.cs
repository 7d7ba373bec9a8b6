using BehaviorCloning.Features;

namespace BehaviorCloning.Simulation;

/// <summary>Rendered Push-T frames whose nine points of the T and agent are known: what a keypoint sensor is trained on, and measured with.</summary>
public static class PushTKeypointExamples
{
    /// <summary>Pixels of the window in a pixel of the frame.</summary>
    public const double UnitsPerPixel = 512.0 / PushTRenderer.ImageSize;

    /// <summary>Where in the window the center of the frame's first pixel lies, x and y.</summary>
    public const double Origin = (UnitsPerPixel / 2) - 0.5;

    /// <summary>The T with its nine keypoints as "block", and "agent".</summary>
    public static IReadOnlyList<SensedBody> Bodies { get; } = [new("block", Local()), new("agent", [0, 0])];

    /// <summary>Renders a random state: the T anywhere in the window, the agent anywhere beside it.</summary>
    /// <param name="seed">0 to 4294967295. The same seed gives the same example.</param>
    public static KeypointExample Draw(long seed)
    {
        var random = new NumpyRandomState(seed);
        while (true)
        {
            // The T may touch the walls; points beyond them are outside the frame and count nowhere.
            double blockX = Uniform(60, 452), blockY = Uniform(60, 452), angle = Uniform(0, Math.Tau), agentX = Uniform(20, 492), agentY = Uniform(20, 492);
            var state = new PushTState(agentX, agentY, blockX, blockY, angle);
            if (Distance(state) > PushTWorld.AgentRadius) return Of(state, new PushTRenderer(PushTPose.DefaultGoal).Render(state));
        }

        double Uniform(double low, double high) => low + ((high - low) * random.NextInteger(0, 1 << 24) / (1 << 24));
    }

    /// <summary>An example of a frame, rendered or recorded, whose state is known.</summary>
    public static KeypointExample Of(PushTState state, byte[] frame)
    {
        float[] points = new float[2 * (PushTShape.KeypointCount + 1)];
        PushTShape.Keypoints(state.Block, points);
        (points[^2], points[^1]) = ((float)state.AgentX, (float)state.AgentY);
        for (int i = 0; i < points.Length; i++) points[i] = (float)((points[i] - Origin) / UnitsPerPixel);
        return new KeypointExample(frame, points);
    }

    private static float[] Local()
    {
        float[] points = new float[2 * PushTShape.KeypointCount];
        PushTShape.Keypoints(new PushTPose(0, 0, 0), points);
        return points;
    }

    // From the agent's center to the T, in the T's own frame.
    private static double Distance(PushTState state)
    {
        (double sin, double cos) = Math.SinCos(state.BlockAngle);
        double dx = state.AgentX - state.BlockX, dy = state.AgentY - state.BlockY, x = (cos * dx) + (sin * dy), y = (cos * dy) - (sin * dx);
        return Math.Min(ToBox(PushTShape.Bar), ToBox(PushTShape.Stem));

        double ToBox(Vect[] box)
        {
            double outX = Math.Max(Math.Max(box.Min(v => v.X) - x, x - box.Max(v => v.X)), 0), outY = Math.Max(Math.Max(box.Min(v => v.Y) - y, y - box.Max(v => v.Y)), 0);
            return Math.Sqrt((outX * outX) + (outY * outY));
        }
    }
}
