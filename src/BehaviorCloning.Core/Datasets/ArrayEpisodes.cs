namespace BehaviorCloning.Datasets;

/// <summary>
/// A dataset in the layout of diffusion_policy's replay buffers: arrays that hold all steps of all episodes one after another, and
/// <c>episode_ends</c>, where each episode ends (its last step plus one). Float columns are read into memory when the dataset is
/// opened; frames are read when asked for.
/// </summary>
public abstract class ArrayEpisodes : IEpisodeSource
{
    private readonly long[] ends;
    private readonly Dictionary<string, float[]> columns = [];
    private readonly Dictionary<string, IRowArray> images = [];
    private readonly float[] actionRows;

    private protected ArrayEpisodes(
        string where,
        Func<string, IRowArray> open,
        IReadOnlyList<ColumnMapping> observations,
        IReadOnlyList<ColumnMapping> actions,
        string episodeEnds,
        double? controlRateHz)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(actions);
        if (observations.Count == 0 || actions.Count == 0)
            throw new ArgumentException($"Say which columns of {where} are observed and which are the action; got {observations.Count} observation and {actions.Count} action mappings.");
        ControlRateHz = controlRateHz;
        Dictionary<string, IRowArray> arrays = [];
        foreach (string name in observations.Concat(actions).Select(mapping => mapping.Array).Distinct()) arrays[name] = open(name);
        ends = ReadEnds(open(episodeEnds));

        string[] problems = [.. EndProblems(where, episodeEnds), .. ImageProblems(observations, actions), .. observations.Concat(actions).SelectMany(mapping => Problems(mapping, arrays[mapping.Array])).Distinct()];
        if (problems.Length > 0) throw new InvalidDataException(string.Join(" ", problems));

        List<FeatureSpec> specs = [];
        foreach (IGrouping<string, ColumnMapping> feature in observations.GroupBy(mapping => mapping.Feature))
        {
            ColumnMapping first = feature.First();
            int[] trailing = [.. arrays[first.Array].Shape.Skip(1).Select(extent => checked((int)extent))];
            if (first.IsImage)
            {
                images[feature.Key] = arrays[first.Array];
                specs.Add(new FeatureSpec(feature.Key, FeatureElement.UInt8, trailing));
                continue;
            }

            columns[feature.Key] = Load([.. feature], arrays, out int width);
            specs.Add(feature.Count() == 1 && first.ColumnCount is null && trailing.Length > 0 ? new FeatureSpec(feature.Key, trailing) : new FeatureSpec(feature.Key, width));
        }

        Observations = new ObservationSpec(specs);
        actionRows = Load(actions, arrays, out int dimension);
        Actions = new ActionSpec(actions[0].Feature, dimension);
    }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; }

    /// <inheritdoc/>
    public ActionSpec Actions { get; }

    /// <inheritdoc/>
    public double? ControlRateHz { get; }

    /// <inheritdoc/>
    public int EpisodeCount => ends.Length;

    /// <inheritdoc/>
    public int EpisodeLength(int episode) => (int)(ends[episode] - Start(episode));

    /// <inheritdoc/>
    public Episode ReadEpisode(int episode)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(episode);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(episode, ends.Length);
        return new Slice(this, Start(episode), EpisodeLength(episode));
    }

    private static long[] ReadEnds(IRowArray array)
    {
        if (array.Shape.Count != 1)
            throw new InvalidDataException($"{array.Where} has shape [{string.Join(", ", array.Shape)}], but says where episodes end: one axis was expected.");
        byte[] raw = new byte[AllocationBound.Require(AllocationBound.Product([array.Shape[0], array.Element.Size()], array.Where), array.StoredBytes, array.Where)];
        array.ReadRows(0, (int)array.Shape[0], raw);
        return ArrayElements.ToInt64s(array.Element, raw, array.Where);
    }

    private long Start(int episode) => episode == 0 ? 0 : ends[episode - 1];

    private IEnumerable<string> EndProblems(string where, string name)
    {
        if (ends.Length == 0) yield return $"'{name}' of {where} is empty: there is no episode.";
        for (int e = 0; e < ends.Length; e++)
        {
            if (ends[e] > Start(e) && ends[e] - Start(e) <= int.MaxValue) continue;
            yield return $"'{name}' of {where} says that episode {e} ends at step {ends[e]} and began at {Start(e)}; ends must rise. The array is damaged, or is no array of episode ends.";
            yield break;
        }
    }

    private IEnumerable<string> Problems(ColumnMapping mapping, IRowArray array)
    {
        if (array.Shape.Count == 0 || ends.Length == 0) yield break;
        long width = AllocationBound.Product(array.Shape.Skip(1), array.Where);
        if (array.Shape[0] != ends[^1])
            yield return $"{array.Where} has {array.Shape[0]} rows, but the episodes have {ends[^1]} steps together. The dataset is truncated or damaged.";
        if (mapping.FirstColumn + (mapping.ColumnCount ?? 1L) > width)
            yield return $"Feature '{mapping.Feature}' needs columns {mapping.FirstColumn} to {mapping.FirstColumn + (mapping.ColumnCount ?? 1) - 1} of {array.Where}, which has {width}.";
        if (mapping.IsImage && array.Shape.Count < 2)
            yield return $"{array.Where} has shape [{string.Join(", ", array.Shape)}], which is no image. Frames need the shape [steps, height, width, channels].";
    }

    private static IEnumerable<string> ImageProblems(IReadOnlyList<ColumnMapping> observations, IReadOnlyList<ColumnMapping> actions)
    {
        foreach (ColumnMapping image in actions.Where(mapping => mapping.IsImage))
            yield return $"Action '{image.Feature}' is mapped to images of '{image.Array}'; actions are floats.";
        foreach (IGrouping<string, ColumnMapping> feature in observations.GroupBy(mapping => mapping.Feature).Where(group => group.Any(mapping => mapping.IsImage) && group.Count() > 1))
            yield return $"Image feature '{feature.Key}' is mapped {feature.Count()} times; one array makes one image feature.";
    }

    // All rows of a feature, its mappings' columns side by side.
    private float[] Load(IReadOnlyList<ColumnMapping> mappings, Dictionary<string, IRowArray> arrays, out int width)
    {
        int[] counts = [.. mappings.Select(mapping => mapping.ColumnCount ?? (int)AllocationBound.Product(arrays[mapping.Array].Shape.Skip(1), arrays[mapping.Array].Where))];
        width = counts.Sum();
        long steps = ends[^1];
        IRowArray largest = mappings.Select(mapping => arrays[mapping.Array]).MaxBy(array => array.StoredBytes)!;
        _ = AllocationBound.Require(AllocationBound.Product([steps, width, sizeof(float)], largest.Where), largest.StoredBytes, largest.Where);
        float[] rows = new float[steps * width];
        for (int i = 0, column = 0; i < mappings.Count; column += counts[i], i++)
            LoadColumns(arrays[mappings[i].Array], mappings[i].FirstColumn, counts[i], rows.AsSpan(column), width);
        return rows;
    }

    private void LoadColumns(IRowArray array, int first, int count, Span<float> destination, int stride)
    {
        int width = (int)AllocationBound.Product(array.Shape.Skip(1), array.Where);
        int piece = Math.Max(1, (1 << 20) / width);
        byte[] raw = new byte[(int)Math.Min(piece, array.Shape[0]) * width * array.Element.Size()];
        float[] values = new float[raw.Length / array.Element.Size()];
        for (long start = 0; start < array.Shape[0]; start += piece)
        {
            int rows = (int)Math.Min(piece, array.Shape[0] - start);
            array.ReadRows(start, rows, raw);
            ArrayElements.ToSingles(array.Element, raw.AsSpan(0, rows * width * array.Element.Size()), values.AsSpan(0, rows * width));
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> wanted = values.AsSpan((row * width) + first, count);
                int bad = FiniteCheck.FirstNonFinite(wanted);
                if (bad >= 0) throw NotFinite(array, start + row, first + bad, wanted[bad]);
                wanted.CopyTo(destination[checked((int)(start + row) * stride)..]);
            }
        }
    }

    private InvalidDataException NotFinite(IRowArray array, long row, int column, float value)
    {
        int episode = Array.FindIndex(ends, end => row < end);
        return new InvalidDataException($"{array.Where}, row {row} (episode {episode}, step {row - Start(episode)}), column {column} is {value}. Nothing can be learned from it: repair the recording or drop that episode.");
    }

    private sealed class Slice(ArrayEpisodes owner, long start, int length) : Episode
    {
        public override int Length => length;

        public override ReadOnlyMemory<float> Actions => Rows(owner.actionRows, owner.Actions.Dimension);

        public override ReadOnlyMemory<float> Feature(string name) => owner.columns.TryGetValue(name, out float[]? rows)
            ? Rows(rows, owner.Observations[name].Size)
            : throw new KeyNotFoundException($"The episode has no float feature '{name}'. It has: {string.Join(", ", owner.columns.Keys)}.");

        public override void ReadFrames(string name, int first, int count, Span<byte> destination)
        {
            if (!owner.images.TryGetValue(name, out IRowArray? array))
                throw new KeyNotFoundException($"The episode has no image feature '{name}'. It has: {string.Join(", ", owner.images.Keys)}.");
            ArgumentOutOfRangeException.ThrowIfNegative(first);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, length, nameof(count));
            int bytes = checked(count * owner.Observations[name].Size);
            byte[] raw = System.Buffers.ArrayPool<byte>.Shared.Rent(checked(bytes * array.Element.Size()));
            try
            {
                array.ReadRows(start + first, count, raw);
                ArrayElements.ToFrames(array.Element, raw.AsSpan(0, bytes * array.Element.Size()), destination[..bytes], array.Where);
            }
            finally
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(raw);
            }
        }

        private ReadOnlyMemory<float> Rows(float[] rows, int size) => rows.AsMemory(checked((int)(start * size)), length * size);
    }
}
