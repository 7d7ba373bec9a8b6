namespace BehaviorCloning.Datasets;

/// <summary>
/// A dataset and its mirror image: episodes 0 to n-1 as they are, n to 2n-1 mirrored. Mirrored episodes are made when first read and
/// kept in memory, but for frames, which are mirrored whenever they are read. Split into training and validation before mirroring, or an episode is validated on its own mirror image.
/// </summary>
public sealed class SymmetricEpisodes : IEpisodeSource
{
    private readonly IEpisodeSource source;
    private readonly ISymmetry symmetry;
    private readonly Episode?[] mirrored;

    /// <summary>Doubles a dataset.</summary>
    /// <exception cref="ArgumentException">The symmetry does not suit the dataset; the message lists every fault.</exception>
    public SymmetricEpisodes(IEpisodeSource source, ISymmetry symmetry)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(symmetry);
        string[] problems =
        [
            .. symmetry.Problems(source.Observations, source.Actions),
            .. source.Observations.Where(spec => spec.IsImage && !symmetry.MirrorsFrames(spec)).Select(spec => $"The frames of '{spec.Name}' cannot be mirrored by this {symmetry.GetType().Name}: leave the feature out of the dataset, or say how."),
        ];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems.Distinct()), nameof(symmetry));
        this.source = source;
        this.symmetry = symmetry;
        mirrored = new Episode?[source.EpisodeCount];
    }

    /// <inheritdoc/>
    public ObservationSpec Observations => source.Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => source.Actions;

    /// <inheritdoc/>
    public double? ControlRateHz => source.ControlRateHz;

    /// <inheritdoc/>
    public int EpisodeCount => 2 * mirrored.Length;

    /// <inheritdoc/>
    public int EpisodeLength(int episode) => source.EpisodeLength(episode < mirrored.Length ? episode : episode - mirrored.Length);

    /// <inheritdoc/>
    public Episode ReadEpisode(int episode)
    {
        if (episode < mirrored.Length) return source.ReadEpisode(episode);
        ref Episode? slot = ref mirrored[episode - mirrored.Length];

        // Two threads may mirror the same episode at once; one of the two equal results is kept.
        return Volatile.Read(ref slot)
            ?? Interlocked.CompareExchange(ref slot, Mirror(source.ReadEpisode(episode - mirrored.Length)), null)
            ?? slot;
    }

    private MirroredEpisode Mirror(Episode original)
    {
        Dictionary<string, ReadOnlyMemory<float>> features = [];
        foreach (FeatureSpec spec in Observations.Where(spec => !spec.IsImage))
        {
            float[] rows = original.Feature(spec.Name).ToArray();
            symmetry.Apply(spec.Name, rows);
            features[spec.Name] = rows;
        }

        float[] actions = original.Actions.ToArray();
        symmetry.ApplyToActions(actions);
        Dictionary<string, ReadOnlyMemory<float>> annotations = [];
        foreach (string name in (string[])[DemonstrationRecorder.ExecutedAction, StepPlan.Annotation])
        {
            if (original.Annotation(name) is not { } annotation) continue;
            float[] rows = annotation.ToArray();
            symmetry.ApplyToActions(rows);
            annotations[name] = rows;
        }

        return new MirroredEpisode(original, features, actions, annotations, Observations, symmetry);
    }

    private sealed class MirroredEpisode(
        Episode original, Dictionary<string, ReadOnlyMemory<float>> features, ReadOnlyMemory<float> actions, Dictionary<string, ReadOnlyMemory<float>> annotations, ObservationSpec observations, ISymmetry symmetry) : Episode
    {
        public override int Length => original.Length;

        public override ReadOnlyMemory<float> Actions => actions;

        public override ReadOnlyMemory<float> Feature(string name) => features.TryGetValue(name, out ReadOnlyMemory<float> rows)
            ? rows
            : throw new KeyNotFoundException($"The episode has no feature '{name}'. It has: {string.Join(", ", features.Keys)}.");

        // Annotations that are actions are mirrored as well.
        public override ReadOnlyMemory<float>? Annotation(string name) => annotations.TryGetValue(name, out ReadOnlyMemory<float> rows) ? rows : original.Annotation(name);

        public override void ReadFrames(string name, int start, int count, Span<byte> destination)
        {
            original.ReadFrames(name, start, count, destination);
            FeatureSpec image = observations[name];
            for (int i = 0; i < count; i++) symmetry.ApplyToFrame(image, destination.Slice(i * image.StepBytes, image.StepBytes));
        }
    }
}
