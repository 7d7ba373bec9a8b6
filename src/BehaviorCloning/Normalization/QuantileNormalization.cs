using BehaviorCloning.Datasets;

namespace BehaviorCloning.Normalization;

/// <summary>The central 98 % of the values, q01 to q99, to [-1, 1], without clipping the rest (openpi's choice for FAST and pi0.5).</summary>
/// <remarks>Where q01 equals q99 although the dimension varies, as with a gripper that seldom moves, its extremes are used and that is reported.</remarks>
public sealed record QuantileNormalization : FittedNormalization
{
    /// <inheritdoc/>
    protected override void Fit(string what, FeatureStatistics statistics, int[] varying, double[] center, double[] scale, ICollection<NormalizationWarning> warnings)
    {
        foreach (int d in varying.Where(d => !Varies(statistics.Quantile01[d], statistics.Quantile99[d])))
            warnings.Add(new NormalizationWarning(what, d, $"its central 98 % are all {(float)statistics.Quantile01[d]}, though it varies from {(float)statistics.Minimum[d]} to {(float)statistics.Maximum[d]}. These extremes are used instead."));
        MapRanges(varying, Range, center, scale);

        (double, double) Range(int d) => Varies(statistics.Quantile01[d], statistics.Quantile99[d])
            ? (statistics.Quantile01[d], statistics.Quantile99[d])
            : (statistics.Minimum[d], statistics.Maximum[d]);
    }
}
