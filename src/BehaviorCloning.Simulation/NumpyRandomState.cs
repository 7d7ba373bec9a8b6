namespace BehaviorCloning.Simulation;

/// <summary>
/// The random numbers of numpy's legacy <c>RandomState(seed)</c>, bit for bit: benchmarks define their initial states by it.
/// Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded by its <c>init_genrand</c>, which is what numpy does for an integer seed.
/// </summary>
public sealed class NumpyRandomState
{
    private const int StateSize = 624;
    private const int Shift = 397;
    private readonly uint[] state = new uint[StateSize];
    private int position = StateSize;
    private double? cachedNormal;

    /// <summary>Seeds the generator.</summary>
    /// <param name="seed">0 to 4294967295, as numpy takes it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The seed is outside that range.</exception>
    public NumpyRandomState(long seed)
    {
        if (seed is < 0 or > uint.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(seed), seed, "numpy's legacy generator takes seeds from 0 to 4294967295.");
        state[0] = (uint)seed;
        for (uint i = 1; i < StateSize; i++)
            state[i] = (1812433253u * (state[i - 1] ^ (state[i - 1] >> 30))) + i;
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (position == StateSize) Refill();
        uint y = state[position++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    /// <summary><c>random_sample()</c>: uniform in [0, 1) with 53 bits.</summary>
    public double NextDouble()
    {
        uint high = NextUInt32() >> 5;
        uint low = NextUInt32() >> 6;
        return ((high * 67108864.0) + low) / 9007199254740992.0;
    }

    /// <summary><c>randint(low, high)</c>: uniform in [low, high), for ranges below 2^32.</summary>
    public int NextInteger(int low, int high)
    {
        if (high <= low) throw new ArgumentOutOfRangeException(nameof(high), high, $"The range [{low}, {high}) is empty.");
        uint range = (uint)((long)high - 1 - low);
        if (range == 0) return low;

        // Masked rejection: the smallest 2^m - 1 that holds the range.
        uint mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(range);
        uint drawn;
        do drawn = NextUInt32() & mask;
        while (drawn > range);
        return (int)(low + drawn);
    }

    /// <summary><c>randn()</c>: standard normal by the polar method. It makes pairs; the second waits for the next call.</summary>
    public double NextNormal()
    {
        if (cachedNormal is { } cached)
        {
            cachedNormal = null;
            return cached;
        }

        double x1, x2, squared;
        do
        {
            x1 = (2.0 * NextDouble()) - 1.0;
            x2 = (2.0 * NextDouble()) - 1.0;
            squared = (x1 * x1) + (x2 * x2);
        }
        while (squared is >= 1.0 or 0.0);
        double factor = Math.Sqrt(-2.0 * Math.Log(squared) / squared);
        cachedNormal = factor * x1;
        return factor * x2;
    }

    private void Refill()
    {
        for (int i = 0; i < StateSize; i++)
        {
            uint y = (state[i] & 0x80000000u) | (state[(i + 1) % StateSize] & 0x7fffffffu);
            state[i] = state[(i + Shift) % StateSize] ^ (y >> 1) ^ ((y & 1) * 0x9908b0dfu);
        }

        position = 0;
    }
}
