namespace BehaviorCloning.Datasets;

/// <summary>A dataset in a Zarr v2 folder, as diffusion_policy and the Universal Manipulation Interface keep theirs.</summary>
/// <example><code>
/// var episodes = new ZarrEpisodes(
///     "pusht_cchi_v7_replay.zarr",
///     [new("agent_position", "state", 0, 2), new("block_position", "state", 2, 2), new("block_angle", "state", 4, 1)],
///     [new("target", "action")],
///     controlRateHz: 10);
/// </code></example>
public sealed class ZarrEpisodes : ArrayEpisodes
{
    /// <summary>Opens a dataset.</summary>
    /// <param name="path">The Zarr folder. Arrays are looked for there, in its <c>data</c> and in its <c>meta</c> group.</param>
    /// <param name="observations">Which columns become which features.</param>
    /// <param name="actions">Which columns make the action, one after another. The first mapping's feature name is the action's name.</param>
    /// <param name="controlRateHz">Control steps a second, which Zarr does not say.</param>
    /// <param name="episodeEnds">The array of episode ends.</param>
    /// <exception cref="InvalidDataException">Something is damaged or does not fit; the message says what.</exception>
    public ZarrEpisodes(string path, IReadOnlyList<ColumnMapping> observations, IReadOnlyList<ColumnMapping> actions, double? controlRateHz = null, string episodeEnds = "episode_ends")
        : base($"'{path}'", name => Open(path, name), observations, actions, episodeEnds, controlRateHz)
    {
    }

    private static ZarrArray Open(string path, string name)
    {
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"There is no Zarr folder '{path}'.{(File.Exists(path) ? " It is a file: a zipped Zarr must be unpacked first." : "")}");
        string[] candidates = [Path.Combine(path, name), Path.Combine(path, "data", name), Path.Combine(path, "meta", name)];
        string? folder = candidates.FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, ".zarray")))
            ?? candidates.FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, "zarr.json")));
        if (folder is not null) return ZarrArray.Open(folder);
        IEnumerable<string> there = Directory.EnumerateFiles(path, ".zarray", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(path, Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal);
        throw new KeyNotFoundException($"'{path}' has no array '{name}'. It has: {string.Join(", ", there)}.");
    }
}
