using BehaviorCloning.Datasets;

namespace BehaviorCloning.Normalization;

/// <summary>To mean 0 and standard deviation 1 (z-score). The deviation is the population's: divided by the count.</summary>
public sealed record StandardNormalization : FittedNormalization
{
    /// <summary>Whether the mean is subtracted. False keeps 0 where it is, for relative actions say. Default true.</summary>
    public bool Center { get; init; } = true;

    /// <inheritdoc/>
    protected override void Fit(string what, FeatureStatistics statistics, int[] varying, double[] center, double[] scale, ICollection<NormalizationWarning> warnings)
    {
        double shared = SharedScale ? Shared(statistics, varying) : 0;
        foreach (int d in varying)
        {
            center[d] = Center ? statistics.Mean[d] : 0;
            scale[d] = SharedScale ? shared : statistics.StandardDeviation[d];
        }
    }

    // With every dimension centered on its own mean, what is left deviates by the mean of the variances. Without centering, the scale
    // is the standard deviation of all values of all dimensions as one list, about their common mean.
    private double Shared(FeatureStatistics statistics, int[] varying)
    {
        double variance = varying.Average(d => Math.Pow(statistics.StandardDeviation[d], 2));
        if (Center) return Math.Sqrt(variance);
        double common = varying.Average(d => statistics.Mean[d]);
        return Math.Sqrt(variance + varying.Average(d => Math.Pow(statistics.Mean[d] - common, 2)));
    }
}
