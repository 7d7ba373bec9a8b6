using BehaviorCloning.Images;

namespace BehaviorCloning.Datasets;

/// <summary>Copies any dataset into an episode store, which reads windows in any order quickly: other formats must unpack a chunk for one frame.</summary>
/// <example><code>
/// EpisodeConversion.ToStore(PushTDataset.Open("pusht_cchi_v7_replay.zarr", images: true), "pusht-images", new Dictionary&lt;string, FrameEncoding&gt; { ["image"] = new PngFrames() });
/// </code></example>
public static class EpisodeConversion
{
    private const int PieceSteps = 64;

    /// <summary>Copies every episode that the store does not have yet: started again after an interruption, it goes on.</summary>
    /// <param name="source">What to copy.</param>
    /// <param name="path">The store's folder, new or of an earlier copy.</param>
    /// <param name="frames">How frames are kept, by image feature; those not named are kept raw.</param>
    /// <param name="controlRateHz">Control steps a second, where the source does not say.</param>
    /// <param name="annotations">Annotations to copy as well, which every episode must have.</param>
    /// <param name="progress">Told the share of episodes done.</param>
    /// <returns>How many episodes were copied.</returns>
    /// <exception cref="ArgumentException">The store holds something else, nobody says the control rate, or an annotation is missing.</exception>
    public static int ToStore(
        IEpisodeSource source,
        string path,
        IReadOnlyDictionary<string, FrameEncoding>? frames = null,
        double? controlRateHz = null,
        ObservationSpec? annotations = null,
        IProgress<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        double rate = controlRateHz ?? source.ControlRateHz
            ?? throw new ArgumentException("The dataset does not say how many control steps it has a second. Say it here.", nameof(controlRateHz));
        using EpisodeRecorder recorder = EpisodeRecorder.OpenOrCreate(path, source.Observations, source.Actions, rate, annotations, frames: frames);
        int first = recorder.EpisodeCount;
        if (first > source.EpisodeCount) throw new ArgumentException($"The store '{path}' has {first} episodes, the dataset {source.EpisodeCount}: it is no copy of it.", nameof(path));
        for (int episode = first; episode < source.EpisodeCount; episode++)
        {
            Copy(source, episode, annotations ?? new ObservationSpec(), recorder);
            recorder.FinishEpisode();
            progress?.Report((episode + 1.0) / source.EpisodeCount);
        }

        return source.EpisodeCount - first;
    }

    private static void Copy(IEpisodeSource source, int number, ObservationSpec annotations, EpisodeRecorder recorder)
    {
        Episode episode = source.ReadEpisode(number);
        Dictionary<string, ReadOnlyMemory<float>> floats = source.Observations.Where(spec => !spec.IsImage).ToDictionary(spec => spec.Name, spec => episode.Feature(spec.Name));
        Dictionary<string, ReadOnlyMemory<float>> extra = annotations.ToDictionary(spec => spec.Name, spec => episode.Annotation(spec.Name)
            ?? throw new ArgumentException($"Episode {number} has no annotation '{spec.Name}'.", nameof(annotations)));
        Dictionary<string, byte[]> pieces = source.Observations.Where(spec => spec.IsImage).ToDictionary(spec => spec.Name, spec => new byte[checked(PieceSteps * spec.StepBytes)]);
        for (int step = 0; step < episode.Length; step++)
        {
            if (step % PieceSteps == 0)
            {
                foreach ((string name, byte[] piece) in pieces) episode.ReadFrames(name, step, Math.Min(PieceSteps, episode.Length - step), piece);
            }

            var observation = new Observation(floats.Select(pair => KeyValuePair.Create(pair.Key, Row(pair.Value, source.Observations[pair.Key].Size, step))))
            {
                Images = pieces.ToDictionary(pair => pair.Key, pair => Row(new ReadOnlyMemory<byte>(pair.Value), source.Observations[pair.Key].StepBytes, step % PieceSteps)),
            };
            recorder.Append(observation, Row(episode.Actions, source.Actions.Dimension, step).Span, annotations.Count == 0 ? null : extra.ToDictionary(pair => pair.Key, pair => Row(pair.Value, annotations[pair.Key].Size, step)));
        }
    }

    private static ReadOnlyMemory<T> Row<T>(ReadOnlyMemory<T> rows, int size, int step) => rows.Slice(step * size, size);
}
