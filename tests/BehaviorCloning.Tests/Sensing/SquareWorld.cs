using BehaviorCloning.Features;

namespace BehaviorCloning.Tests.Sensing;

/// <summary>Frames of 32 x 32 with a bright rectangle that has a red end, and a blue dot: poses that a small network learns in seconds.</summary>
internal static class SquareWorld
{
    public static IReadOnlyList<SensedBody> Bodies { get; } = [new("bar", [-12, 0, 12, 0, 0, 0]), new("dot", [0, 0])];

    /// <summary>Two world units a pixel, the first pixel's center at (1, 1).</summary>
    public static (double X, double Y, double Angle, double DotX, double DotY) Draw(long seed)
    {
        var random = new Random((int)(seed % int.MaxValue));
        return (18 + (28 * random.NextDouble()), 18 + (28 * random.NextDouble()), Math.Tau * random.NextDouble(), 6 + (52 * random.NextDouble()), 6 + (52 * random.NextDouble()));
    }

    public static KeypointExample Example(long seed) => Example(Draw(seed));

    public static KeypointExample Example((double X, double Y, double Angle, double DotX, double DotY) state)
    {
        byte[] frame = new byte[32 * 32 * 3];
        (double sin, double cos) = Math.SinCos(state.Angle);
        for (int i = 0; i < 32 * 32; i++)
        {
            // Four samples a pixel soften the edges, so that fractions of a pixel can be seen.
            double[] color = [30, 30, 30];
            for (int s = 0; s < 4; s++)
            {
                double x = 1 + (2 * ((i % 32) + (0.5 * (s % 2)) - 0.25)), y = 1 + (2 * ((i / 32) + (0.5 * (s / 2)) - 0.25));
                double along = (cos * (x - state.X)) + (sin * (y - state.Y)), across = (cos * (y - state.Y)) - (sin * (x - state.X));
                double[]? ink = Math.Pow(x - state.DotX, 2) + Math.Pow(y - state.DotY, 2) < 16 ? [40, 60, 250] : Math.Abs(along) < 16 && Math.Abs(across) < 5 ? along > 6 ? [250, 60, 40] : [220, 220, 200] : null;
                for (int c = 0; c < 3 && ink is not null; c++) color[c] += (ink[c] - 30) / 4;
            }

            for (int c = 0; c < 3; c++) frame[(3 * i) + c] = (byte)color[c];
        }

        float[] points = [Pixel(state.X - (12 * cos)), Pixel(state.Y - (12 * sin)), Pixel(state.X + (12 * cos)), Pixel(state.Y + (12 * sin)), Pixel(state.X), Pixel(state.Y), Pixel(state.DotX), Pixel(state.DotY)];
        return new KeypointExample(frame, points);

        static float Pixel(double world) => (float)((world - 1) / 2);
    }
}
