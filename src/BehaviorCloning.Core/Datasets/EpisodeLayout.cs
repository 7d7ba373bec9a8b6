using BehaviorCloning.Images;

namespace BehaviorCloning.Datasets;

/// <summary>
/// Where the columns of an episode lie in its block: features in the specification's order, then actions, then annotations. Every
/// column is contiguous and begins at a multiple of 64 bytes, a cache line.
/// </summary>
/// <remarks>
/// <code>
/// // agent_position [2], camera [4] uint8, action [3]; 5 steps:
/// //   column            bytes               offset
/// //   agent_position    5 x 2 x 4 = 40        0
/// //   camera            5 x 4     = 20       64
/// //   action            5 x 3 x 4 = 60      128
/// //   block             192
/// // camera encoded, its frames 30 bytes each:
/// //   sizes             1 x 8     =  8        0     the camera column takes 192 bytes
/// //   agent_position    5 x 2 x 4 = 40       64
/// //   action            5 x 3 x 4 = 60      128
/// //   camera            5 x 8 + 5 x 30 = 190 192    where each frame ends, then the frames
/// //   block             384
/// </code>
/// Encoded columns come last: their sizes are known only from the block itself, which begins with them.
/// </remarks>
internal sealed class EpisodeLayout
{
    public const int Alignment = 64;

    private readonly ObservationSpec observations, annotations;
    private readonly int[] stepBytes;
    private readonly FrameEncoding?[] encodings;

    public EpisodeLayout(ObservationSpec observations, ActionSpec actions, ObservationSpec annotations, IReadOnlyDictionary<string, FrameEncoding> encodings)
    {
        this.observations = observations;
        this.annotations = annotations;
        stepBytes = [.. observations.Select(spec => spec.StepBytes), checked(actions.Dimension * sizeof(float)), .. annotations.Select(spec => spec.StepBytes)];
        this.encodings = [.. observations.Select(spec => encodings.GetValueOrDefault(spec.Name))];
        EncodedColumns = [.. Enumerable.Range(0, observations.Count).Where(column => this.encodings[column] is not null)];
        SizesBytes = (int)Align(EncodedColumns.Count * sizeof(long));
        PlainColumns = [.. Enumerable.Range(0, stepBytes.Length).Except(EncodedColumns)];
    }

    public int ActionColumn => observations.Count;

    /// <summary>Columns whose size follows from the number of steps, in their order in the block.</summary>
    public IReadOnlyList<int> PlainColumns { get; }

    /// <summary>Columns of encoded frames, in their order in the block.</summary>
    public IReadOnlyList<int> EncodedColumns { get; }

    /// <summary>Bytes at the block's beginning that say how long each encoded column is, an int64 each; 0 where none is.</summary>
    public int SizesBytes { get; }

    public static long Align(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    /// <summary>How a feature's frames are encoded, or null where they are raw.</summary>
    public FrameEncoding? Encoding(int column) => encodings[column];

    /// <summary>The index of an annotation's column, or -1.</summary>
    public int AnnotationColumn(string name) => annotations.Contains(name) ? observations.Count + 1 + Index(annotations, name) : -1;

    /// <summary>The index of a float feature's column, or of an image feature's, or -1.</summary>
    public int FeatureColumn(string name, bool isImage) =>
        observations.Contains(name) && observations[name].IsImage == isImage ? Index(observations, name) : -1;

    public long ColumnBytes(int column, int steps) => (long)stepBytes[column] * steps;

    /// <summary>Where a column of known size begins in a block of so many steps; the number of columns: where they end.</summary>
    public long ColumnOffset(int column, int steps)
    {
        long offset = SizesBytes;
        foreach (int before in PlainColumns)
        {
            if (before >= column) break;
            offset += Align(ColumnBytes(before, steps));
        }

        return offset;
    }

    /// <summary>Bytes of a block without its encoded columns.</summary>
    public long PlainBytes(int steps) => ColumnOffset(stepBytes.Length, steps);

    /// <summary>Whether a block of so many steps can have so many bytes.</summary>
    public bool Fits(long bytes, int steps) => EncodedColumns.Count == 0
        ? bytes == PlainBytes(steps)
        : bytes % Alignment == 0 && bytes >= PlainBytes(steps) + (EncodedColumns.Count * Align((long)steps * sizeof(long)));

    private static int Index(ObservationSpec specs, string name)
    {
        int index = 0;
        while (specs[index].Name != name) index++;
        return index;
    }
}
