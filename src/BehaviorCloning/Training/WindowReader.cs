using BehaviorCloning.Actions;
using BehaviorCloning.Datasets;

namespace BehaviorCloning.Training;

/// <summary>
/// Copies windows of a dataset into a batch: observation rows and actions as blocks, actions then represented as the policy predicts them.
/// </summary>
/// <remarks>
/// Columns of an episode are looked up once, when it is first met. Every value is checked on the way: one NaN that gets
/// through would end in every weight.
/// </remarks>
public sealed class WindowReader
{
    private readonly IEpisodeSource source;
    private readonly ObservationSpec features;
    private readonly ActionRepresentation representation;
    private readonly bool holdsAfterEnd;
    private readonly Columns?[] episodes;

    /// <summary>Prepares to read.</summary>
    /// <param name="source">Episodes with the features that the network sees, and the raw feature that actions are measured from.</param>
    /// <param name="horizons">To and Tp.</param>
    /// <param name="representation">How actions are represented.</param>
    /// <param name="holdsAfterEnd">Whether the last action, repeated behind an episode's end, is learned.</param>
    public WindowReader(IEpisodeSource source, Horizons horizons, ActionRepresentation representation, bool holdsAfterEnd = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(representation);
        this.source = source;
        this.representation = representation;
        this.holdsAfterEnd = holdsAfterEnd;
        features = source.Observations;
        Windows = WindowIndex.Over(source, horizons);
        episodes = new Columns?[source.EpisodeCount];
        Weighted = Enumerable.Range(0, source.EpisodeCount).Any(e => ColumnsOf(e).Weight is not null);
    }

    /// <summary>The windows, by number.</summary>
    public WindowIndex Windows { get; }

    /// <summary>Whether an episode carries the annotation "weight"; those that do not then count 1.</summary>
    public bool Weighted { get; }

    /// <summary>Whether frames are read, which may have to be decoded.</summary>
    public bool HasImages => features.Any(feature => feature.IsImage);

    /// <summary>Makes a batch in the CPU's memory of the right shapes.</summary>
    public TrainingBatch CreateBatch(int size, TorchSharp.torch.Device? device = null) =>
        new(features, source.Actions, Windows.Horizons, size, Weighted, device ?? TorchSharp.torch.CPU);

    /// <summary>Fills one sample of a batch. Several threads may fill different samples.</summary>
    /// <param name="batch">A batch of <see cref="CreateBatch"/>.</param>
    /// <param name="sample">Which of its samples.</param>
    /// <param name="window">The window's number.</param>
    /// <exception cref="InvalidDataException">A value is not finite; the message names episode, step and dimension.</exception>
    public void Read(TrainingBatch batch, int sample, long window)
    {
        (int episode, int step) = Windows[window];
        Columns columns = ColumnsOf(episode);
        Horizons horizons = Windows.Horizons;
        for (int i = 0; i < features.Count; i++)
        {
            if (features[i].IsImage)
            {
                WindowIndex.CopyFrames(columns.Episode, features[i].Name, step, horizons.Observation, batch.Frames(sample, i));
                continue;
            }

            Span<float> rows = batch.FeatureRows(sample, i);
            WindowIndex.CopyObservations(columns.Features[i].Span, features[i].Size, step, horizons.Observation, rows);
            if (!AllFinite(rows)) throw NotFinite(episode, features[i].Name, columns.Features[i].Span, features[i].Size);
        }

        Span<float> chunk = batch.Chunk(sample);
        int dimension = source.Actions.Dimension;
        int learned = columns.Labels.Copy(step, chunk);
        ReadOnlySpan<float> reference = columns.Reference.IsEmpty ? default : columns.Reference.Span.Slice(step * dimension, dimension);
        representation.Encode(chunk, reference);
        if (!AllFinite(chunk))
        {
            throw AllFinite(columns.Episode.Actions.Span)
                ? NotFinite(episode, representation.ReferenceFeature ?? "actions", columns.Reference.Span, dimension)
                : NotFinite(episode, "actions", columns.Episode.Actions.Span, dimension);
        }

        Span<bool> inside = batch.Inside(sample);
        inside[..learned].Fill(true);
        inside[learned..].Clear();
        if (Weighted) batch.SetWeight(sample, columns.Weight is { } weight ? RequireWeight(episode, step, weight.Span[step]) : 1);
    }

    private Columns ColumnsOf(int index)
    {
        // Two threads may look an episode up at once; they find the same.
        if (Volatile.Read(ref episodes[index]) is { } known) return known;
        Episode episode = source.ReadEpisode(index);
        var rows = new ReadOnlyMemory<float>[features.Count];
        for (int i = 0; i < features.Count; i++)
        {
            if (features[i].Element == FeatureElement.Float32) rows[i] = episode.Feature(features[i].Name);
        }

        ReadOnlyMemory<float> reference = representation.ReferenceFeature is { } name ? episode.Feature(name) : default;
        return episodes[index] = new Columns(episode, rows, new ChunkLabels(episode, source.Actions.Dimension, holdsAfterEnd), reference, episode.Annotation("weight") is { IsEmpty: false } weight ? weight : default(ReadOnlyMemory<float>?));
    }

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        // x - x is 0 for finite x and NaN otherwise, and a sum keeps a NaN: no branch a value.
        float sum = 0;
        foreach (float value in values) sum += value - value;
        return sum == 0;
    }

    private static float RequireWeight(int episode, int step, float weight) =>
        weight >= 0 && float.IsFinite(weight)
            ? weight
            : throw new InvalidDataException($"Episode {episode}, step {step}: the sample weight is {weight}; it must be finite and not negative. Correct the annotation 'weight'.");

    private static InvalidDataException NotFinite(int episode, string name, ReadOnlySpan<float> rows, int size)
    {
        int bad = 0;
        while (bad < rows.Length - 1 && float.IsFinite(rows[bad])) bad++;
        return new InvalidDataException($"Episode {episode}, step {bad / size}: '{name}' is {rows[bad]} in dimension {bad % size}. Training data must be finite: repair the value or leave the episode out.");
    }

    private sealed record Columns(Episode Episode, ReadOnlyMemory<float>[] Features, ChunkLabels Labels, ReadOnlyMemory<float> Reference, ReadOnlyMemory<float>? Weight);
}
