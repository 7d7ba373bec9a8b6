namespace BehaviorCloning.Datasets;

/// <summary>Some episodes of a dataset, in a chosen order.</summary>
public sealed class EpisodeSubset : IEpisodeSource
{
    private readonly IEpisodeSource source;
    private readonly int[] episodes;

    /// <summary>Chooses episodes.</summary>
    /// <param name="source">The dataset.</param>
    /// <param name="episodes">Their numbers in <paramref name="source"/>.</param>
    public EpisodeSubset(IEpisodeSource source, IReadOnlyList<int> episodes)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(episodes);
        int[] outside = [.. episodes.Where(episode => episode < 0 || episode >= source.EpisodeCount)];
        if (outside.Length > 0)
            throw new ArgumentException($"Episodes {string.Join(", ", outside)} are not in the dataset, which has {source.EpisodeCount} (0 to {source.EpisodeCount - 1}).", nameof(episodes));
        this.source = source;
        this.episodes = [.. episodes];
    }

    /// <summary>The episodes' numbers in the dataset they were chosen from.</summary>
    public IReadOnlyList<int> Episodes => episodes;

    /// <inheritdoc/>
    public ObservationSpec Observations => source.Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => source.Actions;

    /// <inheritdoc/>
    public double? ControlRateHz => source.ControlRateHz;

    /// <inheritdoc/>
    public int EpisodeCount => episodes.Length;

    /// <inheritdoc/>
    public int EpisodeLength(int episode) => source.EpisodeLength(episodes[episode]);

    /// <inheritdoc/>
    public Episode ReadEpisode(int episode) => source.ReadEpisode(episodes[episode]);
}
