using System.Buffers.Binary;
using System.Text;

namespace BehaviorCloning.Engine;

/// <summary>
/// The directory of a zip file whose entries are stored uncompressed, as PyTorch writes them: names, and where their bytes lie. Compression,
/// encryption and overlapping entries are refused, so that what is read is never more than the file's size.
/// </summary>
internal static class StoredZip
{
    private const int EndSize = 22, EndLocatorSize = 20, End64Size = 56, CentralSize = 46, LocalSize = 30;
    private const uint EndMagic = 0x06054b50, EndLocatorMagic = 0x07064b50, End64Magic = 0x06064b50, CentralMagic = 0x02014b50, LocalMagic = 0x04034b50;

    /// <summary>Reads the directory.</summary>
    /// <returns>First byte and length of each entry, by name.</returns>
    /// <exception cref="InvalidDataException">It is no such file; the message says why, and does not name the file.</exception>
    public static Dictionary<string, (long Offset, long Length)> Read(FileStream stream)
    {
        (long start, long size, long count) = Directory(stream);
        byte[] directory = Bytes(stream, start, size);
        var entries = new Dictionary<string, (long Offset, long Length)>(StringComparer.Ordinal);
        int at = 0;
        for (long i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = directory.AsSpan(at);
            if (entry.Length < CentralSize || U32(entry) != CentralMagic) throw Fault($"entry {i} of its directory is damaged");
            int nameLength = U16(entry[28..]), extraLength = U16(entry[30..]), commentLength = U16(entry[32..]);
            if (entry.Length < CentralSize + nameLength + extraLength + commentLength) throw Fault($"entry {i} of its directory is cut off");
            string name = Encoding.UTF8.GetString(entry.Slice(CentralSize, nameLength));
            (long packed, long length, long header) = Sizes(entry, entry.Slice(CentralSize + nameLength, extraLength), name);
            if ((U16(entry[8..]) & 1) != 0) throw Fault($"'{name}' is encrypted");
            if (U16(entry[10..]) != 0 || packed != length) throw Fault($"'{name}' is compressed ({packed} bytes for {length}); PyTorch stores tensors as they are");
            if (!entries.TryAdd(name, (DataOffset(stream, header, name), length))) throw Fault($"'{name}' is there twice");
            if (entries[name].Offset + length > start) throw Fault($"'{name}' reaches into the directory");
            at += CentralSize + nameLength + extraLength + commentLength;
        }

        long end = 0;
        foreach ((string name, (long offset, long length)) in entries.OrderBy(pair => pair.Value.Offset).ThenBy(pair => pair.Value.Length))
        {
            if (offset < end) throw Fault($"'{name}' overlaps the entry before it");
            end = offset + length;
        }

        return entries;
    }

    private static (long Start, long Size, long Count) Directory(FileStream stream)
    {
        // A comment of up to 65,535 bytes may follow the end record.
        long tailStart = Math.Max(0, stream.Length - EndSize - ushort.MaxValue);
        byte[] tail = Bytes(stream, tailStart, stream.Length - tailStart);
        int end = tail.Length - EndSize;
        while (end >= 0 && U32(tail.AsSpan(end)) != EndMagic) end--;
        if (end < 0) throw Fault("it has no end record: it is cut off, or no zip file");
        ReadOnlySpan<byte> record = tail.AsSpan(end);
        (long start, long size, long count) = (U32(record[16..]), U32(record[12..]), U16(record[10..]));
        if (start == uint.MaxValue || size == uint.MaxValue || count == ushort.MaxValue)
        {
            if (end < EndLocatorSize || U32(tail.AsSpan(end - EndLocatorSize)) != EndLocatorMagic) throw Fault("its 64-bit end record is missing");
            long at = I64(tail.AsSpan(end - EndLocatorSize + 8));
            byte[] large = Bytes(stream, at, End64Size);
            if (U32(large) != End64Magic) throw Fault("its 64-bit end record is damaged");
            (start, size, count) = (I64(large.AsSpan(48)), I64(large.AsSpan(40)), I64(large.AsSpan(32)));
        }

        return count <= size / CentralSize ? (start, size, count) : throw Fault($"it announces {count} entries in a directory of {size} bytes");
    }

    // 32-bit fields that are all ones stand in the 64-bit extra field instead, in this order.
    private static (long Packed, long Length, long Header) Sizes(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra, string name)
    {
        long packed = U32(entry[20..]), length = U32(entry[24..]), header = U32(entry[42..]);
        while (extra.Length >= 4)
        {
            int id = U16(extra), size = U16(extra[2..]);
            if (size > extra.Length - 4) break;
            ReadOnlySpan<byte> field = extra.Slice(4, size);
            if (id == 1)
            {
                if (length == uint.MaxValue) length = Next(ref field);
                if (packed == uint.MaxValue) packed = Next(ref field);
                if (header == uint.MaxValue) header = Next(ref field);
            }

            extra = extra[(4 + size)..];
        }

        return (packed, length, header);

        long Next(ref ReadOnlySpan<byte> field)
        {
            if (field.Length < 8) throw Fault($"the 64-bit sizes of '{name}' are cut off");
            long value = I64(field);
            field = field[8..];
            return value >= 0 ? value : throw Fault($"a size of '{name}' is negative");
        }
    }

    private static long DataOffset(FileStream stream, long header, string name)
    {
        byte[] local = Bytes(stream, header, LocalSize);
        if (U32(local) != LocalMagic) throw Fault($"'{name}' has no header at {header}");
        return header + LocalSize + U16(local.AsSpan(26)) + U16(local.AsSpan(28));
    }

    private static byte[] Bytes(FileStream stream, long start, long length)
    {
        if (start < 0 || length < 0 || length > stream.Length - start) throw Fault($"it refers to {length} bytes at {start}, but has {stream.Length}");
        if (length > SafetensorsFile.HeaderLimit) throw Fault($"its directory takes {length} bytes; at most {SafetensorsFile.HeaderLimit} are read");
        byte[] bytes = new byte[length];
        stream.Position = start;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static long I64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    private static InvalidDataException Fault(string what) => new(what);
}
