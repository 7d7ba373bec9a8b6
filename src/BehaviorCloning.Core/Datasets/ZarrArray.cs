using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;

namespace BehaviorCloning.Datasets;

/// <summary>
/// An array in Zarr v2 format: a folder of compressed chunks. Read by ranges of rows; the chunk decoded last is kept, so reading
/// forward decodes every chunk once. Safe to use from several threads.
/// </summary>
public sealed class ZarrArray : IRowArray
{
    private const int LargestMetadata = 1 << 20;

    private readonly string folder;
    private readonly ZarrMetadata metadata;
    private readonly long[] shape;
    private readonly long[] chunks;
    private readonly int chunkBytes;
    private readonly byte[] fill;               // one element
    private readonly Lock gate = new();
    private readonly Lazy<long> storedBytes;
    private string? cachedName;
    private byte[]? cached;                     // the decoded chunk of that name

    private ZarrArray(string folder, ZarrMetadata metadata)
    {
        this.folder = folder;
        this.metadata = metadata;
        Where = $"Zarr array '{folder}'";
        shape = metadata.Shape!;
        chunks = metadata.Chunks!;
        Element = ArrayElements.Parse(metadata.Type.GetString()!, Where);
        _ = AllocationBound.Product([.. shape, Element.Size()], Where);
        long bytes = AllocationBound.Product([.. chunks, Element.Size()], $"{Where}, one chunk,");
        if (bytes > Array.MaxLength)
            throw new InvalidDataException($"{Where} has chunks of {bytes} bytes; at most {Array.MaxLength} are read. Its .zarray is damaged, or the array must be stored in smaller chunks.");
        chunkBytes = (int)bytes;
        fill = FillBytes(metadata.FillValue, Element, Where);
        storedBytes = new Lazy<long>(() => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length));
    }

    /// <summary>Extent along each axis.</summary>
    public IReadOnlyList<long> Shape => shape;

    /// <summary>What its values are.</summary>
    public ArrayElement Element { get; }

    long IRowArray.StoredBytes => storedBytes.Value;

    string IRowArray.Where => Where;

    private string Where { get; }

    /// <summary>Opens the array in a folder.</summary>
    /// <exception cref="InvalidDataException">Its metadata is damaged or of a kind that is not read; the message lists every fault.</exception>
    public static ZarrArray Open(string folder)
    {
        string path = Path.Combine(folder, ".zarray");
        if (!File.Exists(path))
        {
            string why = File.Exists(Path.Combine(folder, "zarr.json")) ? "It is in Zarr format 3, which is not read: save it with zarr_format=2" : "It has no .zarray file";
            throw new FileNotFoundException($"'{folder}' is no Zarr v2 array. {why}.", path);
        }

        long length = new FileInfo(path).Length;
        if (length > LargestMetadata) throw new InvalidDataException($"'{path}' has {length} bytes; no array's metadata takes more than {LargestMetadata}. It is damaged.");
        ZarrMetadata? metadata;
        try
        {
            metadata = JsonSerializer.Deserialize(File.ReadAllBytes(path), ZarrJson.Default.ZarrMetadata);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"'{path}' is no sound Zarr metadata: {fault.Message} It is truncated or damaged: copy the dataset again.", fault);
        }

        string[] problems = metadata is null ? ["it is empty"] : [.. metadata.Problems()];
        if (problems.Length > 0) throw new InvalidDataException($"'{path}' describes no array that can be read: {string.Join("; ", problems)}.");
        return new ZarrArray(folder, metadata!);
    }

    /// <summary>Reads the raw little-endian bytes of some rows.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="destination">Receives <c>count</c> rows.</param>
    /// <exception cref="InvalidDataException">A chunk is truncated or damaged.</exception>
    public void ReadRows(long first, int count, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, shape[0], nameof(count));
        long rowBytes = AllocationBound.Product([.. shape.Skip(1), Element.Size()], Where);
        if (destination.Length < count * rowBytes)
            throw new ArgumentException($"{count} rows take {count * rowBytes} bytes; the destination has {destination.Length}.", nameof(destination));
        if (count == 0 || rowBytes == 0) return;

        // The box of chunks that the rows touch, walked like an odometer.
        long[] low = new long[shape.Length], high = new long[shape.Length];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            low[axis] = axis == 0 ? first / chunks[0] : 0;
            high[axis] = axis == 0 ? (first + count - 1) / chunks[0] : (shape[axis] - 1) / chunks[axis];
        }

        long[] chunk = [.. low];
        lock (gate)
        {
            do
            {
                Copy(Decoded(chunk), chunk, first, count, destination);
            }
            while (Advance(chunk, low, high));
        }
    }

    /// <summary>Some rows as floats.</summary>
    public float[] ReadSingles(long first, int count)
    {
        long row = AllocationBound.Product(shape.Skip(1), Where);
        byte[] raw = new byte[AllocationBound.Require(checked(row * count * Element.Size()), storedBytes.Value, Where)];
        ReadRows(first, count, raw);
        float[] values = new float[row * count];
        ArrayElements.ToSingles(Element, raw, values);
        return values;
    }

    private static bool Advance(long[] chunk, long[] low, long[] high)
    {
        for (int axis = chunk.Length - 1; axis >= 0; axis--)
        {
            if (++chunk[axis] <= high[axis]) return true;
            chunk[axis] = low[axis];
        }

        return false;
    }

    // Null where the chunk was never written and so holds the fill value throughout.
    private byte[]? Decoded(long[] chunk)
    {
        string name = string.Join(metadata.Separator, chunk);
        if (name == cachedName) return cached;
        string path = Path.Combine(folder, name);
        if (!File.Exists(path)) return null;

        cachedName = null;
        byte[] stored = File.ReadAllBytes(path);
        cached ??= new byte[AllocationBound.Require(chunkBytes, stored.Length, $"Chunk '{path}'")];
        Decode(stored, cached, $"Chunk '{path}'");
        cachedName = name;
        return cached;
    }

    private void Decode(byte[] stored, byte[] destination, string where)
    {
        switch (metadata.Compressor?.Id)
        {
            case null:
                if (stored.Length != destination.Length)
                    throw new InvalidDataException($"{where} has {stored.Length} bytes, expected {destination.Length}. It is truncated or damaged: copy the dataset again.");
                stored.CopyTo(destination, 0);
                break;
            case "blosc":
                Blosc.Library.Decompress(stored, destination, where);
                break;
            case { } id:
                Inflate(stored, id == "gzip", destination, where);
                break;
        }
    }

    private static void Inflate(byte[] stored, bool isGzip, byte[] destination, string where)
    {
        try
        {
            using MemoryStream memory = new(stored);
            using Stream stream = isGzip ? new GZipStream(memory, CompressionMode.Decompress) : new ZLibStream(memory, CompressionMode.Decompress);
            stream.ReadExactly(destination);
            if (stream.ReadByte() >= 0) throw new InvalidDataException("It holds more than the array's shape and type say.");

            // .NET stops at the last value it was asked for and does not look at the checksum behind it.
            bool isSound = isGzip
                ? stored.Length >= 18 && BinaryPrimitives.ReadUInt32LittleEndian(stored.AsSpan(^8)) == Crc32.Of(destination)
                    && BinaryPrimitives.ReadUInt32LittleEndian(stored.AsSpan(^4)) == (uint)destination.Length
                : stored.Length >= 6 && BinaryPrimitives.ReadUInt32BigEndian(stored.AsSpan(^4)) == Adler32(destination);
            if (!isSound) throw new InvalidDataException("Its checksum does not match.");
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{where} cannot be unpacked to {destination.Length} bytes: {fault.Message} It is truncated or damaged: copy the dataset again.", fault);
        }
    }

    // RFC 1950: two sums modulo 65521.
    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        uint a = 1, b = 0;
        foreach (byte value in bytes)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        return (b << 16) | a;
    }

    // Copies what a chunk and the wanted rows share. Chunks at the far edges are stored whole and clipped here.
    private void Copy(byte[]? source, long[] chunk, long first, int count, Span<byte> destination) =>
        CopyAxis(source, chunk, first, count, destination, 0, 0, 0);

    private void CopyAxis(byte[]? source, long[] chunk, long first, int count, Span<byte> destination, int axis, long sourceIndex, long targetIndex)
    {
        long origin = chunk[axis] * chunks[axis], from = axis == 0 ? Math.Max(origin, first) : origin;
        long to = Math.Min(origin + chunks[axis], axis == 0 ? first + count : shape[axis]);
        long sourceStart = (sourceIndex * chunks[axis]) + from - origin;
        long targetStart = (targetIndex * (axis == 0 ? count : shape[axis])) + from - (axis == 0 ? first : 0);

        // From here on the chunk spans every axis: one run of bytes.
        if (IsWholeFrom(axis + 1))
        {
            long run = Element.Size();
            for (int inner = axis + 1; inner < shape.Length; inner++) run *= shape[inner];
            Span<byte> target = destination.Slice((int)(targetStart * run), (int)((to - from) * run));
            if (source is null) FillWith(target);
            else source.AsSpan((int)(sourceStart * run), target.Length).CopyTo(target);
            return;
        }

        for (long i = 0; i < to - from; i++)
            CopyAxis(source, chunk, first, count, destination, axis + 1, sourceStart + i, targetStart + i);
    }

    private bool IsWholeFrom(int axis)
    {
        for (; axis < shape.Length; axis++)
        {
            if (chunks[axis] != shape[axis]) return false;
        }

        return true;
    }

    private void FillWith(Span<byte> target)
    {
        for (; target.Length > 0; target = target[fill.Length..]) fill.CopyTo(target);
    }

    private static byte[] FillBytes(JsonElement value, ArrayElement element, string where)
    {
        double number = value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => 0,
            JsonValueKind.True => 1,
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when value.GetString() is "NaN" => double.NaN,
            JsonValueKind.String when value.GetString() is "Infinity" => double.PositiveInfinity,
            JsonValueKind.String when value.GetString() is "-Infinity" => double.NegativeInfinity,
            _ => throw new InvalidDataException($"{where} has fill_value {value.GetRawText()}, expected a number. Its .zarray is damaged."),
        };
        return element switch
        {
            ArrayElement.Float16 => BitConverter.GetBytes((Half)number),
            ArrayElement.Float32 => BitConverter.GetBytes((float)number),
            ArrayElement.Float64 => BitConverter.GetBytes(number),
            ArrayElement.Int32 => BitConverter.GetBytes((int)number),
            ArrayElement.Int64 => BitConverter.GetBytes((long)number),
            _ => [(byte)number],
        };
    }
}
