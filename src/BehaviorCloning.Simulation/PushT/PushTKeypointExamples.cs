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

    /// <summary>Renders a random state in the benchmark's colors.</summary>
    /// <param name="seed">0 to 4294967295. The same seed gives the same example.</param>
    public static KeypointExample Draw(long seed) => Draw(seed, null);

    /// <summary>Renders a random state: the T anywhere in the window and a third of the time near its goal, the agent anywhere and half of the time touching the T.</summary>
    /// <param name="seed">0 to 4294967295. The same seed gives the same example.</param>
    /// <param name="colors">The colors it is rendered in; null for the benchmark's.</param>
    public static KeypointExample Draw(long seed, PushTColors? colors)
    {
        const double Touching = PushTWorld.AgentRadius + 12;
        var random = new NumpyRandomState(seed);
        bool nearGoal = random.NextInteger(0, 3) == 0, touching = random.NextInteger(0, 2) == 0;
        PushTPose goal = PushTPose.DefaultGoal;
        while (true)
        {
            // The T may touch the walls; points beyond them are outside the frame and count nowhere.
            PushTPose block = nearGoal
                ? new(goal.X + Uniform(-40, 40), goal.Y + Uniform(-40, 40), goal.Angle + Uniform(-0.5, 0.5))
                : new(Uniform(40, 472), Uniform(40, 472), Uniform(0, Math.Tau));
            var state = new PushTState(Uniform(16, 496), Uniform(16, 496), block.X, block.Y, block.Angle);
            double distance = Distance(state);
            // Contacts give way by a pixel or two.
            if (distance > PushTWorld.AgentRadius - 2 && (!touching || distance < Touching)) return Of(state, new PushTRenderer(goal, colors).Render(state));
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
