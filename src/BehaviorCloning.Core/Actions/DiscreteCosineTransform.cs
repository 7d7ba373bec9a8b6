using System.Numerics;
using System.Runtime.InteropServices;

namespace BehaviorCloning.Actions;

/// <summary>
/// The orthonormal DCT-II along the steps of a chunk, and its inverse: coefficient f of a dimension is
/// <c>a_f sum_t x_t cos(pi (t + 1/2) f / H)</c> with <c>a_0 = sqrt(1/H)</c> and <c>a_f = sqrt(2/H)</c>. Lengths are kept, so an error
/// of the coefficients is an error of the same size in the actions.
/// </summary>
public sealed class DiscreteCosineTransform
{
    // [f, t], row-major.
    private readonly double[] matrix;

    /// <summary>Prepares it for chunks of a length.</summary>
    /// <param name="length">H: steps of a chunk, at least 1.</param>
    public DiscreteCosineTransform(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        matrix = new double[length * length];
        for (int f = 0; f < length; f++)
        {
            double scale = Math.Sqrt((f == 0 ? 1.0 : 2.0) / length);
            for (int t = 0; t < length; t++) matrix[(f * length) + t] = scale * Math.Cos(Math.PI * (t + 0.5) * f / length);
        }
    }

    /// <summary>H: steps of a chunk.</summary>
    public int Length { get; }

    /// <summary>Actions to coefficients.</summary>
    /// <param name="actions">Row-major [H, dimension].</param>
    /// <param name="coefficients">Receives row-major [H, dimension], low frequencies first.</param>
    /// <param name="dimension">Values an action.</param>
    public void Forward(ReadOnlySpan<double> actions, Span<double> coefficients, int dimension)
    {
        Require(actions.Length, coefficients.Length, dimension);
        for (int f = 0; f < Length; f++)
        {
            Span<double> row = coefficients.Slice(f * dimension, dimension);
            row.Clear();
            for (int t = 0; t < Length; t++) AddScaled(row, actions.Slice(t * dimension, dimension), matrix[(f * Length) + t]);
        }
    }

    /// <summary>Coefficients to actions. Frequencies whose coefficients are all zero cost nothing.</summary>
    /// <param name="coefficients">Row-major [H, dimension], low frequencies first.</param>
    /// <param name="actions">Receives row-major [H, dimension].</param>
    /// <param name="dimension">Values an action.</param>
    public void Inverse(ReadOnlySpan<double> coefficients, Span<double> actions, int dimension)
    {
        Require(coefficients.Length, actions.Length, dimension);
        actions.Clear();
        for (int f = 0; f < Length; f++)
        {
            ReadOnlySpan<double> row = coefficients.Slice(f * dimension, dimension);
            if (!row.ContainsAnyExcept(0.0)) continue;
            for (int t = 0; t < Length; t++) AddScaled(actions.Slice(t * dimension, dimension), row, matrix[(f * Length) + t]);
        }
    }

    private static void AddScaled(Span<double> sum, ReadOnlySpan<double> row, double factor)
    {
        Span<Vector<double>> sums = MemoryMarshal.Cast<double, Vector<double>>(sum);
        ReadOnlySpan<Vector<double>> rows = MemoryMarshal.Cast<double, Vector<double>>(row);
        for (int i = 0; i < sums.Length; i++) sums[i] += rows[i] * factor;
        for (int i = sums.Length * Vector<double>.Count; i < sum.Length; i++) sum[i] += row[i] * factor;
    }

    private void Require(int from, int to, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (from != Length * dimension || to != from)
            throw new ArgumentException($"A chunk of {Length} steps of {dimension} values has {Length * dimension} values; got {from} and room for {to}.");
    }
}
