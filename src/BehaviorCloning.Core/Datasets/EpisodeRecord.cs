using System.Buffers.Binary;

namespace BehaviorCloning.Datasets;

/// <summary>
/// The commit record of one episode in <c>episodes.log</c>. It is 64 bytes long, so none ever straddles a disk sector, and carries a
/// checksum of itself, so one that was torn or never fully written is known for what it is.
/// </summary>
/// <remarks>
/// <code>
/// //  0  magic "BCEP"            4      16  block offset, int64   8      32  block's CRC-32C     4      60  CRC-32C of bytes 0..59   4
/// //  4  episode number, int32   4      24  block bytes, int64    8      36  committed, Unix ms  8
/// //  8  steps, int32            4                                       44  zero               16
/// // 12  zero                    4
/// </code>
/// </remarks>
internal readonly record struct EpisodeRecord(int Episode, int Steps, long Offset, long Bytes, uint Checksum, long CommittedUnixMs)
{
    public const int Size = 64;

    private const uint Magic = 0x50454342; // "BCEP" in little-endian

    public void Write(Span<byte> record)
    {
        record[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(record, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], Episode);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], Steps);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], Bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[32..], Checksum);
        BinaryPrimitives.WriteInt64LittleEndian(record[36..], CommittedUnixMs);
        BinaryPrimitives.WriteUInt32LittleEndian(record[60..], Crc32C.Of(record[..60]));
    }

    /// <summary>The record in these bytes, or null where they are not one.</summary>
    public static EpisodeRecord? Parse(ReadOnlySpan<byte> record)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(record[60..]) != Crc32C.Of(record[..60])) return null;
        return new EpisodeRecord(
            BinaryPrimitives.ReadInt32LittleEndian(record[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(record[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(record[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[36..]));
    }
}
