namespace BehaviorCloning.Datasets;

/// <summary>
/// Statistics of any number of rows in one pass and bounded memory. Mean, deviation and extremes are exact (Welford's recurrence in
/// double precision). Quantiles are exact up to <see cref="SampleLimit"/> rows; beyond, they are those of a uniform sample of that
/// many rows (reservoir sampling, seeded), whose standard error at 1 % is 0.0001 of the ranks for a million rows.
/// </summary>
public sealed class StreamingStatistics
{
    /// <summary>How many rows the quantiles are exact for, unless told otherwise: 1,000,000.</summary>
    public const int DefaultSampleLimit = 1_000_000;

    private readonly double[] mean;
    private readonly double[] squares;      // sum of squared distances from the mean
    private readonly float[] minimum;
    private readonly float[] maximum;
    private readonly List<float> sample = [];
    private SplitMix64 random;

    /// <summary>Statistics of nothing yet.</summary>
    /// <param name="dimension">Values a row.</param>
    /// <param name="sampleLimit">Rows kept for the quantiles.</param>
    /// <param name="seed">Chooses the sample where there are more rows than are kept.</param>
    public StreamingStatistics(int dimension, int sampleLimit = DefaultSampleLimit, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleLimit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)sampleLimit * dimension, Array.MaxLength, nameof(sampleLimit));
        Dimension = dimension;
        SampleLimit = sampleLimit;
        mean = new double[dimension];
        squares = new double[dimension];
        minimum = new float[dimension];
        maximum = new float[dimension];
        Array.Fill(minimum, float.PositiveInfinity);
        Array.Fill(maximum, float.NegativeInfinity);
        random = new SplitMix64(seed);
    }

    /// <summary>Values a row.</summary>
    public int Dimension { get; }

    /// <summary>Rows kept for the quantiles.</summary>
    public int SampleLimit { get; }

    /// <summary>Rows seen so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds rows.</summary>
    /// <param name="rows">Row-major [any number, dimension].</param>
    /// <exception cref="ArgumentException">The length is no multiple of the dimension, or a value is not finite; nothing was added.</exception>
    public void Add(ReadOnlySpan<float> rows)
    {
        if (rows.Length % Dimension != 0)
            throw new ArgumentException($"Rows of {Dimension} values were expected; {rows.Length} values are no whole number of them.", nameof(rows));
        int bad = FiniteCheck.FirstNonFinite(rows);
        if (bad >= 0)
            throw new ArgumentException($"Row {Count + (bad / Dimension)}, dimension {bad % Dimension} is {rows[bad]}. Statistics need finite values: clean or drop that episode.", nameof(rows));

        for (; !rows.IsEmpty; rows = rows[Dimension..])
        {
            ReadOnlySpan<float> row = rows[..Dimension];
            Count++;
            for (int d = 0; d < row.Length; d++)
            {
                double before = row[d] - mean[d];
                mean[d] += before / Count;
                squares[d] += before * (row[d] - mean[d]);
                minimum[d] = Math.Min(minimum[d], row[d]);
                maximum[d] = Math.Max(maximum[d], row[d]);
            }

            Keep(row);
        }
    }

    /// <summary>Adds everything another instance has seen, as if its rows had come here.</summary>
    /// <exception cref="ArgumentException">Dimensions or sample limits differ.</exception>
    public void Merge(StreamingStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Dimension != Dimension || other.SampleLimit != SampleLimit)
            throw new ArgumentException($"Only statistics of {Dimension} dimensions and sample limit {SampleLimit} can be merged; got {other.Dimension} and {other.SampleLimit}.", nameof(other));
        if (other.Count == 0) return;

        MergeSamples(other);
        long total = Count + other.Count;
        for (int d = 0; d < Dimension; d++)
        {
            // Chan, Golub and LeVeque (1979): how two means and sums of squares join.
            double between = other.mean[d] - mean[d];
            mean[d] += between * other.Count / total;
            squares[d] += other.squares[d] + (between * between * Count / total * other.Count);
            minimum[d] = Math.Min(minimum[d], other.minimum[d]);
            maximum[d] = Math.Max(maximum[d], other.maximum[d]);
        }

        Count = total;
    }

    /// <summary>The statistics of all rows seen so far.</summary>
    /// <exception cref="InvalidOperationException">No row was added.</exception>
    public FeatureStatistics ToStatistics()
    {
        if (Count == 0) throw new InvalidOperationException("No row was added, so there are no statistics.");
        double[] low = new double[Dimension], high = new double[Dimension];
        float[] column = new float[sample.Count / Dimension];
        for (int d = 0; d < Dimension; d++)
        {
            for (int row = 0; row < column.Length; row++) column[row] = sample[(row * Dimension) + d];
            Array.Sort(column);
            low[d] = Quantile(column, 0.01);
            high[d] = Quantile(column, 0.99);
        }

        return new FeatureStatistics
        {
            Count = Count,
            Mean = [.. mean],
            StandardDeviation = [.. squares.Select(sum => Math.Sqrt(sum / Count))],
            Minimum = [.. minimum.Select(value => (double)value)],
            Maximum = [.. maximum.Select(value => (double)value)],
            Quantile01 = low,
            Quantile99 = high,
        };
    }

    /// <summary>Linear interpolation between ranks, numpy's default: rank q (n - 1).</summary>
    internal static double Quantile(ReadOnlySpan<float> sorted, double q)
    {
        double rank = q * (sorted.Length - 1);
        int below = (int)rank, above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((rank - below) * ((double)sorted[above] - sorted[below]));
    }

    // Vitter's algorithm R: row number n takes the place of a kept row with probability limit / n.
    private void Keep(ReadOnlySpan<float> row)
    {
        if (Count <= SampleLimit)
        {
            sample.AddRange(row);
            return;
        }

        long place = random.Below(Count);
        if (place >= SampleLimit) return;
        row.CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sample).Slice((int)place * Dimension, Dimension));
    }

    // A uniform sample of both: at each draw, each side is as likely as the rows it still stands for.
    private void MergeSamples(StreamingStatistics other)
    {
        if (Count + other.Count <= SampleLimit)
        {
            sample.AddRange(other.sample);
            return;
        }

        List<int> mine = Shuffled(sample.Count / Dimension), theirs = Shuffled(other.sample.Count / Dimension);
        long mineLeft = Count, theirsLeft = other.Count;
        List<float> merged = new(SampleLimit * Dimension);
        for (int drawn = 0; drawn < SampleLimit; drawn++)
        {
            bool fromMine = random.Below(mineLeft + theirsLeft) < mineLeft;
            (List<float> from, List<int> order) = fromMine ? (sample, mine) : (other.sample, theirs);
            if (fromMine) mineLeft--;
            else theirsLeft--;
            merged.AddRange(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(from).Slice(order[^1] * Dimension, Dimension));
            order.RemoveAt(order.Count - 1);
        }

        sample.Clear();
        sample.AddRange(merged);
    }

    private List<int> Shuffled(int count)
    {
        List<int> order = [.. Enumerable.Range(0, count)];
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(order));
        return order;
    }
}
