using System.Numerics;

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
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = source.AsSpan(y * width, width);
            padded.AsSpan(0, reach).Fill(row[0]);
            row.CopyTo(padded.AsSpan(reach));
            padded.AsSpan(reach + width).Fill(row[^1]);
            Span<float> output = target.AsSpan(y * width, width);
            int x = 0;
            for (; x <= width - Vector<float>.Count; x += Vector<float>.Count)
            {
                Vector<float> sum = Vector<float>.Zero;
                for (int i = 0; i < kernel.Length; i++) sum += new Vector<float>(padded.AsSpan(x + i)) * kernel[i];
                sum.CopyTo(output[x..]);
            }

            for (; x < width; x++)
            {
                float sum = 0;
                for (int i = 0; i < kernel.Length; i++) sum += padded[x + i] * kernel[i];
                output[x] = sum;
            }
        }
    }

    /// <summary>Correlates along columns.</summary>
    public static void Columns(float[] source, float[] target, int width, int height, float[] kernel)
    {
        int reach = kernel.Length / 2;
        for (int y = 0; y < height; y++)
        {
            Span<float> output = target.AsSpan(y * width, width);
            int x = 0;
            for (; x <= width - Vector<float>.Count; x += Vector<float>.Count)
            {
                Vector<float> sum = Vector<float>.Zero;
                for (int i = 0; i < kernel.Length; i++) sum += new Vector<float>(source.AsSpan((Math.Clamp(y + i - reach, 0, height - 1) * width) + x)) * kernel[i];
                sum.CopyTo(output[x..]);
            }

            for (; x < width; x++)
            {
                float sum = 0;
                for (int i = 0; i < kernel.Length; i++) sum += source[(Math.Clamp(y + i - reach, 0, height - 1) * width) + x] * kernel[i];
                output[x] = sum;
            }
        }
    }
}
