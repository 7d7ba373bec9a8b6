using System.Buffers.Binary;
using System.Numerics;

namespace BehaviorCloning.Engine;

/// <summary>
/// A managed stream of random numbers whose state can be saved: xoshiro256** (Blackman and Vigna, 2018), seeded through SplitMix64.
/// The same seed gives the same numbers on every machine and .NET version, which <see cref="Random"/> does not promise.
/// </summary>
public sealed class RandomStream
{
    /// <summary>Bytes of a saved state.</summary>
    public const int StateSize = 4 * sizeof(ulong);

    private ulong s0, s1, s2, s3;

    /// <summary>Starts a stream.</summary>
    public RandomStream(ulong seed)
    {
        s0 = SplitMix64(ref seed);
        s1 = SplitMix64(ref seed);
        s2 = SplitMix64(ref seed);
        s3 = SplitMix64(ref seed);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        ulong t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>An integer in [0, bound), without bias (Lemire, arXiv 1805.10941).</summary>
    public long NextInteger(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        ulong range = (ulong)bound;
        ulong high = Math.BigMul(NextBits(), range, out ulong low);
        if (low < range)
        {
            ulong threshold = (0UL - range) % range;
            while (low < threshold) high = Math.BigMul(NextBits(), range, out low);
        }

        return (long)high;
    }

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double NextUniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A standard normal number (polar method; nothing is kept between calls, so the state stays four words).</summary>
    public double NextNormal()
    {
        while (true)
        {
            double x = (2 * NextUniform()) - 1, y = (2 * NextUniform()) - 1, square = (x * x) + (y * y);
            if (square is > 0 and < 1) return x * Math.Sqrt(-2 * Math.Log(square) / square);
        }
    }

    /// <summary>The state, to go on from later.</summary>
    public byte[] Save()
    {
        byte[] state = new byte[StateSize];
        Span<byte> span = state;
        BinaryPrimitives.WriteUInt64LittleEndian(span, s0);
        BinaryPrimitives.WriteUInt64LittleEndian(span[8..], s1);
        BinaryPrimitives.WriteUInt64LittleEndian(span[16..], s2);
        BinaryPrimitives.WriteUInt64LittleEndian(span[24..], s3);
        return state;
    }

    /// <summary>Goes on from a saved state.</summary>
    /// <exception cref="ArgumentException">These bytes are not a state.</exception>
    public void Restore(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateSize || state.IndexOfAnyExcept((byte)0) < 0)
            throw new ArgumentException($"A random stream's state is {StateSize} bytes that are not all zero; got {state.Length} bytes. The checkpoint is damaged.", nameof(state));
        s0 = BinaryPrimitives.ReadUInt64LittleEndian(state);
        s1 = BinaryPrimitives.ReadUInt64LittleEndian(state[8..]);
        s2 = BinaryPrimitives.ReadUInt64LittleEndian(state[16..]);
        s3 = BinaryPrimitives.ReadUInt64LittleEndian(state[24..]);
    }

    /// <summary>The next word of SplitMix64, also a good mixer of a counter.</summary>
    internal static ulong SplitMix64(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
