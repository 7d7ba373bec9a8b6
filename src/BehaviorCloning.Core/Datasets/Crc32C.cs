using System.Numerics;
using System.Runtime.InteropServices;

namespace BehaviorCloning.Datasets;

/// <summary>The CRC-32C checksum (Castagnoli, as in iSCSI and ext4), by the processor's own instruction where it has one.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Continue(uint.MaxValue, bytes);

    /// <summary>The running checksum over further bytes; starts at all ones, and its complement is the result.</summary>
    public static uint Continue(uint running, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) running = BitOperations.Crc32C(running, word);
        foreach (byte value in bytes[(words.Length * sizeof(ulong))..]) running = BitOperations.Crc32C(running, value);
        return running;
    }
}
