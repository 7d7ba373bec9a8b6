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
/// </code>
/// </remarks>
internal sealed class EpisodeLayout(ObservationSpec observations, ActionSpec actions, ObservationSpec annotations)
{
    public const int Alignment = 64;

    private readonly int[] stepBytes =
    [
        .. observations.Select(StepBytes),
        checked(actions.Dimension * sizeof(float)),
        .. annotations.Select(StepBytes),
    ];

    public int ColumnCount => stepBytes.Length;

    public int ActionColumn => observations.Count;

    public static long Align(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    /// <summary>The index of an annotation's column, or -1.</summary>
    public int AnnotationColumn(string name) => annotations.Contains(name) ? observations.Count + 1 + Index(annotations, name) : -1;

    /// <summary>The index of a feature's column, or -1.</summary>
    public int FeatureColumn(string name, FeatureElement element) =>
        observations.Contains(name) && observations[name].Element == element ? Index(observations, name) : -1;

    public long ColumnBytes(int column, int steps) => (long)stepBytes[column] * steps;

    public long ColumnOffset(int column, int steps)
    {
        long offset = 0;
        for (int before = 0; before < column; before++) offset += Align(ColumnBytes(before, steps));
        return offset;
    }

    public long BlockBytes(int steps) => ColumnOffset(ColumnCount, steps);

    private static int StepBytes(FeatureSpec spec) => checked(spec.Size * (spec.Element == FeatureElement.UInt8 ? 1 : sizeof(float)));

    private static int Index(ObservationSpec specs, string name)
    {
        int index = 0;
        while (specs[index].Name != name) index++;
        return index;
    }
}
