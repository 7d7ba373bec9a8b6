using BehaviorCloning.Datasets;

namespace BehaviorCloning.Normalization;

/// <summary>By numbers that are known, the size of a table or a joint's range, whatever the data look like.</summary>
public sealed record FixedNormalization : NormalizerConfig
{
    /// <summary>What maps to 0 in every dimension. Default 0.</summary>
    public double Center { get; init; }

    /// <summary>What distance maps to 1 in every dimension. Default 1.</summary>
    public double Scale { get; init; } = 1;

    /// <inheritdoc/>
    public override Scaling Fit(string what, FeatureStatistics statistics, ICollection<NormalizationWarning> warnings) =>
        new([.. Enumerable.Repeat(Center, statistics.Dimension)], [.. Enumerable.Repeat(Scale, statistics.Dimension)]);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (!double.IsFinite(Center)) yield return $"{nameof(FixedNormalization)}.{nameof(Center)} {Center} must be finite.";
        if (!(Scale > 0 && double.IsFinite(Scale))) yield return $"{nameof(FixedNormalization)}.{nameof(Scale)} {Scale} must be positive.";
    }
}

/// <summary>Leaves values as they are: sines and cosines, values in [-1, 1].</summary>
public sealed record NoNormalization : NormalizerConfig
{
    /// <inheritdoc/>
    public override Scaling Fit(string what, FeatureStatistics statistics, ICollection<NormalizationWarning> warnings) => new FixedNormalization().Fit(what, statistics, warnings);
}
