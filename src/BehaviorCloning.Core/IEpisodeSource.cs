namespace BehaviorCloning;

/// <summary>A dataset: episodes of one observation and action specification, in any storage.</summary>
public interface IEpisodeSource
{
    /// <summary>What every step of every episode observes.</summary>
    ObservationSpec Observations { get; }

    /// <summary>What every action is.</summary>
    ActionSpec Actions { get; }

    /// <summary>Control steps a second, or null where the source does not say.</summary>
    double? ControlRateHz { get; }

    /// <summary>How many episodes there are.</summary>
    int EpisodeCount { get; }

    /// <summary>Steps of an episode, without reading it.</summary>
    int EpisodeLength(int episode);

    /// <summary>Reads an episode. Safe to call from several threads.</summary>
    Episode ReadEpisode(int episode);
}
