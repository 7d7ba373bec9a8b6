namespace BehaviorCloning.Features;

/// <summary>Directions and descriptors of features: histograms of gradients around a point, Lowe (2004), sections 5 and 6.</summary>
internal static class SiftDescriptor
{
    private const int Directions = 36;
    private const int Cells = 4;
    private const int Bins = 8;

    /// <summary>The strongest direction of the gradients around a point, and every other one within 80 % of it; 0 to 2 pi.</summary>
    public static IEnumerable<double> Orientations(GrayImage level, double x, double y, double scale)
    {
        Span<double> raw = stackalloc double[Directions];
        raw.Clear();
        double sigma = 1.5 * scale;
        int radius = (int)Math.Round(3 * sigma), centerX = (int)Math.Round(x), centerY = (int)Math.Round(y);
        for (int row = Math.Max(centerY - radius, 1); row <= Math.Min(centerY + radius, level.Height - 2); row++)
        {
            for (int column = Math.Max(centerX - radius, 1); column <= Math.Min(centerX + radius, level.Width - 2); column++)
            {
                (double magnitude, double angle) = Gradient(level, column, row);
                double dx = column - x, dy = row - y;
                // Shared between the two nearest of the bins, whose centers lie at whole multiples of 10 degrees.
                double bin = angle * (Directions / Math.Tau), weight = magnitude * Math.Exp(-((dx * dx) + (dy * dy)) / (2 * sigma * sigma));
                int lower = (int)bin;
                double share = bin - lower;
                raw[lower % Directions] += weight * (1 - share);
                raw[(lower + 1) % Directions] += weight * share;
            }
        }

        double[] smooth = new double[Directions];
        for (int i = 0; i < Directions; i++)
        {
            smooth[i] = (0.375 * raw[i]) + (0.25 * (raw[(i + 1) % Directions] + raw[(i + Directions - 1) % Directions]))
                + (0.0625 * (raw[(i + 2) % Directions] + raw[(i + Directions - 2) % Directions]));
        }

        double highest = smooth.Max();
        List<(double Height, double Angle)> peaks = [];
        for (int i = 0; i < Directions && highest > 0; i++)
        {
            double before = smooth[(i + Directions - 1) % Directions], here = smooth[i], after = smooth[(i + 1) % Directions];
            if (here <= before || here <= after || here < 0.8 * highest) continue;
            double bin = i + (0.5 * (before - after) / (before - (2 * here) + after));
            double angle = bin * Math.Tau / Directions;
            peaks.Add((here, angle < 0 ? angle + Math.Tau : angle >= Math.Tau ? angle - Math.Tau : angle));
        }

        return peaks.OrderByDescending(peak => peak.Height).Select(peak => peak.Angle);
    }

    /// <summary>4 x 4 cells of 8 directions, relative to the feature's own; each gradient is shared between its neighbors in all three.</summary>
    public static float[] Describe(GrayImage level, double x, double y, double scale, double angle)
    {
        // One cell more on every side, which catches what is shared beyond the edge.
        const int Padded = Cells + 2;
        Span<float> histogram = stackalloc float[Padded * Padded * Bins];
        histogram.Clear();
        double cell = 3 * scale;
        (double sin, double cos) = Math.SinCos(angle);
        int radius = (int)Math.Min(Math.Round(cell * Math.Sqrt(2) * (Cells + 1) / 2), Math.Sqrt(((double)level.Width * level.Width) + ((double)level.Height * level.Height)));
        int centerX = (int)Math.Round(x), centerY = (int)Math.Round(y);
        for (int row = Math.Max(centerY - radius, 1); row <= Math.Min(centerY + radius, level.Height - 2); row++)
        {
            for (int column = Math.Max(centerX - radius, 1); column <= Math.Min(centerX + radius, level.Width - 2); column++)
            {
                double dx = (column - x) / cell, dy = (row - y) / cell;
                double along = (cos * dx) + (sin * dy), across = (cos * dy) - (sin * dx);
                double u = along + (Cells / 2.0) - 0.5, v = across + (Cells / 2.0) - 0.5;
                if (u <= -1 || u >= Cells || v <= -1 || v >= Cells) continue;
                (double magnitude, double direction) = Gradient(level, column, row);
                double turned = direction - angle;
                double bin = (turned < 0 ? turned + Math.Tau : turned) * (Bins / Math.Tau);
                float weight = (float)(magnitude * Math.Exp(-((along * along) + (across * across)) / (0.5 * Cells * Cells)));
                int u0 = (int)Math.Floor(u), v0 = (int)Math.Floor(v), b0 = (int)bin;
                float du = (float)(u - u0), dv = (float)(v - v0), db = (float)(bin - b0);
                for (int i = 0; i < 2; i++)
                {
                    float ofRow = weight * (i == 0 ? 1 - dv : dv);
                    for (int j = 0; j < 2; j++)
                    {
                        float ofCell = ofRow * (j == 0 ? 1 - du : du);
                        int first = (((v0 + i + 1) * Padded) + u0 + j + 1) * Bins;
                        histogram[first + (b0 % Bins)] += ofCell * (1 - db);
                        histogram[first + ((b0 + 1) % Bins)] += ofCell * db;
                    }
                }
            }
        }

        float[] descriptor = new float[SiftFeature.DescriptorSize];
        for (int i = 0; i < Cells; i++)
        {
            for (int j = 0; j < Cells; j++) histogram.Slice((((i + 1) * Padded) + j + 1) * Bins, Bins).CopyTo(descriptor.AsSpan(((i * Cells) + j) * Bins));
        }

        // Light changes scale all gradients and saturate the largest ones: unit length, cut at 0.2, unit length.
        Normalize(descriptor);
        for (int i = 0; i < descriptor.Length; i++) descriptor[i] = Math.Min(descriptor[i], 0.2f);
        Normalize(descriptor);
        return descriptor;
    }

    private static void Normalize(float[] values)
    {
        double squares = 0;
        foreach (float value in values) squares += value * value;
        if (squares == 0) return;
        float scale = (float)(1 / Math.Sqrt(squares));
        for (int i = 0; i < values.Length; i++) values[i] *= scale;
    }

    private static (double Magnitude, double Angle) Gradient(GrayImage level, int x, int y)
    {
        float[] pixels = level.Pixels;
        int at = (y * level.Width) + x;
        float dx = pixels[at + 1] - pixels[at - 1], dy = pixels[at + level.Width] - pixels[at - level.Width];
        float angle = MathF.Atan2(dy, dx);
        // A tiny negative angle plus 2 pi may round to 2 pi itself; the callers take the bin modulo.
        return (Math.Sqrt((dx * dx) + (dy * dy)), angle < 0 ? angle + Math.Tau : angle);
    }
}
