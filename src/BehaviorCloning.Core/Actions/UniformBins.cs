namespace BehaviorCloning.Actions;

/// <summary>Equal bins of every dimension between its low and its high: bin <c>min(count - 1, floor(count (x - low) / (high - low)))</c>.</summary>
/// <remarks>
/// Values outside fall into the outermost bins. A dimension whose low is its high is constant: its bin is 0 and stands for that value.
/// OpenVLA's rule differs: its 256 edges make 255 bins.
/// </remarks>
public sealed class UniformBins
{
    private readonly float[] low;
    private readonly float[] high;

    /// <summary>Lays out bins.</summary>
    /// <param name="low">The lower end of each dimension.</param>
    /// <param name="high">The upper end of each dimension.</param>
    /// <param name="count">Bins a dimension. Default 256.</param>
    public UniformBins(IReadOnlyList<float> low, IReadOnlyList<float> high, int count = 256)
    {
        ArgumentNullException.ThrowIfNull(low);
        ArgumentNullException.ThrowIfNull(high);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        if (low.Count == 0 || low.Count != high.Count) throw new ArgumentException($"Bins need a low and a high of every dimension; got {low.Count} and {high.Count}.", nameof(high));
        for (int i = 0; i < low.Count; i++)
        {
            if (!(low[i] <= high[i] && float.IsFinite(high[i] - low[i]))) throw new ArgumentException($"Dimension {i} has bins from {low[i]} to {high[i]}: finite values in this order were expected.", nameof(high));
        }

        this.low = [.. low];
        this.high = [.. high];
        Count = count;
    }

    /// <summary>Bins a dimension.</summary>
    public int Count { get; }

    /// <summary>Values an action.</summary>
    public int Dimension => low.Length;

    /// <summary>The bins of a chunk.</summary>
    /// <param name="actions">Row-major [H, dimension].</param>
    /// <returns>Row-major [H, dimension], each 0 .. <see cref="Count"/> - 1.</returns>
    /// <exception cref="ArgumentException">The length does not fit, or a value is not finite.</exception>
    public int[] Encode(ReadOnlySpan<float> actions)
    {
        Require(actions.Length);
        int bad = FiniteCheck.FirstNonFinite(actions);
        if (bad >= 0) throw new ArgumentException($"Action {bad / Dimension}, dimension {bad % Dimension}, is {actions[bad]}: only finite values have a bin.", nameof(actions));
        int[] bins = new int[actions.Length];
        for (int i = 0; i < bins.Length; i++)
        {
            int d = i % Dimension;
            float width = high[d] - low[d];
            bins[i] = width > 0 ? (int)Math.Clamp(MathF.Floor((actions[i] - low[d]) / width * Count), 0, Count - 1) : 0;
        }

        return bins;
    }

    /// <summary>The centers of bins.</summary>
    /// <param name="bins">Row-major [H, dimension].</param>
    /// <exception cref="ArgumentException">The length does not fit, or there is no such bin.</exception>
    public float[] Decode(ReadOnlySpan<int> bins)
    {
        Require(bins.Length);
        float[] actions = new float[bins.Length];
        for (int i = 0; i < actions.Length; i++)
        {
            if ((uint)bins[i] >= (uint)Count) throw new ArgumentException($"Bin {bins[i]} of action {i / Dimension}, dimension {i % Dimension}, is none of 0 .. {Count - 1}.", nameof(bins));
            int d = i % Dimension;
            actions[i] = low[d] + ((bins[i] + 0.5f) / Count * (high[d] - low[d]));
        }

        return actions;
    }

    private void Require(int length)
    {
        if (length == 0 || length % Dimension != 0) throw new ArgumentException($"A chunk of {Dimension}-dimensional actions needs a positive multiple of {Dimension} values; got {length}.");
    }
}
