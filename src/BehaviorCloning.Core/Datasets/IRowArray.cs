namespace BehaviorCloning.Datasets;

/// <summary>A stored array whose first axis counts control steps.</summary>
internal interface IRowArray
{
    /// <summary>What to call it in an error.</summary>
    string Where { get; }

    /// <summary>Extent along each axis.</summary>
    IReadOnlyList<long> Shape { get; }

    /// <summary>What its values are.</summary>
    ArrayElement Element { get; }

    /// <summary>Bytes it takes on disk, by which what is allocated for it is bounded.</summary>
    long StoredBytes { get; }

    /// <summary>Reads the raw bytes of some rows. Safe to call from several threads.</summary>
    void ReadRows(long first, int count, Span<byte> destination);
}
