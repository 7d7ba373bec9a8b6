namespace BehaviorCloning.Datasets;

/// <summary>
/// Keeps what a header claims in proportion to what is really stored, so that a damaged or hostile file cannot ask for all memory.
/// </summary>
internal static class AllocationBound
{
    // Deflate expands at most 1032 times; Zstandard can repeat a 128 KiB block from 4 bytes. What is small is allowed anyway.
    private const long Expansion = 40_000;
    private const long AlwaysAllowed = 64L << 20;

    /// <summary>The byte count as an array length.</summary>
    /// <exception cref="InvalidDataException">It is out of proportion.</exception>
    public static int Require(long claimed, long stored, string where)
    {
        if (claimed < 0 || claimed > Array.MaxLength)
            throw new InvalidDataException($"{where} claims {claimed} bytes at once; at most {Array.MaxLength} are read. The header is damaged, or the array must be stored in smaller pieces.");
        if (claimed > AlwaysAllowed && claimed / Expansion > stored)
            throw new InvalidDataException($"{where} claims {claimed} bytes, but only {stored} bytes are stored. The header is damaged.");
        return (int)claimed;
    }

    /// <summary>The product of extents, or an error where it does not fit.</summary>
    public static long Product(IEnumerable<long> extents, string where)
    {
        long product = 1;
        foreach (long extent in extents)
        {
            if (extent < 0) throw new InvalidDataException($"{where} has a negative extent, {extent}. The header is damaged.");
            try
            {
                product = checked(product * extent);
            }
            catch (OverflowException fault)
            {
                throw new InvalidDataException($"{where} has more values than can be counted. The header is damaged.", fault);
            }
        }

        return product;
    }
}
