namespace BehaviorCloning.Evaluation;

/// <summary>A mean and how well it is known.</summary>
/// <param name="Mean">The arithmetic mean.</param>
/// <param name="StandardError">
/// Sample standard deviation (divisor n − 1) over the square root of n: the spread of the mean over other sets of seeds.
/// NaN for a single value, from which no spread can be told.
/// </param>
/// <param name="Count">How many values went in.</param>
public readonly record struct MeanWithStandardError(double Mean, double StandardError, int Count)
{
    /// <summary>Computes both.</summary>
    /// <exception cref="ArgumentException">There are no values, or one is not finite.</exception>
    public static MeanWithStandardError Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        if (all.Length == 0) throw new ArgumentException("A mean needs at least one value.", nameof(values));
        int bad = Array.FindIndex(all, value => !double.IsFinite(value));
        if (bad >= 0) throw new ArgumentException($"Value {bad} is {all[bad]}; a mean needs finite values.", nameof(values));

        double mean = all.Average();
        double sumOfSquares = all.Sum(value => (value - mean) * (value - mean));
        double error = all.Length == 1 ? double.NaN : Math.Sqrt(sumOfSquares / (all.Length - 1) / all.Length);
        return new(mean, error, all.Length);
    }

    /// <summary>For people: <c>0.953 ± 0.012</c>.</summary>
    public override string ToString() => double.IsNaN(StandardError)
        ? FormattableString.Invariant($"{Mean:0.000}")
        : FormattableString.Invariant($"{Mean:0.000} ± {StandardError:0.000}");
}
