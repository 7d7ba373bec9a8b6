namespace BehaviorCloning.Datasets;

/// <summary>What is usual of one dimension of a feature or of the action, over a whole dataset.</summary>
internal sealed class DimensionSummary
{
    private readonly string? feature;       // null: the action
    private readonly int index, size;

    private DimensionSummary(IEpisodeSource episodes, string? feature, int index, int size, DoctorOptions options)
    {
        (this.feature, this.index, this.size) = (feature, index, size);
        IsAngle = feature is not null && options.Angles.Contains(feature);
        Name = size == 1 ? feature ?? "action" : $"{feature ?? "action"}[{index}]";
        List<double> values = [], changes = [], largest = [];
        for (int e = 0; e < episodes.EpisodeCount; e++)
        {
            Episode episode = episodes.ReadEpisode(e);
            values.AddRange(Values(episode));
            double[] own = [.. Enumerable.Range(1, Math.Max(episode.Length - 1, 0)).Select(t => Math.Abs(Change(episode, t)))];
            changes.AddRange(own);
            largest.Add(own.DefaultIfEmpty().Max());
        }

        Low = values.Min();
        IsConstant = Low == values.Max();
        double[] all = [.. values], steps = changes.Count == 0 ? [0] : [.. changes];
        Range = DatasetDoctor.Quantile(all, 0.99) - DatasetDoctor.Quantile(all, 0.01);

        // Jumps in more than a thousandth of all steps would hide each other, were it not for the episodes that have none.
        UsualChange = Math.Min(DatasetDoctor.Quantile(steps, 0.999), DatasetDoctor.Quantile([.. largest], 0.9));

        // A value that hardly ever changes, such as a gripper's, leaps whenever it does: then only more than its whole range counts.
        JumpFrom = UsualChange > 0.001 * Range ? options.JumpFactor * UsualChange : Math.Max(options.JumpFactor * UsualChange, 1.05 * Range);
    }

    public string Name { get; }

    public bool IsAction => feature is null;

    public bool IsAngle { get; }

    public bool IsConstant { get; }

    public double Low { get; }

    public double Range { get; }

    public double UsualChange { get; }

    public double JumpFrom { get; }

    public static IEnumerable<DimensionSummary> Of(IEpisodeSource episodes, DoctorOptions options)
    {
        foreach (FeatureSpec spec in episodes.Observations.Where(spec => spec.Element == FeatureElement.Float32))
        {
            for (int i = 0; i < spec.Size; i++) yield return new(episodes, spec.Name, i, spec.Size, options);
        }

        for (int i = 0; i < episodes.Actions.Dimension; i++) yield return new(episodes, null, i, episodes.Actions.Dimension, options);
    }

    public IEnumerable<double> Values(Episode episode)
    {
        ReadOnlyMemory<float> rows = Rows(episode);
        for (int t = 0; t < episode.Length; t++) yield return rows.Span[(t * size) + index];
    }

    /// <summary>From the step before to step t; around the circle the short way.</summary>
    public double Change(Episode episode, int t)
    {
        ReadOnlySpan<float> rows = Rows(episode).Span;
        double change = (double)rows[(t * size) + index] - rows[((t - 1) * size) + index];
        return IsAngle ? Math.IEEERemainder(change, Math.Tau) : change;
    }

    private ReadOnlyMemory<float> Rows(Episode episode) => feature is null ? episode.Actions : episode.Feature(feature);
}
