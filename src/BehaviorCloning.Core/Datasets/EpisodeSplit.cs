namespace BehaviorCloning.Datasets;

/// <summary>
/// Which episodes a policy learns from and which it is validated on. Whole episodes: neighboring steps are almost equal, so a split
/// by steps would validate on what was learned by heart. Split before mirroring or otherwise augmenting, for the same reason.
/// </summary>
public sealed class EpisodeSplit
{
    private EpisodeSplit(int[] training, int[] validation)
    {
        Training = training;
        Validation = validation;
    }

    /// <summary>Episodes to learn from, ascending.</summary>
    public IReadOnlyList<int> Training { get; }

    /// <summary>Episodes to validate on, ascending.</summary>
    public IReadOnlyList<int> Validation { get; }

    /// <summary>Draws validation episodes at random: the share rounded to whole episodes, at least one, and at least one is left to learn from.</summary>
    /// <param name="episodeCount">How many episodes there are, at least 2.</param>
    /// <param name="validationShare">Share of episodes to validate on, above 0 and below 1.</param>
    /// <param name="seed">The same seed gives the same split.</param>
    public static EpisodeSplit Draw(int episodeCount, double validationShare, long seed)
    {
        if (episodeCount < 2)
            throw new ArgumentException($"A split needs at least 2 episodes, one to learn from and one to validate on; got {episodeCount}.", nameof(episodeCount));
        if (!(validationShare > 0 && validationShare < 1))
            throw new ArgumentException($"The validation share must lie between 0 and 1, both excluded; got {validationShare}.", nameof(validationShare));
        int[] order = [.. Enumerable.Range(0, episodeCount)];
        new SplitMix64(seed).Shuffle(order);
        int validation = Math.Clamp((int)Math.Round(episodeCount * validationShare), 1, episodeCount - 1);
        return new EpisodeSplit([.. order[validation..].Order()], [.. order[..validation].Order()]);
    }

    /// <summary>Splits a dataset.</summary>
    public static (EpisodeSubset Training, EpisodeSubset Validation) Draw(IEpisodeSource episodes, double validationShare, long seed)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        EpisodeSplit split = Draw(episodes.EpisodeCount, validationShare, seed);
        return (new EpisodeSubset(episodes, split.Training), new EpisodeSubset(episodes, split.Validation));
    }
}
