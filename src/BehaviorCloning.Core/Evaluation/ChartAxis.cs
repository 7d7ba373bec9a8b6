using System.Globalization;

namespace BehaviorCloning.Evaluation;

/// <summary>Maps values to pixels along one axis and finds round numbers to mark.</summary>
internal sealed class ChartAxis
{
    private readonly double low;
    private readonly double high;
    private readonly double start;
    private readonly double end;

    /// <summary>An axis over values from <paramref name="from"/> to <paramref name="to"/>, drawn from pixel <paramref name="start"/> to <paramref name="end"/>.</summary>
    public ChartAxis(double from, double to, double start, double end, bool logarithmic = false)
    {
        Logarithmic = logarithmic;
        low = Scale(from);
        high = Scale(to) > low ? Scale(to) : low + 1;
        this.start = start;
        this.end = end;
        Ticks = logarithmic ? DecadeTicks(from, to) : RoundTicks(from, Math.Max(to, from + 1e-12));
    }

    public bool Logarithmic { get; }

    public IReadOnlyList<double> Ticks { get; }

    public double Pixel(double value) => start + ((Scale(value) - low) / (high - low) * (end - start));

    public static string Label(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + "M",
        >= 1e4 => (value / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + "k",
        < 1e-3 => value.ToString("0.#e0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };

    private double Scale(double value) => Logarithmic ? Math.Log10(value) : value;

    // Steps of 1, 2 or 5 times a power of ten, at most six of them.
    private static List<double> RoundTicks(double from, double to)
    {
        double raw = (to - from) / 5;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        List<double> ticks = [];
        for (double index = Math.Ceiling((from / step) - 1e-9); index * step <= to + (step * 1e-9); index++) ticks.Add(index * step);
        return ticks;
    }

    private static List<double> DecadeTicks(double from, double to)
    {
        List<double> ticks = [];
        for (int decade = (int)Math.Floor(Math.Log10(from)); decade <= Math.Ceiling(Math.Log10(to)); decade++)
        {
            foreach (double digit in new double[] { 1, 2, 5 })
            {
                double tick = digit * Math.Pow(10, decade);
                if (tick >= from * 0.999 && tick <= to * 1.001) ticks.Add(tick);
            }
        }

        if (ticks.Count > 7) ticks = [.. ticks.Where(tick => Math.Abs(Math.Log10(tick) - Math.Round(Math.Log10(tick))) < 1e-9)];
        return ticks.Count >= 2 ? ticks : RoundTicks(from, to);
    }
}
