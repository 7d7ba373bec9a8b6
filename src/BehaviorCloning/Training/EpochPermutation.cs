using System.Numerics;
using BehaviorCloning.Engine;

namespace BehaviorCloning.Training;

/// <summary>
/// A random order of 0 .. Count - 1 that is computed, not stored: item i of it costs a few nanoseconds and no memory, so that ten million
/// windows shuffle as cheaply as ten, and a resumed run needs only its seed and position.
/// </summary>
/// <remarks>
/// A Feistel network permutes the smallest power of four that holds Count; an item that falls outside is sent through again until it
/// falls inside (cycle walking; Black and Rogaway, 2002), under four times on average. It is a permutation whatever the round function is.
/// </remarks>
public readonly struct EpochPermutation
{
    private const int Rounds = 6;
    private readonly ulong key;
    private readonly int halfBits;

    /// <summary>The order of one epoch.</summary>
    /// <param name="count">How many items, at least 1.</param>
    /// <param name="seed">The run's seed for its data order.</param>
    /// <param name="epoch">Each epoch has its own order.</param>
    public EpochPermutation(long count, ulong seed, long epoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        Count = count;
        ulong state = seed + (0xD1B54A32D192ED03 * ((ulong)epoch + 1));
        key = RandomStream.SplitMix64(ref state);
        int bits = Math.Max(2, 64 - BitOperations.LeadingZeroCount((ulong)count - 1));
        halfBits = (bits + 1) / 2;
    }

    /// <summary>How many items there are.</summary>
    public long Count { get; }

    /// <summary>The item at a position.</summary>
    public long this[long position]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(position);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Count);
            ulong value = (ulong)position;
            do value = Permute(value);
            while (value >= (ulong)Count);
            return (long)value;
        }
    }

    private ulong Permute(ulong value)
    {
        ulong mask = (1UL << halfBits) - 1;
        ulong left = value >> halfBits, right = value & mask;
        for (uint round = 0; round < Rounds; round++)
        {
            ulong state = key ^ (right * 0x9E3779B97F4A7C15) ^ ((round + 1) * 0xA0761D6478BD642F);
            (left, right) = (right, left ^ (RandomStream.SplitMix64(ref state) & mask));
        }

        return (left << halfBits) | right;
    }
}
