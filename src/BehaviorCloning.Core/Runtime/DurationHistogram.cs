using System.Numerics;

namespace BehaviorCloning.Runtime;

/// <summary>
/// Counts durations in buckets that are 1/16 of a power of two wide: percentiles are exact to 6 % from 100 ns to centuries, recording
/// allocates nothing, and the largest and the sum are exact. One thread records; others may read a slightly old state.
/// </summary>
public sealed class DurationHistogram
{
    private const int Parts = 16;
    private readonly long[] counts = new long[64 * Parts];
    private double sum;

    /// <summary>How many durations were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Records a duration; a negative one counts as none.</summary>
    public void Record(TimeSpan duration)
    {
        long ticks = Math.Max(duration.Ticks, 0);
        counts[Bucket(ticks)]++;
        Count++;
        sum += ticks;
        if (duration > Longest) Longest = duration;
    }

    /// <summary>The duration below which so many hundredths of all lie, at the middle of its bucket; zero where nothing was recorded.</summary>
    public TimeSpan Percentile(double percent)
    {
        if (!(percent is >= 0 and <= 100)) throw new ArgumentOutOfRangeException(nameof(percent), percent, "A percentile lies between 0 and 100.");
        long rank = Math.Max((long)Math.Ceiling(percent / 100 * Count), 1), below = 0;
        for (int bucket = 0; bucket < counts.Length; bucket++)
        {
            below += counts[bucket];
            if (below >= rank) return TimeSpan.FromTicks(Math.Min(Middle(bucket), Longest.Ticks));
        }

        return TimeSpan.Zero;
    }

    /// <summary>The usual percentiles.</summary>
    public DurationSummary Summarize() => new(
        Count, TimeSpan.FromTicks(Count == 0 ? 0 : (long)(sum / Count)), Percentile(50), Percentile(90), Percentile(99), Percentile(99.9), Longest);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(counts);
        (Count, Longest, sum) = (0, TimeSpan.Zero, 0);
    }

    // Up to 16 ticks a bucket a tick; then 16 buckets a power of two.
    private static int Bucket(long ticks)
    {
        if (ticks < Parts) return (int)ticks;
        int power = BitOperations.Log2((ulong)ticks) - 4;
        return ((power + 1) * Parts) + (int)((ticks >> power) - Parts);
    }

    private static long Middle(int bucket)
    {
        if (bucket < Parts) return bucket;
        int power = (bucket / Parts) - 1;
        return ((long)((bucket % Parts) + Parts) << power) + ((1L << power) / 2);
    }
}

/// <summary>Durations in percentiles, the form in which robot servers report them.</summary>
/// <param name="Count">How many.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="P50">Half are shorter.</param>
/// <param name="P90">90 % are shorter.</param>
/// <param name="P99">99 % are shorter.</param>
/// <param name="P999">99.9 % are shorter.</param>
/// <param name="Longest">The longest.</param>
public sealed record DurationSummary(long Count, TimeSpan Mean, TimeSpan P50, TimeSpan P90, TimeSpan P99, TimeSpan P999, TimeSpan Longest)
{
    /// <summary>For people, in milliseconds.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"p50 {P50.TotalMilliseconds:0.000}, p90 {P90.TotalMilliseconds:0.000}, p99 {P99.TotalMilliseconds:0.000}, p99.9 {P999.TotalMilliseconds:0.000}, max {Longest.TotalMilliseconds:0.000} ms");
}
