namespace BehaviorCloning.Features;

/// <summary>
/// Each pixel's neighborhood as a quadratic, f(x, y) = c + bx x + by y + axx x² + 2 axy x y + ayy y², by Gaussian-weighted least squares
/// (Farnebäck 2003). The constant is not kept.
/// </summary>
internal sealed class PolynomialExpansion
{
    /// <summary>bx, by, axx, axy, ayy.</summary>
    public const int Coefficients = 5;

    private readonly float[] values;
    private readonly int width;
    private readonly int height;

    public PolynomialExpansion(GrayImage image, double deviation)
    {
        (width, height) = (image.Width, image.Height);
        values = new float[width * height * Coefficients];

        // The weights are separable, so every moment is a correlation along rows, then along columns.
        float[] weight = SeparableFilter.Gaussian(deviation);
        int reach = weight.Length / 2;
        float[] first = [.. weight.Select((w, i) => w * (i - reach))], second = [.. weight.Select((w, i) => w * (i - reach) * (i - reach))];
        double s2 = 0, s4 = 0;
        for (int i = 0; i < weight.Length; i++)
        {
            double square = (double)(i - reach) * (i - reach);
            s2 += weight[i] * square;
            s4 += weight[i] * square * square;
        }

        float[] row0 = Row(weight), row1 = Row(first), row2 = Row(second), moment = new float[width * height], mean = new float[width * height];
        SeparableFilter.Columns(row0, mean, width, height, weight);
        // 1, x², y² are correlated under the weights, and nothing else is: subtracting s2 of the mean takes them apart.
        double square2 = s4 - (s2 * s2);
        Put(0, row1, weight, 1 / s2, 0);
        Put(1, row0, first, 1 / s2, 0);
        Put(2, row2, weight, 1 / square2, s2);
        Put(3, row1, first, 0.5 / (s2 * s2), 0);
        Put(4, row0, second, 1 / square2, s2);

        float[] Row(float[] kernel)
        {
            float[] result = new float[width * height];
            SeparableFilter.Rows(image.Pixels, result, width, height, kernel);
            return result;
        }

        void Put(int coefficient, float[] row, float[] kernel, double scale, double ofMean)
        {
            SeparableFilter.Columns(row, moment, width, height, kernel);
            (float factor, float share) = ((float)scale, (float)ofMean);
            for (int i = 0; i < moment.Length; i++) values[(i * Coefficients) + coefficient] = factor * (moment[i] - (share * mean[i]));
        }
    }

    /// <summary>The coefficients of a pixel by its index.</summary>
    public ReadOnlySpan<float> At(int index) => values.AsSpan(index * Coefficients, Coefficients);

    /// <summary>Bilinear between pixels.</summary>
    public void Sample(float x, float y, Span<float> coefficients)
    {
        int x0 = Math.Min((int)x, Math.Max(width - 2, 0)), y0 = Math.Min((int)y, Math.Max(height - 2, 0));
        int right = width > 1 ? Coefficients : 0, below = height > 1 ? width * Coefficients : 0;
        float dx = x - x0, dy = y - y0, w00 = (1 - dx) * (1 - dy), w01 = dx * (1 - dy), w10 = (1 - dx) * dy, w11 = dx * dy;
        ReadOnlySpan<float> a = values.AsSpan(((y0 * width) + x0) * Coefficients);
        for (int i = 0; i < Coefficients; i++) coefficients[i] = (w00 * a[i]) + (w01 * a[right + i]) + (w10 * a[below + i]) + (w11 * a[below + right + i]);
    }
}
