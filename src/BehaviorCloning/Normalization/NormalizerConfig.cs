using BehaviorCloning.Datasets;

namespace BehaviorCloning.Normalization;

/// <summary>How raw values become numbers of order one: <c>normalized = (x - center) / scale</c>, a dimension at a time.</summary>
public abstract record NormalizerConfig
{
    /// <summary>Chooses center and scale.</summary>
    /// <param name="what">What is normalized, for warnings: "feature 'gripper'".</param>
    /// <param name="statistics">The training data's; sound (see <see cref="FeatureStatistics.Problems"/>).</param>
    /// <param name="warnings">Receives what had to be guarded.</param>
    public abstract Scaling Fit(string what, FeatureStatistics statistics, ICollection<NormalizationWarning> warnings);

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public virtual IEnumerable<string> Problems() => [];
}

/// <summary>Center and scale of each dimension. A scale of 0 marks a dimension that the data never varied.</summary>
/// <param name="Center">What maps to 0.</param>
/// <param name="Scale">What maps to a distance of 1, or 0 for a constant dimension.</param>
public sealed record Scaling(IReadOnlyList<double> Center, IReadOnlyList<double> Scale);

/// <summary>Something about the data that a normalizer had to guard against.</summary>
/// <param name="What">What was normalized: "feature 'gripper'", "actions".</param>
/// <param name="Dimension">Which of its dimensions.</param>
/// <param name="Message">What was found and what was done.</param>
public sealed record NormalizationWarning(string What, int Dimension, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{What}, dimension {Dimension}: {Message}";
}

/// <summary>A normalization fitted to the training data, with a guard for dimensions that do not vary.</summary>
/// <remarks>
/// A dimension whose largest and smallest value differ by no more than <see cref="MinimumSpread"/> times the larger of 1 and its
/// largest magnitude is <em>constant</em>: dividing by its spread would blow rounding up to the size of a signal. It carries no
/// information, so it always normalizes to exactly 0 and denormalizes to exactly its constant, whatever a network says; and it is reported.
/// </remarks>
public abstract record FittedNormalization : NormalizerConfig
{
    /// <summary>
    /// One scale for all dimensions of a feature, so that distances keep their proportions: for positions in one frame, say. Default false.
    /// </summary>
    public bool SharedScale { get; init; }

    /// <summary>Below this spread a dimension counts as constant. Default 1e-6: a micrometer or a microradian in SI units.</summary>
    public double MinimumSpread { get; init; } = 1e-6;

    /// <inheritdoc/>
    public sealed override Scaling Fit(string what, FeatureStatistics statistics, ICollection<NormalizationWarning> warnings)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(warnings);
        int[] varying = [.. Enumerable.Range(0, statistics.Dimension).Where(d => Varies(statistics.Minimum[d], statistics.Maximum[d]))];
        double[] center = [.. statistics.Minimum.Zip(statistics.Maximum, (low, high) => low + ((high - low) / 2))];
        double[] scale = new double[statistics.Dimension];
        foreach (int d in Enumerable.Range(0, statistics.Dimension).Except(varying))
            warnings.Add(new NormalizationWarning(what, d, $"is always {(float)center[d]} in the training data (its spread {statistics.Maximum[d] - statistics.Minimum[d]:g3} is below the least that counts). It normalizes to 0, and what a network says of it is ignored."));
        if (varying.Length > 0) Fit(what, statistics, varying, center, scale, warnings);
        return new Scaling(center, scale);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (!(MinimumSpread >= 0 && double.IsFinite(MinimumSpread))) yield return $"{GetType().Name}.{nameof(MinimumSpread)} {MinimumSpread} must be finite and not negative.";
    }

    /// <summary>Sets center and scale of the dimensions that vary.</summary>
    protected abstract void Fit(string what, FeatureStatistics statistics, int[] varying, double[] center, double[] scale, ICollection<NormalizationWarning> warnings);

    /// <summary>Whether a range is wide enough to divide by.</summary>
    protected bool Varies(double low, double high) => high - low > MinimumSpread * Math.Max(1, Math.Max(Math.Abs(low), Math.Abs(high)));

    /// <summary>Maps a range of each varying dimension, or of all of them together, to [-1, 1].</summary>
    private protected void MapRanges(int[] varying, Func<int, (double Low, double High)> range, double[] center, double[] scale)
    {
        (double Low, double High)[] ranges = [.. varying.Select(range)];
        if (SharedScale)
        {
            (double, double) whole = (ranges.Min(r => r.Low), ranges.Max(r => r.High));
            Array.Fill(ranges, whole);
        }

        for (int i = 0; i < varying.Length; i++)
        {
            center[varying[i]] = (ranges[i].Low + ranges[i].High) / 2;
            scale[varying[i]] = (ranges[i].High - ranges[i].Low) / 2;
        }
    }
}
