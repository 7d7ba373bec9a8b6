namespace BehaviorCloning.Simulation.Tests;

/// <summary>Compares recorded transitions with dynamics.</summary>
internal static class Transitions
{
    /// <summary>The largest difference between the row recorded a step later and what the dynamics say, and how many there were.</summary>
    public static (double Worst, int Count) WorstError(IEpisodeSource recorded, string feature, Func<float[], float, double[]> next)
    {
        double worst = 0;
        int count = 0, size = recorded.Observations[feature].Size;
        for (int e = 0; e < recorded.EpisodeCount; e++)
        {
            Episode episode = recorded.ReadEpisode(e);
            float[] rows = episode.Feature(feature).ToArray();
            for (int t = 0; t + 1 < episode.Length; t++, count++)
            {
                double[] expected = next(rows[(t * size)..((t + 1) * size)], episode.Actions.Span[t]);
                for (int k = 0; k < size; k++) worst = Math.Max(worst, Math.Abs(expected[k] - rows[((t + 1) * size) + k]));
            }
        }

        return (worst, count);
    }
}
