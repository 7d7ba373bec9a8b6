namespace BehaviorCloning.Datasets;

/// <summary>A dataset in one npz file: arrays of all steps, and where each episode ends.</summary>
public sealed class NpzEpisodes : ArrayEpisodes
{
    /// <summary>Opens a dataset and reads it into memory.</summary>
    /// <param name="path">The npz file.</param>
    /// <param name="observations">Which columns become which features.</param>
    /// <param name="actions">Which columns make the action, one after another. The first mapping's feature name is the action's name.</param>
    /// <param name="controlRateHz">Control steps a second, which npz does not say.</param>
    /// <param name="episodeEnds">The array of episode ends.</param>
    /// <exception cref="InvalidDataException">Something is damaged or does not fit; the message says what.</exception>
    public NpzEpisodes(string path, IReadOnlyList<ColumnMapping> observations, IReadOnlyList<ColumnMapping> actions, double? controlRateHz = null, string episodeEnds = "episode_ends")
        : base($"'{path}'", Reader(path), observations, actions, episodeEnds, controlRateHz)
    {
    }

    private static Func<string, IRowArray> Reader(string path) => name =>
    {
        using NpzFile file = NpzFile.Open(path);
        return file.Read(name);
    };
}
