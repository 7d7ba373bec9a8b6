namespace BehaviorCloning.Networks;

/// <summary>Where a heatmap peaks, and how far it spreads around its peak.</summary>
/// <param name="X">The mean around the highest cell, in cells; centers lie at whole numbers.</param>
/// <param name="Y">The same downwards.</param>
/// <param name="Variance">The mean squared distance of the whole map from there, of one direction, in cells².</param>
public readonly record struct HeatmapPeak(double X, double Y, double Variance)
{
    // A Gaussian of one cell is over at three.
    private const int Reach = 3;

    /// <summary>Reads a heatmap. The place is the mean near the peak, for a hundredth of the weight far away would move the mean of all by pixels; the spread is that of all.</summary>
    /// <param name="weights">Cells row by row, adding up to 1.</param>
    /// <param name="width">Columns.</param>
    public static HeatmapPeak Of(ReadOnlySpan<float> weights, int width)
    {
        int height = weights.Length / width, highest = 0;
        for (int i = 1; i < weights.Length; i++)
        {
            if (weights[i] > weights[highest]) highest = i;
        }

        double near = 0, x = 0, y = 0;
        for (int row = Math.Max((highest / width) - Reach, 0); row <= Math.Min((highest / width) + Reach, height - 1); row++)
        {
            for (int column = Math.Max((highest % width) - Reach, 0); column <= Math.Min((highest % width) + Reach, width - 1); column++)
            {
                double weight = weights[(row * width) + column];
                near += weight;
                x += weight * column;
                y += weight * row;
            }
        }

        (x, y) = (x / near, y / near);
        double variance = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double dx = (i % width) - x, dy = (i / width) - y;
            variance += weights[i] * ((dx * dx) + (dy * dy)) / 2;
        }

        return new HeatmapPeak(x, y, variance);
    }
}
