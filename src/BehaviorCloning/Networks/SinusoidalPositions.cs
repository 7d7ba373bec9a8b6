using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Fixed tables of sines and cosines that say where a token stands (Vaswani et al., arXiv 1706.03762; in two dimensions DETR's).</summary>
public static class SinusoidalPositions
{
    private const double Temperature = 10000;

    /// <summary>Positions in a sequence: value j of position p is the sine (j even) or cosine (j odd) of p / 10000^(2 floor(j/2) / width).</summary>
    /// <returns>[length, width].</returns>
    public static Tensor Sequence(int length, int width)
    {
        float[] table = new float[length * width];
        for (int p = 0; p < length; p++) Fill(table.AsSpan(p * width, width), p);
        return tensor(table, [length, width]);
    }

    /// <summary>
    /// Positions on a map: half the values for the row, then half for the column; coordinates are (1..extent) / (extent + 1e-6) * 2 pi, so that maps
    /// of different sizes share one scale.
    /// </summary>
    /// <param name="height">Rows of the map.</param>
    /// <param name="width">Columns of the map.</param>
    /// <param name="tokenWidth">Width of a token; a multiple of 4.</param>
    /// <returns>[height * width, tokenWidth], row by row.</returns>
    public static Tensor Map(int height, int width, int tokenWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tokenWidth % 4, 0, nameof(tokenWidth));
        int half = tokenWidth / 2;
        float[] table = new float[height * width * tokenWidth];
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                Span<float> token = table.AsSpan(((row * width) + column) * tokenWidth, tokenWidth);
                Fill(token[..half], (row + 1) / (height + 1e-6) * 2 * Math.PI);
                Fill(token[half..], (column + 1) / (width + 1e-6) * 2 * Math.PI);
            }
        }

        return tensor(table, [height * width, tokenWidth]);
    }

    /// <summary>
    /// Positions of patches, as masked autoencoders have them (He et al., arXiv 2111.06377): half the values for the column, then half for the row, each half
    /// all sines, then all cosines, of index / 10000^(i / n) for i = 0..n-1, n = tokenWidth / 4.
    /// </summary>
    /// <param name="height">Rows of patches.</param>
    /// <param name="width">Columns of patches.</param>
    /// <param name="tokenWidth">Width of a token; a multiple of 4.</param>
    /// <returns>[height * width, tokenWidth], row by row.</returns>
    public static Tensor Patches(int height, int width, int tokenWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tokenWidth % 4, 0, nameof(tokenWidth));
        int quarter = tokenWidth / 4;
        float[] table = new float[height * width * tokenWidth];
        for (int patch = 0; patch < height * width; patch++)
        {
            Span<float> token = table.AsSpan(patch * tokenWidth, tokenWidth);
            for (int i = 0; i < quarter; i++)
            {
                double frequency = Math.Pow(Temperature, -(double)i / quarter);
                (double column, double row) = (patch % width * frequency, patch / width * frequency);
                (token[i], token[quarter + i]) = ((float)Math.Sin(column), (float)Math.Cos(column));
                (token[(2 * quarter) + i], token[(3 * quarter) + i]) = ((float)Math.Sin(row), (float)Math.Cos(row));
            }
        }

        return tensor(table, [height * width, tokenWidth]);
    }

    private static void Fill(Span<float> values, double position)
    {
        for (int j = 0; j < values.Length; j++)
        {
            double angle = position / Math.Pow(Temperature, 2.0 * (j / 2) / values.Length);
            values[j] = (float)(j % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
        }
    }
}
