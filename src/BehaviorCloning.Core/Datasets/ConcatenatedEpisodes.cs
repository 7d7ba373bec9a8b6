namespace BehaviorCloning.Datasets;

/// <summary>Several datasets as one, in their order. Episodes that a source gains later are not seen.</summary>
public sealed class ConcatenatedEpisodes : IEpisodeSource
{
    private readonly IEpisodeSource[] sources;
    private readonly int[] starts;

    /// <summary>Joins datasets of the same observations, actions and control rate.</summary>
    /// <exception cref="ArgumentException">They differ; the message lists every difference.</exception>
    public ConcatenatedEpisodes(params IReadOnlyList<IEpisodeSource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        if (sources.Count == 0) throw new ArgumentException("There is no dataset to join.", nameof(sources));
        string[] problems = [.. Problems(sources)];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(sources));
        this.sources = [.. sources];
        starts = new int[sources.Count + 1];
        for (int i = 0; i < sources.Count; i++) starts[i + 1] = checked(starts[i] + sources[i].EpisodeCount);
    }

    /// <inheritdoc/>
    public ObservationSpec Observations => sources[0].Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => sources[0].Actions;

    /// <inheritdoc/>
    public double? ControlRateHz => sources.Select(source => source.ControlRateHz).FirstOrDefault(rate => rate is not null);

    /// <inheritdoc/>
    public int EpisodeCount => starts[^1];

    /// <inheritdoc/>
    public int EpisodeLength(int episode)
    {
        (IEpisodeSource source, int own) = Find(episode);
        return source.EpisodeLength(own);
    }

    /// <inheritdoc/>
    public Episode ReadEpisode(int episode)
    {
        (IEpisodeSource source, int own) = Find(episode);
        return source.ReadEpisode(own);
    }

    private static IEnumerable<string> Problems(IReadOnlyList<IEpisodeSource> sources)
    {
        IEpisodeSource first = sources[0];
        double? rate = sources.Select(source => source.ControlRateHz).FirstOrDefault(known => known is not null);
        for (int i = 0; i < sources.Count; i++)
        {
            if (!sources[i].Observations.Equals(first.Observations))
                yield return $"Dataset {i} observes {sources[i].Observations}; dataset 0 observes {first.Observations}.";
            if (!sources[i].Actions.Equals(first.Actions))
                yield return $"Dataset {i} has other actions ('{sources[i].Actions.Name}', {sources[i].Actions.Dimension} values) than dataset 0 ('{first.Actions.Name}', {first.Actions.Dimension} values), or other limits or names.";
            if (sources[i].ControlRateHz is { } own && own != rate)
                yield return $"Dataset {i} was recorded at {own} Hz, others at {rate} Hz. Resample one of them.";
        }
    }

    private (IEpisodeSource Source, int Episode) Find(int episode)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(episode);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(episode, EpisodeCount);
        int i = 0;
        while (starts[i + 1] <= episode) i++;
        return (sources[i], episode - starts[i]);
    }
}
