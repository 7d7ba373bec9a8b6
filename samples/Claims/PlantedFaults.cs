using BehaviorCloning;
using BehaviorCloning.Datasets;

namespace Claims;

/// <summary>Demonstrations of which some are spoiled on purpose, so that it is known what a doctor should find.</summary>
/// <param name="Episodes">All of them, in their order.</param>
/// <param name="Planted">What was done to each, or null.</param>
internal sealed record PlantedFaults(InMemoryEpisodes Episodes, IReadOnlyList<DataFault?> Planted)
{
    private const double IdleSeconds = 3, StallSeconds = 1;

    // In ranges of the dimension: a reflection that a camera takes for the object, and a sensor that was mounted wrongly.
    private const double Leap = 0.7, Offset = 1.5;
    private static readonly DataFault[] Kinds = [DataFault.Idle, DataFault.Stall, DataFault.Jump, DataFault.Outlier];

    /// <summary>The episodes that nothing was done to.</summary>
    public EpisodeSubset Sound => new(Episodes, [.. Enumerable.Range(0, Planted.Count).Where(e => Planted[e] is null)]);

    /// <summary>Spoils a share of the episodes, each in one of four ways.</summary>
    /// <param name="source">Sound demonstrations.</param>
    /// <param name="share">Which share is spoiled.</param>
    /// <param name="feature">The feature that leaps and is offset.</param>
    /// <param name="still">The action that changes nothing, given what is observed.</param>
    /// <param name="seed">Of which episodes, and where in them.</param>
    public static PlantedFaults In(IEpisodeSource source, double share, string feature, Func<Func<string, ReadOnlyMemory<float>>, float[]> still, long seed)
    {
        if (!(share is >= 0 and < 1)) throw new ArgumentException($"--share {share} must be at least 0 and below 1.");
        var random = new Random((int)(seed & int.MaxValue));
        int[] order = [.. Enumerable.Range(0, source.EpisodeCount)];
        random.Shuffle(order);
        var planted = new DataFault?[order.Length];
        for (int i = 0; i < (int)Math.Round(share * order.Length); i++) planted[order[i]] = Kinds[i % Kinds.Length];
        float[] range = Range(source, feature);
        var spoiled = new InMemoryEpisodes(source.Observations, source.Actions, controlRateHz: source.ControlRateHz);
        double rate = source.ControlRateHz ?? 10;
        for (int e = 0; e < order.Length; e++)
        {
            Episode episode = source.ReadEpisode(e);
            int at = (int)(episode.Length * (0.2 + (0.5 * random.NextDouble())));
            spoiled.Add(planted[e] switch
            {
                DataFault.Idle => Idle(source, episode, at, (int)(IdleSeconds * rate), still),
                DataFault.Stall => Changed(source, episode, (_, size, rows) =>
                {
                    for (int t = at + 1; t < Math.Min(at + 1 + (int)(StallSeconds * rate), episode.Length); t++) rows.AsSpan(at * size, size).CopyTo(rows.AsSpan(t * size));
                }),
                DataFault.Jump => Changed(source, episode, (name, size, rows) => Shift(name, size, rows, at, Leap)),
                DataFault.Outlier => Changed(source, episode, (name, size, rows) => Shift(name, size, rows, 0, Offset)),
                _ => episode,
            });
        }

        return new PlantedFaults(spoiled, planted);

        void Shift(string name, int size, float[] rows, int from, double ranges)
        {
            if (name != feature) return;
            for (int i = from * size; i < rows.Length; i++) rows[i] += (float)(ranges * range[i % size]);
        }
    }

    private static float[] Range(IEpisodeSource source, string feature)
    {
        int size = source.Observations[feature].Size;
        float[][] rows = [.. Enumerable.Range(0, source.EpisodeCount).Select(e => source.ReadEpisode(e).Feature(feature).ToArray())];
        return [.. Enumerable.Range(0, size).Select(d => rows.Max(row => Of(row, d).Max()) - rows.Min(row => Of(row, d).Min()))];

        IEnumerable<float> Of(float[] row, int d) => row.Where((_, i) => i % size == d);
    }

    private static InMemoryEpisode Changed(IEpisodeSource source, Episode episode, Action<string, int, float[]> change)
    {
        var features = new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal);
        foreach (FeatureSpec spec in source.Observations)
        {
            float[] rows = episode.Feature(spec.Name).ToArray();
            change(spec.Name, spec.Size, rows);
            features[spec.Name] = rows;
        }

        return new InMemoryEpisode(source.Observations, source.Actions, features, episode.Actions);
    }

    // The demonstrator answers the telephone.
    private static InMemoryEpisode Idle(IEpisodeSource source, Episode episode, int at, int steps, Func<Func<string, ReadOnlyMemory<float>>, float[]> still)
    {
        var features = source.Observations.ToDictionary(spec => spec.Name, spec => Insert(episode.Feature(spec.Name).Span, spec.Size, episode.Feature(spec.Name).Slice(at * spec.Size, spec.Size).Span), StringComparer.Ordinal);
        float[] rest = still(name => episode.Feature(name).Slice(at * source.Observations[name].Size, source.Observations[name].Size));
        return new InMemoryEpisode(source.Observations, source.Actions, features, Insert(episode.Actions.Span, source.Actions.Dimension, rest));

        ReadOnlyMemory<float> Insert(ReadOnlySpan<float> rows, int size, ReadOnlySpan<float> row)
        {
            float[] longer = new float[rows.Length + (steps * size)];
            rows[..(at * size)].CopyTo(longer);
            for (int t = 0; t < steps; t++) row.CopyTo(longer.AsSpan((at + t) * size));
            rows[(at * size)..].CopyTo(longer.AsSpan((at + steps) * size));
            return longer;
        }
    }
}
