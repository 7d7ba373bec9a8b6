using BehaviorCloning.Datasets;
using BehaviorCloning.Features;

namespace BehaviorCloning.Policies;

/// <summary>What a policy's normalizers are fitted to.</summary>
/// <param name="Features">Of every float feature the network sees, over all steps, by name.</param>
/// <param name="Actions">Of represented actions, over all steps of all training windows.</param>
public sealed record PolicyStatistics(IReadOnlyDictionary<string, FeatureStatistics> Features, FeatureStatistics Actions)
{
    /// <summary>Computes them from training data.</summary>
    /// <remarks>Actions are those of the windows, not of the steps: relative actions differ from window to window. Padding counts where it is learned.</remarks>
    public static PolicyStatistics Of(PolicyConfig config, IEpisodeSource data)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(data);
        var map = new FeatureMap(data.Observations, config.Features);
        FeatureSpec[] floats = [.. map.Output.Where(f => f.Element == FeatureElement.Float32)];
        // Sets and grids have thousands of values: fewer rows are kept for their quantiles, at most a quarter of a gigabyte.
        const int ValuesKept = 1 << 26;
        StreamingStatistics[] features = [.. floats.Select(f => new StreamingStatistics(f.Size, Math.Clamp(ValuesKept / f.Size, 1000, StreamingStatistics.DefaultSampleLimit)))];
        int horizon = config.Horizons.Prediction, dimension = data.Actions.Dimension;
        var actions = new StreamingStatistics(dimension);
        float[] chunk = new float[horizon * dimension];
        for (int e = 0; e < data.EpisodeCount; e++)
        {
            Episode episode = map.Apply(data.ReadEpisode(e));
            try
            {
                for (int i = 0; i < floats.Length; i++) features[i].Add(episode.Feature(floats[i].Name).Span);
                AddChunks(config, episode, chunk, dimension, actions);
            }
            catch (ArgumentException fault)
            {
                throw new ArgumentException($"Episode {e} cannot be learned from: {fault.Message}", nameof(data), fault);
            }
        }

        return new PolicyStatistics(floats.Select((f, i) => (f.Name, features[i])).ToDictionary(pair => pair.Name, pair => pair.Item2.ToStatistics(), StringComparer.Ordinal), actions.ToStatistics());
    }

    private static void AddChunks(PolicyConfig config, Episode episode, float[] chunk, int dimension, StreamingStatistics actions)
    {
        var labels = new ChunkLabels(episode, dimension, config.HoldsAfterEnd);
        ReadOnlySpan<float> references = config.Actions.ReferenceFeature is { } name ? episode.Feature(name).Span : default;
        for (int t = 0; t < episode.Length; t++)
        {
            int counted = labels.Copy(t, chunk);
            config.Actions.Encode(chunk, references.IsEmpty ? default : references.Slice(t * dimension, dimension));
            actions.Add(chunk.AsSpan(0, counted * dimension));
        }
    }
}
