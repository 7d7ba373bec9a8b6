namespace BehaviorCloning;

/// <summary>
/// The actions of one inference, in raw units. Index 0 belongs to the control step of the newest observation the policy saw.
/// Every value is finite: a chunk with a NaN or an infinity cannot be made.
/// </summary>
public sealed class ActionChunk
{
    private readonly float[] values;

    /// <summary>Takes over the values of a chunk.</summary>
    /// <param name="values">Row-major [Tp, Da]. The array is kept, not copied.</param>
    /// <param name="dimension">Da.</param>
    /// <exception cref="ArgumentException">The length is not a positive multiple of the dimension, or a value is not finite.</exception>
    public ActionChunk(float[] values, int dimension)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (values.Length == 0 || values.Length % dimension != 0)
            throw new ArgumentException($"A chunk of {dimension}-dimensional actions needs a positive multiple of {dimension} values; got {values.Length}.", nameof(values));
        int bad = FiniteCheck.FirstNonFinite(values);
        if (bad >= 0)
            throw new ArgumentException($"The policy produced {values[bad]} for action {bad / dimension}, dimension {bad % dimension}. A chunk must be finite: nothing was sent to the robot.", nameof(values));
        this.values = values;
        Dimension = dimension;
    }

    /// <summary>Tp: how many actions there are.</summary>
    public int Length => values.Length / Dimension;

    /// <summary>Da: values an action.</summary>
    public int Dimension { get; }

    /// <summary>All values, row-major [Tp, Da].</summary>
    public ReadOnlyMemory<float> Values => values;

    /// <summary>The action at a chunk index.</summary>
    public ReadOnlySpan<float> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
            return values.AsSpan(index * Dimension, Dimension);
        }
    }
}
