using System.Globalization;

namespace BehaviorCloning.Datasets;

/// <summary>
/// Looks through demonstrations for what spoils a clone: idle stretches, stalls, jumps, gaps in time, episodes unlike the others, and
/// dimensions that never vary. It reports first; <see cref="Treat"/> then cuts, weighs or drops what the report names.
/// </summary>
/// <example><code>
/// DoctorReport report = DatasetDoctor.Examine(demonstrations);
/// IEpisodeSource sound = DatasetDoctor.Treat(demonstrations, report);
/// </code></example>
public static class DatasetDoctor
{
    /// <summary>Examines a dataset. Image features are not looked at.</summary>
    /// <exception cref="ArgumentException">The options are at fault, or there is no episode; the message lists every fault.</exception>
    public static DoctorReport Examine(IEpisodeSource episodes, DoctorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        options ??= new();
        string[] problems =
        [
            .. options.Problems(),
            .. options.Angles.Where(name => !episodes.Observations.Contains(name)).Select(name => $"Angles names '{name}', which the dataset does not observe ({episodes.Observations})."),
        ];
        if (episodes.EpisodeCount == 0) problems = [.. problems, "There is no episode to examine."];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));

        DimensionSummary[] dimensions = [.. DimensionSummary.Of(episodes, options)];
        List<DataFinding> findings = [.. dimensions.Where(d => d.IsConstant).Select(d => new DataFinding(DataFault.ConstantDimension, -1, 0, 0, string.Create(CultureInfo.InvariantCulture, $"{d.Name} is always {d.Low}")))];
        findings.AddRange(Outliers(episodes, dimensions, options));
        double rate = episodes.ControlRateHz ?? options.DefaultRateHz;
        long steps = 0;
        for (int e = 0; e < episodes.EpisodeCount; e++)
        {
            Episode episode = episodes.ReadEpisode(e);
            steps += episode.Length;
            bool[] stillSeen = Still(episode, dimensions.Where(d => !d.IsAction), options, exactly: false), stillDone = Still(episode, dimensions.Where(d => d.IsAction), options, exactly: false);
            bool[] frozen = Still(episode, dimensions.Where(d => !d.IsAction), options, exactly: true);
            foreach ((int start, int count) in Runs(t => stillSeen[t] && stillDone[t], episode.Length, (int)Math.Ceiling(options.IdleSeconds * rate)))
                findings.Add(new(DataFault.Idle, e, start, count, string.Create(CultureInfo.InvariantCulture, $"nothing happens for {count} steps")));
            foreach ((int start, int count) in Runs(t => frozen[t] && !(stillSeen[t] && stillDone[t]), episode.Length, (int)Math.Ceiling(options.StallSeconds * rate)))
                findings.Add(new(DataFault.Stall, e, start, count, string.Create(CultureInfo.InvariantCulture, $"observations repeat for {count} steps while actions change")));
            findings.AddRange(Jumps(e, episode, dimensions));
            findings.AddRange(Gaps(e, episode, options));
        }

        return new DoctorReport(episodes.EpisodeCount, steps, [.. findings.OrderBy(finding => finding.Episode).ThenBy(finding => finding.Start)]);
    }

    /// <summary>The dataset with its faults treated as the options say.</summary>
    /// <param name="episodes">What was examined.</param>
    /// <param name="report">What was found.</param>
    /// <param name="options">The options of the examination.</param>
    public static TreatedEpisodes Treat(IEpisodeSource episodes, DoctorReport report, DoctorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentNullException.ThrowIfNull(report);
        return new TreatedEpisodes(episodes, report, options ?? new());
    }

    // Flag t: nothing changed from step t - 1 to t.
    private static bool[] Still(Episode episode, IEnumerable<DimensionSummary> dimensions, DoctorOptions options, bool exactly)
    {
        bool[] still = new bool[episode.Length];
        still.AsSpan(1).Fill(true);
        foreach (DimensionSummary dimension in dimensions)
        {
            double allowed = exactly ? 0 : options.Stillness * dimension.Range;
            for (int t = 1; t < still.Length; t++) still[t] &= Math.Abs(dimension.Change(episode, t)) <= allowed;
        }

        return still;
    }

    private static IEnumerable<(int Start, int Count)> Runs(Func<int, bool> flag, int length, int shortest)
    {
        for (int t = 0; t < length;)
        {
            int end = t;
            while (end < length && flag(end)) end++;
            if (end - t >= Math.Max(shortest, 1)) yield return (t, end - t);
            t = Math.Max(end, t + 1);
        }
    }

    private static IEnumerable<DataFinding> Jumps(int number, Episode episode, DimensionSummary[] dimensions)
    {
        for (int t = 1; t < episode.Length; t++)
        {
            string[] leaps = [.. dimensions.Where(d => !d.IsAction && Math.Abs(d.Change(episode, t)) > d.JumpFrom)
                .Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Name} leaps by {d.Change(episode, t):0.###} (usual: up to {d.UsualChange:0.###})"))];
            if (leaps.Length > 0) yield return new(DataFault.Jump, number, t, 0, string.Join(", ", leaps));
        }
    }

    private static IEnumerable<DataFinding> Gaps(int number, Episode episode, DoctorOptions options)
    {
        if (episode.Annotation("timestamp") is not { Length: > 2 } times) yield break;
        double[] between = [.. Enumerable.Range(1, episode.Length - 1).Select(t => (double)times.Span[t] - times.Span[t - 1])];
        double usual = Quantile(between, 0.5);
        for (int t = 0; t < between.Length; t++)
        {
            if (between[t] > options.GapFactor * usual || between[t] <= 0)
                yield return new(DataFault.Gap, number, t + 1, 0, string.Create(CultureInfo.InvariantCulture, $"{between[t]:0.####} s after the step before, usual are {usual:0.####} s"));
        }
    }

    private static IEnumerable<DataFinding> Outliers(IEpisodeSource episodes, DimensionSummary[] dimensions, DoctorOptions options)
    {
        const int Fewest = 10; // Of fewer episodes nothing is usual.

        // A smaller spread, as a share of the length or of a dimension's range, is none: some tasks always begin at the very same place.
        const double LeastSpread = 0.05;
        if (episodes.EpisodeCount < Fewest) return [];
        Dictionary<int, List<string>> found = [];
        Check("its length", e => e.Length, values => LeastSpread * Quantile(values, 0.5));
        foreach (DimensionSummary dimension in dimensions.Where(d => !d.IsConstant && !d.IsAngle))
        {
            Check($"the mean of {dimension.Name}", e => dimension.Values(e).Average(), _ => LeastSpread * dimension.Range);
            Check($"the range of {dimension.Name}", e => dimension.Values(e).Max() - dimension.Values(e).Min(), _ => LeastSpread * dimension.Range);
        }

        return found.Select(pair => new DataFinding(DataFault.Outlier, pair.Key, 0, episodes.EpisodeLength(pair.Key), string.Join(", ", pair.Value)));

        void Check(string what, Func<Episode, double> measure, Func<double[], double> leastSpread)
        {
            double[] values = [.. Enumerable.Range(0, episodes.EpisodeCount).Select(e => measure(episodes.ReadEpisode(e)))];
            double median = Quantile(values, 0.5);
            double scale = Math.Max(1.4826 * Quantile([.. values.Select(value => Math.Abs(value - median))], 0.5), leastSpread(values));
            for (int e = 0; e < values.Length; e++)
            {
                double deviations = Math.Abs(values[e] - median) / scale;
                if (!(deviations > options.OutlierDeviations)) continue;
                if (!found.TryGetValue(e, out List<string>? reasons)) found[e] = reasons = [];
                reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{what} is {values[e]:0.###}, {deviations:0.#} deviations from the median {median:0.###}"));
            }
        }
    }

    internal static double Quantile(double[] values, double q)
    {
        double[] sorted = [.. values.Order()];
        double at = q * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 < sorted.Length ? sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below])) : sorted[^1];
    }
}
