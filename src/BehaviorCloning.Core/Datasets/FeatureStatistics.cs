namespace BehaviorCloning.Datasets;

/// <summary>What the values of a feature or of the actions look like, dimension by dimension.</summary>
public sealed class FeatureStatistics
{
    /// <summary>How many rows were seen.</summary>
    public required long Count { get; init; }

    /// <summary>Mean of each dimension.</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>Population standard deviation of each dimension: the sum of squares is divided by the count, not by one less.</summary>
    public required IReadOnlyList<double> StandardDeviation { get; init; }

    /// <summary>Smallest value of each dimension.</summary>
    public required IReadOnlyList<double> Minimum { get; init; }

    /// <summary>Largest value of each dimension.</summary>
    public required IReadOnlyList<double> Maximum { get; init; }

    /// <summary>The value that 1 % of each dimension's values lie below.</summary>
    public required IReadOnlyList<double> Quantile01 { get; init; }

    /// <summary>The value that 99 % of each dimension's values lie below.</summary>
    public required IReadOnlyList<double> Quantile99 { get; init; }

    /// <summary>How many dimensions there are.</summary>
    public int Dimension => Mean.Count;

    /// <summary>Every fault of these statistics, none if they are sound: lists of one length, finite, in order.</summary>
    public IEnumerable<string> Problems()
    {
        if (Count < 1) yield return $"Statistics over {Count} rows say nothing.";
        foreach ((string name, IReadOnlyList<double> values) in Lists())
        {
            if (values.Count != Dimension)
                yield return $"{name} has {values.Count} entries, but {nameof(Mean)} has {Dimension}.";
            for (int d = 0; d < values.Count; d++)
            {
                if (!double.IsFinite(values[d])) yield return $"{name} of dimension {d} is {values[d]}.";
            }
        }

        for (int d = 0; d < Math.Min(Minimum.Count, Maximum.Count); d++)
        {
            if (Minimum[d] > Maximum[d]) yield return $"{nameof(Minimum)} {Minimum[d]} of dimension {d} is above {nameof(Maximum)} {Maximum[d]}.";
        }
    }

    private IEnumerable<(string Name, IReadOnlyList<double> Values)> Lists() =>
    [
        (nameof(Mean), Mean), (nameof(StandardDeviation), StandardDeviation), (nameof(Minimum), Minimum),
        (nameof(Maximum), Maximum), (nameof(Quantile01), Quantile01), (nameof(Quantile99), Quantile99),
    ];
}
