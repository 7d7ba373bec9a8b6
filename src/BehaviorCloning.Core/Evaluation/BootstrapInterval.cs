using MathNet.Numerics.Random;

namespace BehaviorCloning.Evaluation;

/// <summary>
/// How well a mean is known, of values of any distribution: the percentile bootstrap's 95 % interval (Efron, 1979), the middle of the means of 10,000 sets drawn
/// from the values with replacement. Seeded: the same values give the same interval.
/// </summary>
/// <param name="Mean">The arithmetic mean.</param>
/// <param name="Low">2.5 % of the drawn means are below.</param>
/// <param name="High">2.5 % are above.</param>
public readonly record struct BootstrapInterval(double Mean, double Low, double High)
{
    /// <summary>Sets drawn.</summary>
    public const int Resamples = 10_000;

    /// <summary>Computes the interval.</summary>
    /// <exception cref="ArgumentException">There are no values, or one is not finite.</exception>
    public static BootstrapInterval Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0) throw new ArgumentException("An interval needs at least one value.", nameof(values));
        if (values.Any(value => !double.IsFinite(value))) throw new ArgumentException($"One of the values is {values.First(value => !double.IsFinite(value))}; an interval needs finite ones.", nameof(values));
        var random = new MersenneTwister(20110711);
        double[] means = new double[Resamples];
        for (int i = 0; i < Resamples; i++)
        {
            double sum = 0;
            for (int k = 0; k < values.Count; k++) sum += values[random.Next(values.Count)];
            means[i] = sum / values.Count;
        }

        Array.Sort(means);
        return new(values.Average(), means[(int)(0.025 * Resamples)], means[(int)(0.975 * Resamples) - 1]);
    }
}
