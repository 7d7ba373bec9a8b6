namespace BehaviorCloning.Datasets;

/// <summary>An episode held in arrays.</summary>
public sealed class InMemoryEpisode : Episode
{
    private readonly Dictionary<string, ReadOnlyMemory<float>> features = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadOnlyMemory<byte>> frames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadOnlyMemory<float>> annotations;

    /// <summary>Checks and holds an episode. The memory is kept, not copied.</summary>
    /// <param name="observations">What each step observes.</param>
    /// <param name="actions">What each action is.</param>
    /// <param name="features">Rows of every float feature, row-major [length, size], by name.</param>
    /// <param name="actionRows">The actions, row-major [length, Da].</param>
    /// <param name="frames">Frames of every image feature, one after another, by name.</param>
    /// <param name="annotations">Further rows by name, any number of values a step.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, a feature is missing, or a value is not finite; the message lists every fault.</exception>
    public InMemoryEpisode(
        ObservationSpec observations,
        ActionSpec actions,
        IReadOnlyDictionary<string, ReadOnlyMemory<float>> features,
        ReadOnlyMemory<float> actionRows,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? frames = null,
        IReadOnlyDictionary<string, ReadOnlyMemory<float>>? annotations = null)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(features);
        if (actionRows.Length == 0 || actionRows.Length % actions.Dimension != 0)
            throw new ArgumentException($"An episode needs a positive whole number of {actions.Dimension}-dimensional actions; got {actionRows.Length} values.", nameof(actionRows));
        Length = actionRows.Length / actions.Dimension;
        Actions = actionRows;
        this.annotations = annotations is null ? [] : new(annotations, StringComparer.Ordinal);

        List<string> faults = [];
        CheckFinite("The actions", actionRows.Span, actions.Dimension, faults);
        foreach (FeatureSpec spec in observations)
        {
            if (spec.IsImage)
            {
                ReadOnlyMemory<byte> bytes = default;
                if (frames is null || !frames.TryGetValue(spec.Name, out bytes)) faults.Add($"image feature '{spec.Name}' is missing");
                else if (bytes.Length != (long)Length * spec.StepBytes) faults.Add($"'{spec.Name}' has {bytes.Length} bytes, expected {Length} frames of {spec.StepBytes}");
                this.frames[spec.Name] = bytes;
            }
            else
            {
                if (!features.TryGetValue(spec.Name, out ReadOnlyMemory<float> rows)) faults.Add($"'{spec.Name}' is missing (found: {string.Join(", ", features.Keys)})");
                else if (rows.Length != (long)Length * spec.Size) faults.Add($"'{spec.Name}' has {rows.Length} values, expected {Length} rows of {spec.Size}");
                CheckFinite($"'{spec.Name}'", rows.Span, spec.Size, faults);
                this.features[spec.Name] = rows;
            }
        }

        foreach ((string name, ReadOnlyMemory<float> rows) in this.annotations)
        {
            if (rows.Length == 0 || rows.Length % Length != 0) faults.Add($"annotation '{name}' has {rows.Length} values, which is no whole number for each of {Length} steps");
            else CheckFinite($"annotation '{name}'", rows.Span, rows.Length / Length, faults);
        }

        if (faults.Count > 0) throw new ArgumentException($"An episode of {Length} steps does not fit its specification ({observations}): {string.Join("; ", faults)}.");
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override ReadOnlyMemory<float> Actions { get; }

    /// <inheritdoc/>
    public override ReadOnlyMemory<float> Feature(string name) => features.TryGetValue(name, out ReadOnlyMemory<float> rows)
        ? rows
        : throw new KeyNotFoundException($"The episode has no float feature '{name}'. It has: {string.Join(", ", features.Keys)}.");

    /// <inheritdoc/>
    public override ReadOnlyMemory<float>? Annotation(string name) => annotations.TryGetValue(name, out ReadOnlyMemory<float> rows) ? rows : (ReadOnlyMemory<float>?)null;

    /// <inheritdoc/>
    public override void ReadFrames(string name, int start, int count, Span<byte> destination)
    {
        if (!frames.TryGetValue(name, out ReadOnlyMemory<byte> bytes))
            throw new KeyNotFoundException($"The episode has no image feature '{name}'. It has: {string.Join(", ", frames.Keys)}.");
        int size = bytes.Length / Length;
        bytes.Span.Slice(start * size, count * size).CopyTo(destination);
    }

    private static void CheckFinite(string what, ReadOnlySpan<float> rows, int size, List<string> faults)
    {
        int bad = FiniteCheck.FirstNonFinite(rows);
        if (bad >= 0) faults.Add($"{what}: step {bad / size}, dimension {bad % size} is {rows[bad]}");
    }
}
