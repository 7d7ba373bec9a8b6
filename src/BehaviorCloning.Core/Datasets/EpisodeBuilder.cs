using System.Runtime.InteropServices;
using BehaviorCloning.Images;

namespace BehaviorCloning.Datasets;

/// <summary>
/// Collects an episode step by step into columns. Every step is checked as it comes: a bad one throws and leaves what was collected
/// as it was.
/// </summary>
public sealed class EpisodeBuilder
{
    private readonly List<float>[] floats;      // one a float feature, in the specification's order
    private readonly List<byte>[] bytes;        // one an image feature
    private readonly List<float> actionRows = [];
    private readonly List<float>[] annotationRows;
    private readonly IReadOnlyDictionary<string, FrameEncoding> encodings;
    private readonly List<int>[] frameEnds;     // where each frame of an encoded feature ends in its bytes

    /// <summary>An empty episode.</summary>
    /// <param name="observations">What each step observes.</param>
    /// <param name="actions">What each action is.</param>
    /// <param name="annotations">What every step is annotated with, if anything: "reward", "actor", "labeler", "weight", "timestamp".</param>
    public EpisodeBuilder(ObservationSpec observations, ActionSpec actions, ObservationSpec? annotations = null)
        : this(observations, actions, annotations, encodings: null)
    {
    }

    /// <summary>An empty episode whose frames are encoded as they come.</summary>
    internal EpisodeBuilder(ObservationSpec observations, ActionSpec actions, ObservationSpec? annotations, IReadOnlyDictionary<string, FrameEncoding>? encodings)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(actions);
        Observations = observations;
        Actions = actions;
        Annotations = annotations ?? new ObservationSpec();
        if (Annotations.Any(spec => spec.Element != FeatureElement.Float32))
            throw new ArgumentException($"Annotations are floats; got {Annotations}.", nameof(annotations));
        floats = [.. observations.Select(_ => new List<float>())];
        bytes = [.. observations.Select(_ => new List<byte>())];
        annotationRows = [.. Annotations.Select(_ => new List<float>())];
        frameEnds = [.. observations.Select(_ => new List<int>())];
        this.encodings = encodings ?? new Dictionary<string, FrameEncoding>();
    }

    /// <summary>What each step observes.</summary>
    public ObservationSpec Observations { get; }

    /// <summary>What each action is.</summary>
    public ActionSpec Actions { get; }

    /// <summary>What every step is annotated with.</summary>
    public ObservationSpec Annotations { get; }

    /// <summary>Steps collected so far.</summary>
    public int Length { get; private set; }

    /// <summary>Adds a step: what was observed, and the action taken on it.</summary>
    /// <exception cref="ArgumentException">Something is missing, has the wrong size, or is not finite; the message lists what.</exception>
    public void Append(Observation observation, ReadOnlySpan<float> action, IReadOnlyDictionary<string, ReadOnlyMemory<float>>? annotations = null)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation.Require(Observations);
        if (action.Length != Actions.Dimension)
            throw new ArgumentException($"The action has {action.Length} values, but action '{Actions.Name}' has {Actions.Dimension}.", nameof(action));
        int bad = FiniteCheck.FirstNonFinite(action);
        if (bad >= 0)
            throw new ArgumentException($"Dimension {bad} of the action of step {Length} is {action[bad]}. Actions must be finite.", nameof(action));
        string[] faults = [.. AnnotationFaults(annotations)];
        if (faults.Length > 0) throw new ArgumentException($"The annotations of step {Length} do not fit ({Annotations}): {string.Join("; ", faults)}.", nameof(annotations));

        // What can fail comes before anything is kept.
        byte[]?[]? encoded = encodings.Count == 0
            ? null
            : [.. Observations.Select(spec => encodings.TryGetValue(spec.Name, out FrameEncoding? encoding) ? encoding.Encode(spec, observation.Images[spec.Name]) : null)];
        for (int i = 0; i < Observations.Count; i++)
        {
            if (encoded?[i] is { } frame)
            {
                bytes[i].AddRange(frame);
                frameEnds[i].Add(bytes[i].Count);
            }
            else if (Observations[i].IsImage) bytes[i].AddRange(observation.Images[Observations[i].Name].Span);
            else floats[i].AddRange(observation[Observations[i].Name].Span);
        }

        actionRows.AddRange(action);
        for (int i = 0; i < Annotations.Count; i++) annotationRows[i].AddRange(annotations![Annotations[i].Name].Span);
        Length++;
    }

    /// <summary>The episode collected so far, as a copy.</summary>
    /// <exception cref="InvalidOperationException">There is no step yet.</exception>
    public InMemoryEpisode Build()
    {
        if (Length == 0) throw new InvalidOperationException("The episode has no step. Append at least one.");
        return new InMemoryEpisode(
            Observations,
            Actions,
            Enumerable.Range(0, floats.Length).Where(i => Observations[i].Element == FeatureElement.Float32)
                .ToDictionary(i => Observations[i].Name, i => (ReadOnlyMemory<float>)floats[i].ToArray()),
            actionRows.ToArray(),
            Enumerable.Range(0, bytes.Length).Where(i => Observations[i].IsImage)
                .ToDictionary(i => Observations[i].Name, i => (ReadOnlyMemory<byte>)bytes[i].ToArray()),
            Enumerable.Range(0, annotationRows.Length).ToDictionary(i => Annotations[i].Name, i => (ReadOnlyMemory<float>)annotationRows[i].ToArray()));
    }

    /// <summary>Forgets all steps.</summary>
    public void Clear()
    {
        foreach (List<float> column in floats) column.Clear();
        foreach (List<byte> column in bytes) column.Clear();
        foreach (List<float> column in annotationRows) column.Clear();
        foreach (List<int> ends in frameEnds) ends.Clear();
        actionRows.Clear();
        Length = 0;
    }

    /// <summary>The collected bytes of each column: features in the specification's order, then actions, then annotations.</summary>
    internal ReadOnlySpan<byte> Column(int index) => index switch
    {
        _ when index < floats.Length => Observations[index].IsImage
            ? CollectionsMarshal.AsSpan(bytes[index])
            : MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(floats[index])),
        _ when index == floats.Length => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(actionRows)),
        _ => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(annotationRows[index - floats.Length - 1])),
    };

    /// <summary>Where each frame of an encoded feature ends in its column's bytes.</summary>
    internal ReadOnlySpan<int> FrameEnds(int feature) => CollectionsMarshal.AsSpan(frameEnds[feature]);

    private IEnumerable<string> AnnotationFaults(IReadOnlyDictionary<string, ReadOnlyMemory<float>>? annotations)
    {
        foreach (FeatureSpec spec in Annotations)
        {
            ReadOnlyMemory<float> values = default;
            if (annotations is null || !annotations.TryGetValue(spec.Name, out values)) yield return $"'{spec.Name}' is missing";
            else if (values.Length != spec.Size) yield return $"'{spec.Name}' has {values.Length} values, expected {spec.Size}";
            else if (FiniteCheck.FirstNonFinite(values.Span) is var bad && bad >= 0) yield return $"'{spec.Name}' is {values.Span[bad]} at index {bad}";
        }

        foreach (string unknown in annotations?.Keys.Where(name => !Annotations.Contains(name)) ?? [])
            yield return $"'{unknown}' was not declared";
    }
}
