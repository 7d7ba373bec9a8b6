namespace BehaviorCloning.Datasets;

/// <summary>A dataset in memory that episodes can be added to: what an expert has just shown, a DAgger round, a test.</summary>
public sealed class InMemoryEpisodes : IEpisodeSource
{
    private readonly List<Episode> episodes = [];
    private readonly Lock gate = new();

    /// <summary>A dataset of these episodes.</summary>
    public InMemoryEpisodes(ObservationSpec observations, ActionSpec actions, IEnumerable<Episode>? episodes = null, double? controlRateHz = null)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(actions);
        Observations = observations;
        Actions = actions;
        ControlRateHz = controlRateHz;
        foreach (Episode episode in episodes ?? []) Add(episode);
    }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; }

    /// <inheritdoc/>
    public ActionSpec Actions { get; }

    /// <inheritdoc/>
    public double? ControlRateHz { get; }

    /// <inheritdoc/>
    public int EpisodeCount
    {
        get
        {
            lock (gate) return episodes.Count;
        }
    }

    /// <summary>Adds an episode at the end.</summary>
    /// <exception cref="ArgumentException">Its actions or features do not have the sizes of this dataset's specification.</exception>
    public void Add(Episode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        if (episode.Actions.Length != (long)episode.Length * Actions.Dimension)
            throw new ArgumentException($"The episode has {episode.Actions.Length} action values in {episode.Length} steps; this dataset's actions ('{Actions.Name}') have {Actions.Dimension} a step.", nameof(episode));
        foreach (FeatureSpec spec in Observations.Where(spec => spec.Element == FeatureElement.Float32))
        {
            if (episode.Feature(spec.Name).Length != (long)episode.Length * spec.Size)
                throw new ArgumentException($"The episode's '{spec.Name}' has {episode.Feature(spec.Name).Length} values in {episode.Length} steps; this dataset's has {spec.Size} a step.", nameof(episode));
        }

        lock (gate) episodes.Add(episode);
    }

    /// <inheritdoc/>
    public int EpisodeLength(int episode) => ReadEpisode(episode).Length;

    /// <inheritdoc/>
    public Episode ReadEpisode(int episode)
    {
        lock (gate) return episodes[episode];
    }
}
