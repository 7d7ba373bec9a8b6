namespace BehaviorCloning.Datasets;

/// <summary>Leaves out episodes whose every step weighs nothing, so that a weight of zero is the same as leaving the episode out: for normalizers, fits and data order as for the loss.</summary>
public static class CountedEpisodes
{
    /// <summary>The episodes that count; the dataset itself where all do.</summary>
    /// <exception cref="ArgumentException">No episode counts.</exception>
    public static IEpisodeSource Of(IEpisodeSource episodes)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        int[] counted = [.. Enumerable.Range(0, episodes.EpisodeCount).Where(e => episodes.ReadEpisode(e).Annotation("weight") is not { IsEmpty: false } weights || weights.Span.ContainsAnyExcept(0f))];
        if (counted.Length == episodes.EpisodeCount) return episodes;
        if (counted.Length == 0) throw new ArgumentException($"Every one of {episodes.EpisodeCount} episodes weighs nothing (annotation 'weight'), so there is nothing to learn from.", nameof(episodes));
        return new EpisodeSubset(episodes, counted);
    }
}
