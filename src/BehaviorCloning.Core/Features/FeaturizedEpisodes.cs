namespace BehaviorCloning.Features;

/// <summary>
/// A dataset as the network sees it: every episode's features made once, when it is first read, and kept. Features that pass
/// through raw cost no memory; made ones stay in memory.
/// </summary>
public sealed class FeaturizedEpisodes : IEpisodeSource
{
    private readonly IEpisodeSource source;
    private readonly FeaturizedEpisode?[] made;

    /// <summary>Wraps a dataset.</summary>
    /// <exception cref="ArgumentException">The map was made for other observations.</exception>
    public FeaturizedEpisodes(IEpisodeSource source, FeatureMap map)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(map);
        if (!source.Observations.Equals(map.Raw))
            throw new ArgumentException($"The feature map reads {map.Raw}, but the dataset has {source.Observations}. Make the map from the dataset's observations.", nameof(map));
        this.source = source;
        Map = map;
        made = new FeaturizedEpisode?[source.EpisodeCount];
    }

    /// <summary>How the features are made.</summary>
    public FeatureMap Map { get; }

    /// <inheritdoc/>
    public ObservationSpec Observations => Map.Output;

    /// <inheritdoc/>
    public ActionSpec Actions => source.Actions;

    /// <inheritdoc/>
    public double? ControlRateHz => source.ControlRateHz;

    /// <inheritdoc/>
    public int EpisodeCount => made.Length;

    /// <inheritdoc/>
    public int EpisodeLength(int episode) => source.EpisodeLength(episode);

    /// <inheritdoc/>
    public Episode ReadEpisode(int episode)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(episode);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(episode, made.Length);

        // Two threads may make the same episode at once; one of the two equal results is kept.
        return Volatile.Read(ref made[episode])
            ?? Interlocked.CompareExchange(ref made[episode], Map.Apply(source.ReadEpisode(episode)), null)
            ?? made[episode]!;
    }
}
