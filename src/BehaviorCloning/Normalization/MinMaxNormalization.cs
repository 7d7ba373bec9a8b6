using BehaviorCloning.Datasets;

namespace BehaviorCloning.Normalization;

/// <summary>To [-1, 1] by the smallest and largest value seen. One outlier squeezes everything else: see <see cref="QuantileNormalization"/>.</summary>
public sealed record MinMaxNormalization : FittedNormalization
{
    /// <inheritdoc/>
    protected override void Fit(string what, FeatureStatistics statistics, int[] varying, double[] center, double[] scale, ICollection<NormalizationWarning> warnings) =>
        MapRanges(varying, d => (statistics.Minimum[d], statistics.Maximum[d]), center, scale);
}
