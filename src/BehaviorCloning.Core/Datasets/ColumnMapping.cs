namespace BehaviorCloning.Datasets;

/// <summary>
/// Which columns of which stored array become which feature. Axes behind the first are counted as one row of columns. Several mappings
/// of one name make one feature, their columns one after another.
/// </summary>
/// <example><code>
/// new ColumnMapping("agent_position", "state", 0, 2)     // columns 0 and 1 of "state"
/// new ColumnMapping("keypoints", "keypoint")             // the whole array, in its own shape
/// ColumnMapping.Image("camera", "img")                   // frames
/// </code></example>
public sealed record ColumnMapping
{
    /// <summary>The whole array as a feature.</summary>
    public ColumnMapping(string feature, string array)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(feature);
        ArgumentException.ThrowIfNullOrWhiteSpace(array);
        Feature = feature;
        Array = array;
    }

    /// <summary>Some columns of an array.</summary>
    public ColumnMapping(string feature, string array, int firstColumn, int columnCount)
        : this(feature, array)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstColumn);
        ArgumentOutOfRangeException.ThrowIfLessThan(columnCount, 1);
        FirstColumn = firstColumn;
        ColumnCount = columnCount;
    }

    /// <summary>The feature to make.</summary>
    public string Feature { get; }

    /// <summary>The array to read.</summary>
    public string Array { get; }

    /// <summary>The first column read.</summary>
    public int FirstColumn { get; }

    /// <summary>How many columns are read, or null for all.</summary>
    public int? ColumnCount { get; }

    /// <summary>Whether the array holds camera frames: read when needed, as bytes.</summary>
    public bool IsImage { get; private init; }

    /// <summary>Camera frames: an array of bytes, or of numbers that are whole and lie in 0..255.</summary>
    public static ColumnMapping Image(string feature, string array) => new(feature, array) { IsImage = true };
}
