using BehaviorCloning.Datasets;

namespace BehaviorCloning.Simulation;

/// <summary>Opens Push-T demonstrations wherever they are kept, with the features and actions of <see cref="PushTEnvironment"/>.</summary>
public static class PushTDataset
{
    /// <summary>Opens a dataset.</summary>
    /// <param name="path">
    /// The folder of the published Zarr dataset (<c>pusht_cchi_v7_replay.zarr</c>), an npz file with the same arrays, or an episode store.
    /// </param>
    /// <param name="images">Whether to observe "image" as well, where the dataset has it.</param>
    /// <param name="keypoints">Whether to observe "keypoints" as well, where the dataset has them.</param>
    /// <exception cref="FileNotFoundException">There is nothing at the path, or nothing that is known.</exception>
    /// <exception cref="InvalidDataException">The dataset is damaged, or no Push-T dataset; the message says what is wrong.</exception>
    public static IEpisodeSource Open(string path, bool images = false, bool keypoints = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (File.Exists(path) && Path.GetExtension(path).Equals(".npz", StringComparison.OrdinalIgnoreCase))
            return new Recordings(new NpzEpisodes(path, Columns(images, keypoints), Targets, PushTWorld.ControlRateHz));
        if (EpisodeStore.Exists(path)) return OpenStore(path, images, keypoints);
        if (Directory.Exists(path) && (File.Exists(Path.Combine(path, ".zgroup")) || Directory.Exists(Path.Combine(path, "data"))))
            return new Recordings(new ZarrEpisodes(path, Columns(images, keypoints), Targets, PushTWorld.ControlRateHz));
        throw new FileNotFoundException(Path.Exists(path)
            ? $"'{path}' is neither a Zarr folder (with .zgroup), nor an npz file, nor an episode store. Push-T datasets are one of these."
            : $"There is nothing at '{path}'. Expected a Zarr folder, an npz file or an episode store of Push-T demonstrations.");
    }

    private static ColumnMapping[] Targets => [new(PushTEnvironment.ActionSpec.Name, "action", 0, 2)];

    private static List<ColumnMapping> Columns(bool images, bool keypoints)
    {
        List<ColumnMapping> columns =
        [
            new(PushTEnvironment.AgentPosition, "state", 0, 2),
            new(PushTEnvironment.BlockPosition, "state", 2, 2),
            new(PushTEnvironment.BlockAngle, "state", 4, 1),
        ];
        if (keypoints) columns.Add(new(PushTEnvironment.Keypoints, "keypoint", 0, 2 * PushTShape.KeypointCount));
        if (images) columns.Add(ColumnMapping.Image(PushTEnvironment.Image, "img"));
        return columns;
    }

    private static EpisodeStore OpenStore(string path, bool images, bool keypoints)
    {
        EpisodeStore store = EpisodeStore.Open(path);
        ObservationSpec wanted = PushTEnvironment.SpecOf(new PushTOptions { Images = images, Keypoints = keypoints });
        string[] missing = [.. wanted.Where(feature => !store.Observations.Contains(feature.Name) || !store.Observations[feature.Name].Equals(feature)).Select(feature => feature.ToString())];
        if (missing.Length == 0 && store.Actions.Dimension == PushTEnvironment.ActionSpec.Dimension) return store;
        string found = $"it has {store.Observations}, and actions '{store.Actions.Name}' of {store.Actions.Dimension} values";
        store.Dispose();
        throw new InvalidDataException($"The episode store '{path}' is no Push-T recording: it needs {wanted}, and actions of 2 values; {found}.");
    }

    // The arrays know neither the limits nor the names of actions.
    private sealed class Recordings(IEpisodeSource arrays) : IEpisodeSource
    {
        public ObservationSpec Observations => arrays.Observations;

        public ActionSpec Actions => PushTEnvironment.ActionSpec;

        public double? ControlRateHz => arrays.ControlRateHz;

        public int EpisodeCount => arrays.EpisodeCount;

        public int EpisodeLength(int episode) => arrays.EpisodeLength(episode);

        public Episode ReadEpisode(int episode) => arrays.ReadEpisode(episode);
    }
}
