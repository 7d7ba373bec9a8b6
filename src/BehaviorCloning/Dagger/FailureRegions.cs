using BehaviorCloning.Engine;

namespace BehaviorCloning.Dagger;

/// <summary>A part of observation space in which the learner fails.</summary>
/// <param name="Center">The mean of the failures in it, in raw units, feature after feature.</param>
/// <param name="Failures">States that led to a failure in it.</param>
/// <param name="Demonstrations">Demonstrated states as near to the center as those failures are.</param>
/// <param name="Ratio">Failure density over demonstration density, each as a share of its kind; one is added to the demonstrations, so that a place nobody demonstrated has a finite one.</param>
public sealed record FailureRegion(IReadOnlyList<float> Center, int Failures, int Demonstrations, double Ratio);

/// <summary>
/// Where a learner fails: clusters of the states before its failures (k-means in standardized features), each with the density of failures
/// against that of demonstrations. A high ratio says that demonstrations are missing there; a low one that they are there and do not help.
/// </summary>
public sealed class FailureRegions
{
    private const int Iterations = 50;
    private readonly int[] regionOf;

    private FailureRegions(IReadOnlyList<FailureRegion> regions, int[] regionOf)
    {
        Regions = regions;
        this.regionOf = regionOf;
    }

    /// <summary>The regions, the highest ratio first.</summary>
    public IReadOnlyList<FailureRegion> Regions { get; }

    /// <summary>The region that a failure is in, by the number it was given with.</summary>
    public int RegionOf(int failure) => regionOf[failure];

    /// <summary>Finds them.</summary>
    /// <param name="failures">States before failures: one row each, all of the same length.</param>
    /// <param name="demonstrations">Demonstrated states, rows of the same length.</param>
    /// <param name="count">How many regions at most.</param>
    /// <param name="seed">Starts the clusters.</param>
    /// <exception cref="ArgumentException">There are no rows, or they differ in length.</exception>
    public static FailureRegions Find(IReadOnlyList<float[]> failures, IReadOnlyList<float[]> demonstrations, int count = 5, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(failures);
        ArgumentNullException.ThrowIfNull(demonstrations);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (failures.Count == 0 || demonstrations.Count == 0) throw new ArgumentException($"Regions need failures and demonstrations; got {failures.Count} and {demonstrations.Count} states.", nameof(failures));
        int size = failures[0].Length;
        if (failures.Concat(demonstrations).Any(row => row.Length != size)) throw new ArgumentException($"All states must have {size} values, as the first failure has.", nameof(failures));

        double[] scale = Scale(failures, demonstrations);
        double[][] points = [.. failures.Select(row => Scaled(row, scale))], shown = [.. demonstrations.Select(row => Scaled(row, scale))];
        int[] cluster = Clusters(points, Math.Min(count, points.Length), new RandomStream(RandomStreams.SeedOf(seed, "regions")));
        List<(FailureRegion Region, int Old)> found = [];
        foreach (IGrouping<int, int> members in Enumerable.Range(0, points.Length).GroupBy(i => cluster[i]))
        {
            int[] own = [.. members];
            double[] center = Mean([.. own.Select(i => points[i])]);

            // Half of the region's own failures lie within this; a region of one point still has a little room.
            double radius = Math.Max(own.Select(i => Distance(points[i], center)).Order().ElementAt(own.Length / 2), 1e-3);
            int near = shown.Count(row => Distance(row, center) <= radius);
            double ratio = (double)own.Length / points.Length / ((near + 1.0) / (shown.Length + 1.0));
            found.Add((new FailureRegion([.. center.Select((value, d) => (float)(value * scale[d]))], own.Length, near, ratio), members.Key));
        }

        found = [.. found.OrderByDescending(pair => pair.Region.Ratio).ThenBy(pair => pair.Old)];
        return new FailureRegions([.. found.Select(pair => pair.Region)], [.. cluster.Select(old => found.FindIndex(pair => pair.Old == old))]);
    }

    // What never varies tells no two states apart.
    private static double[] Scale(IReadOnlyList<float[]> failures, IReadOnlyList<float[]> demonstrations)
    {
        float[][] all = [.. failures, .. demonstrations];
        return [.. Enumerable.Range(0, all[0].Length).Select(d =>
        {
            double mean = all.Average(row => row[d]), variance = all.Average(row => (row[d] - mean) * (row[d] - mean));
            return variance > 1e-12 ? Math.Sqrt(variance) : 1;
        })];
    }

    private static double[] Scaled(float[] row, double[] scale) => [.. row.Select((value, d) => value / scale[d])];

    private static int[] Clusters(double[][] points, int count, RandomStream random)
    {
        // k-means++: each further center is drawn with probability proportional to its squared distance from those there are.
        List<double[]> centers = [points[(int)random.NextInteger(points.Length)]];
        while (centers.Count < count)
        {
            double[] weight = [.. points.Select(point => centers.Min(center => Math.Pow(Distance(point, center), 2)))];
            double left = random.NextUniform() * weight.Sum();
            if (left <= 0) break;
            int chosen = 0;
            while (chosen < points.Length - 1 && (left -= weight[chosen]) > 0) chosen++;
            centers.Add(points[chosen]);
        }

        int[] of = [.. points.Select(point => Nearest(point, centers))];
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            for (int c = 0; c < centers.Count; c++)
            {
                double[][] members = [.. points.Where((_, i) => of[i] == c)];
                if (members.Length > 0) centers[c] = Mean(members);
            }

            int[] next = [.. points.Select(point => Nearest(point, centers))];
            if (next.AsSpan().SequenceEqual(of)) break;
            of = next;
        }

        return of;
    }

    private static int Nearest(double[] point, List<double[]> centers) => Enumerable.Range(0, centers.Count).MinBy(c => Distance(point, centers[c]));

    private static double[] Mean(double[][] rows) => [.. Enumerable.Range(0, rows[0].Length).Select(d => rows.Average(row => row[d]))];

    private static double Distance(double[] a, double[] b)
    {
        double sum = 0;
        for (int d = 0; d < a.Length; d++) sum += (a[d] - b[d]) * (a[d] - b[d]);
        return Math.Sqrt(sum);
    }
}
