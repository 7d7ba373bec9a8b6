using System.Diagnostics;

namespace BehaviorCloning.Benchmarks;

/// <summary>Rounds of one piece of work, ours and the peer's by turns.</summary>
internal sealed class Measurement(string name)
{
    private readonly List<double> ours = [], theirs = [];

    public string Name => name;

    public double OursSeconds => Median(ours);

    public double? TheirsSeconds => theirs.Count > 0 ? Median(theirs) : null;

    /// <summary>The median of the rounds' ratios: both sides of a round met the same neighbors on the machine.</summary>
    public double? Ratio => theirs.Count > 0 ? Median([.. ours.Zip(theirs, (a, b) => a / b)]) : null;

    public (double Low, double High) RatioQuartiles
    {
        get
        {
            double[] ratios = [.. ours.Zip(theirs, (a, b) => a / b).Order()];
            return ratios.Length == 0 ? (double.NaN, double.NaN) : (ratios[ratios.Length / 4], ratios[3 * ratios.Length / 4]);
        }
    }

    public void Add(double oursSeconds, double? theirsSeconds)
    {
        ours.Add(oursSeconds);
        if (theirsSeconds is { } seconds) theirs.Add(seconds);
    }

    /// <summary>Seconds a repetition.</summary>
    public static double Time(Action work, int repetitions)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repetitions; i++) work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repetitions;
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
