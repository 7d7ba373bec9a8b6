namespace BehaviorCloning.Images;

/// <summary>
/// Distances as depth cameras deliver them: 16-bit numbers of some unit, usually a millimeter, rows from the top. 0 says that nothing was
/// measured; it never says near.
/// </summary>
public sealed class DepthImage
{
    /// <summary>Holds distances. The memory is kept, not copied.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="values">Height x width numbers.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public DepthImage(int height, int width, ReadOnlyMemory<ushort> values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (values.Length != (long)height * width)
            throw new ArgumentException($"A depth image of {height} x {width} takes {(long)height * width} values; got {values.Length}.", nameof(values));
        (Height, Width, Values) = (height, width, values);
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Height x width numbers, 0 where nothing was measured.</summary>
    public ReadOnlyMemory<ushort> Values { get; }

    /// <summary>The values as a feature of <see cref="FeatureElement.UInt16"/> holds them: little-endian, 2 bytes each.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[2 * Values.Length];
        WriteBytes(Values.Span, bytes);
        return bytes;
    }

    /// <summary>
    /// Distances in whole units from distances in meters, as bytes of a <see cref="FeatureElement.UInt16"/> feature. NaN, infinity, and what
    /// is not positive become 0: nothing was measured. What is farther than 65535 units was not measured either.
    /// </summary>
    /// <param name="meters">Distances: of a depth image, or of a range scan.</param>
    /// <param name="unitMeters">What 1 stands for. Default a millimeter.</param>
    public static byte[] BytesOfMeters(ReadOnlySpan<float> meters, double unitMeters = 0.001)
    {
        if (!(unitMeters > 0) || !double.IsFinite(unitMeters)) throw new ArgumentOutOfRangeException(nameof(unitMeters), unitMeters, "The unit must be a positive number of meters.");
        ushort[] values = new ushort[meters.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double units = Math.Round(meters[i] / unitMeters);

            // What rounds to 0 was measured, and very near: 1 is the nearest there is.
            values[i] = !(meters[i] > 0) || !(units <= ushort.MaxValue) ? (ushort)0 : (ushort)Math.Max(units, 1);
        }

        byte[] bytes = new byte[2 * values.Length];
        WriteBytes(values, bytes);
        return bytes;
    }

    internal static void WriteBytes(ReadOnlySpan<ushort> values, Span<byte> bytes)
    {
        for (int i = 0; i < values.Length; i++) System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(bytes[(2 * i)..], values[i]);
    }
}
