using System.Buffers.Binary;

namespace BehaviorCloning.Images;

/// <summary>
/// A PNG file's chunks, and what its header says. Only the chunks that hold pixels reach the library: color profiles and gamma would change
/// the stored values, and texts can be bombs.
/// </summary>
internal readonly record struct PngChunks(int Height, int Width, int BitDepth, int ColorType, bool HasTransparency, long StoredBytes, bool HasOthers)
{
    private const int SignatureBytes = 8;
    private const int HeaderEnd = 33;
    private static readonly byte[] End = [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];
    private static readonly byte[] Signature = [137, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Channels of the decoded image; palettes become colors.</summary>
    public int Channels => (ColorType is 0 or 4 ? 1 : 3) + (ColorType is 4 or 6 || HasTransparency ? 1 : 0);

    /// <summary>Bytes of the rows before they are deflated; what a palette or few bits expand to is bounded by the pixels.</summary>
    public long RowBytes => Height * (1 + (((long)Width * BitDepth * (ColorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 })) + 7) / 8);

    public static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>Walks through the chunks without reading them.</summary>
    /// <exception cref="InvalidDataException">It is no PNG file, or a truncated one.</exception>
    public static PngChunks Of(ReadOnlySpan<byte> file)
    {
        if (!IsPng(file)) throw new InvalidDataException("This is no PNG image: it does not begin with PNG's signature.");
        if (file.Length < HeaderEnd || !file.Slice(12, 4).SequenceEqual("IHDR"u8)) throw Truncated(file.Length);
        uint width = BinaryPrimitives.ReadUInt32BigEndian(file[16..]), height = BinaryPrimitives.ReadUInt32BigEndian(file[20..]);
        if (width > int.MaxValue || height > int.MaxValue) throw new InvalidDataException($"The PNG image claims to be {height} x {width}. It is damaged.");
        bool transparent = false, others = false;
        long stored = 0;
        for (int at = SignatureBytes; ;)
        {
            ReadOnlySpan<byte> chunk = Next(file, at);
            ReadOnlySpan<byte> type = chunk.Slice(4, 4);
            transparent |= type.SequenceEqual("tRNS"u8);
            others |= !HoldsPixels(type);
            if (type.SequenceEqual("IDAT"u8)) stored += chunk.Length - 12;
            at += chunk.Length;
            if (!type.SequenceEqual("IEND"u8)) continue;

            // The library does not look at the end's own checksum.
            if (!chunk.SequenceEqual(End)) throw Truncated(at);
            return new PngChunks((int)height, (int)width, file[24], file[25], transparent, stored, others);
        }
    }

    /// <summary>The file without the chunks that hold no pixels.</summary>
    public static byte[] OnlyPixels(ReadOnlySpan<byte> file)
    {
        byte[] kept = new byte[file.Length];
        Signature.CopyTo(kept, 0);
        int end = SignatureBytes;
        for (int at = SignatureBytes; ;)
        {
            ReadOnlySpan<byte> chunk = Next(file, at);
            at += chunk.Length;
            if (!HoldsPixels(chunk.Slice(4, 4))) continue;
            chunk.CopyTo(kept.AsSpan(end));
            end += chunk.Length;
            if (chunk.Slice(4, 4).SequenceEqual("IEND"u8)) return kept[..end];
        }
    }

    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> file, int at)
    {
        if (at > file.Length - 12) throw Truncated(file.Length);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
        return length <= (uint)(file.Length - at - 12) ? file.Slice(at, (int)length + 12) : throw Truncated(file.Length);
    }

    private static bool HoldsPixels(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("IHDR"u8) || type.SequenceEqual("PLTE"u8) || type.SequenceEqual("tRNS"u8) || type.SequenceEqual("IDAT"u8) || type.SequenceEqual("IEND"u8);

    private static InvalidDataException Truncated(int length) => new($"The PNG image ends in the middle of a chunk, at byte {length}: it is truncated or damaged. Copy it again.");
}
