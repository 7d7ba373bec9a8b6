using BehaviorCloning.Evaluation;

namespace Claims;

/// <summary>What is said of several training seeds together.</summary>
internal static class Seeds
{
    private const int Resamples = 2000;

    /// <summary>What <c>--seeds</c> is: so many training seeds from 0, or the first seed and how many.</summary>
    public const string Help = "Training seeds: how many, from 0, or the first and how many (10:5).";

    /// <summary>Reads <c>5</c> as 0 to 4 and <c>10:5</c> as 10 to 14.</summary>
    public static SeedRange Parse(string text) => SeedRange.Parse(text.Contains(':', StringComparison.Ordinal) ? text : "0:" + text);

    /// <summary>A statistic over seeds with its 95 % interval by the percentile bootstrap, drawn alike every time.</summary>
    /// <param name="seeds">How many seeds there are.</param>
    /// <param name="statistic">Of a list of seeds' indices.</param>
    public static (double Value, double Low, double High) Bootstrap(int seeds, Func<int[], double> statistic)
    {
        double value = statistic([.. Enumerable.Range(0, seeds)]);
        if (seeds < 2) return (value, value, value); // One seed tells of no spread.
        var random = new Random(7);
        double[] resampled = [.. Enumerable.Range(0, Resamples).Select(_ => statistic([.. Enumerable.Range(0, seeds).Select(_ => random.Next(seeds))])).Order()];
        return (value, resampled[(int)(0.025 * Resamples)], resampled[(int)(0.975 * Resamples) - 1]);
    }

    /// <summary>The mean over seeds as a point of a figure.</summary>
    public static Measured Mean(double x, IReadOnlyList<double> values)
    {
        (double mean, double low, double high) = Bootstrap(values.Count, chosen => chosen.Average(i => values[i]));
        return new(x, mean, low, high);
    }

    /// <summary>The slope of log y over log x by least squares: the exponent of a power law.</summary>
    public static double Exponent(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        double[] lx = [.. x.Select(value => Math.Log(value))], ly = [.. y.Select(value => Math.Log(Math.Max(value, 1e-6)))];
        double mx = lx.Average(), my = ly.Average();
        return lx.Zip(ly, (a, b) => (a - mx) * (b - my)).Sum() / lx.Sum(a => (a - mx) * (a - mx));
    }

    public static string Text(WilsonInterval share) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{share.Share:0.000} ({share.Low:0.000} to {share.High:0.000})");
}
