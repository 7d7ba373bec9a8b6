using BehaviorCloning.Datasets;
using BehaviorCloning.Features;

namespace BehaviorCloning.Policies;

/// <summary>Represented action chunks of training windows, evenly spread: what a head that fits itself to actions is shown.</summary>
/// <param name="Actions">[Count, Tp, Da], raw units.</param>
/// <param name="InsideEpisode">[Count, Tp].</param>
/// <param name="Count">Number of chunks.</param>
internal sealed record ActionChunks(float[] Actions, bool[] InsideEpisode, int Count)
{
    /// <summary>The most that are read: enough for percentiles, clusters and vocabularies, and a bound on memory.</summary>
    public const int Limit = 100_000;

    /// <summary>Reads every window's chunk, or every k-th where there are more than <see cref="Limit"/>.</summary>
    public static ActionChunks Of(PolicyConfig config, IEpisodeSource data)
    {
        int horizon = config.Horizons.Prediction, dimension = data.Actions.Dimension, size = horizon * dimension;
        long windows = Enumerable.Range(0, data.EpisodeCount).Sum(e => (long)data.EpisodeLength(e));
        long stride = (windows + Limit - 1) / Limit;
        int count = (int)((windows + stride - 1) / stride);
        float[] actions = new float[(long)count * size];
        bool[] inside = new bool[(long)count * horizon];
        long window = 0;
        int row = 0;
        for (int e = 0; e < data.EpisodeCount; e++)
        {
            Episode episode = data.ReadEpisode(e);
            var labels = new ChunkLabels(episode, dimension, config.HoldsAfterEnd);
            ReadOnlySpan<float> references = config.Actions.ReferenceFeature is { } name ? episode.Feature(name).Span : default;
            for (int t = 0; t < episode.Length; t++, window++)
            {
                if (window % stride != 0) continue;
                Span<float> chunk = actions.AsSpan(row * size, size);
                int learned = labels.Copy(t, chunk);
                config.Actions.Encode(chunk, references.IsEmpty ? default : references.Slice(t * dimension, dimension));
                inside.AsSpan(row * horizon, learned).Fill(true);
                row++;
            }
        }

        return new ActionChunks(actions, inside, count);
    }
}
