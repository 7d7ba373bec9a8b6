using System.Numerics;
using System.Runtime.InteropServices;

namespace BehaviorCloning.Features;

/// <summary>Correlation with a kernel that is a column times a row. Beyond the border its last pixel is repeated.</summary>
internal static class SeparableFilter
{
    /// <summary>A normalized Gaussian that reaches out to four deviations.</summary>
    public static float[] Gaussian(double sigma)
    {
        int reach = Math.Max(1, (int)Math.Ceiling(4 * sigma));
        double[] values = [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(i => Math.Exp(-i * i / (2 * sigma * sigma)))];
        double sum = values.Sum();
        return [.. values.Select(v => (float)(v / sum))];
    }

    /// <summary>Correlates along rows, then along columns.</summary>
    /// <param name="source">width x height.</param>
    /// <param name="target">Receives as many; another array than the source.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="alongRow">Of odd length.</param>
    /// <param name="alongColumn">Of odd length.</param>
    public static void Apply(float[] source, float[] target, int width, int height, float[] alongRow, float[] alongColumn)
    {
        float[] between = new float[source.Length];
        Rows(source, between, width, height, alongRow);
        Columns(between, target, width, height, alongColumn);
    }

    /// <summary>Correlates along rows.</summary>
    public static void Rows(float[] source, float[] target, int width, int height, float[] kernel)
    {
        int reach = kernel.Length / 2;
        float[] padded = new float[width + (2 * reach)];
        int[] offsets = [.. Enumerable.Range(0, kernel.Length)];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = source.AsSpan(y * width, width);
            padded.AsSpan(0, reach).Fill(row[0]);
            row.CopyTo(padded.AsSpan(reach));
            padded.AsSpan(reach + width).Fill(row[^1]);
            Weigh(padded, offsets, kernel, target.AsSpan(y * width, width));
        }
    }

    /// <summary>Correlates along columns.</summary>
    public static void Columns(float[] source, float[] target, int width, int height, float[] kernel)
    {
        int reach = kernel.Length / 2;
        int[] offsets = new int[kernel.Length];
        for (int y = 0; y < height; y++)
        {
            for (int i = 0; i < offsets.Length; i++) offsets[i] = Math.Clamp(y + i - reach, 0, height - 1) * width;
            Weigh(source, offsets, kernel, target.AsSpan(y * width, width));
        }
    }

    // target[x] = sum over i of kernel[i] source[offsets[i] + x]: four vectors at a time, so that a weight is fetched once for all of them.
    private static void Weigh(float[] source, int[] offsets, float[] kernel, Span<float> target)
    {
        int n = Vector<float>.Count, x = 0;
        ref float first = ref MemoryMarshal.GetArrayDataReference(source);
        ref float output = ref MemoryMarshal.GetReference(target);
        for (; x <= target.Length - (4 * n); x += 4 * n)
        {
            Vector<float> a = Vector<float>.Zero, b = a, c = a, d = a;
            for (int i = 0; i < kernel.Length; i++)
            {
                var weight = new Vector<float>(kernel[i]);
                nuint at = (nuint)(offsets[i] + x);
                a += weight * Vector.LoadUnsafe(ref first, at);
                b += weight * Vector.LoadUnsafe(ref first, at + (nuint)n);
                c += weight * Vector.LoadUnsafe(ref first, at + (nuint)(2 * n));
                d += weight * Vector.LoadUnsafe(ref first, at + (nuint)(3 * n));
            }

            a.StoreUnsafe(ref output, (nuint)x);
            b.StoreUnsafe(ref output, (nuint)(x + n));
            c.StoreUnsafe(ref output, (nuint)(x + (2 * n)));
            d.StoreUnsafe(ref output, (nuint)(x + (3 * n)));
        }

        for (; x < target.Length; x++)
        {
            float sum = 0;
            for (int i = 0; i < kernel.Length; i++) sum += kernel[i] * source[offsets[i] + x];
            target[x] = sum;
        }
    }
}
