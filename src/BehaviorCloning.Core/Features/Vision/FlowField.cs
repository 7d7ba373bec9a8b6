namespace BehaviorCloning.Features;

/// <summary>How far each pixel of an image has moved in the next one: next(x + U, y + V) shows what previous(x, y) showed.</summary>
public sealed class FlowField
{
    internal FlowField(int width, int height)
    {
        Width = width;
        Height = height;
        Horizontal = new float[width * height];
        Vertical = new float[width * height];
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Motion to the right in pixels, row by row.</summary>
    public ReadOnlyMemory<float> U => Horizontal;

    /// <summary>Motion downwards in pixels, row by row.</summary>
    public ReadOnlyMemory<float> V => Vertical;

    internal float[] Horizontal { get; }

    internal float[] Vertical { get; }

    /// <summary>The motion of a pixel.</summary>
    public (float U, float V) this[int x, int y] => (Horizontal[(y * Width) + x], Vertical[(y * Width) + x]);

    /// <summary>The mean motion in each cell of a grid that divides the image evenly.</summary>
    /// <param name="rows">Cells from top to bottom.</param>
    /// <param name="columns">Cells from left to right.</param>
    /// <param name="destination">Receives [rows, columns, 2]: u and v of each cell.</param>
    /// <exception cref="ArgumentException">There are more cells than pixels, or the destination has another size.</exception>
    public void CellMeans(int rows, int columns, Span<float> destination)
    {
        if (rows < 1 || rows > Height || columns < 1 || columns > Width || destination.Length != rows * columns * 2)
            throw new ArgumentException($"A flow field of {Width} x {Height} cannot be read as {rows} rows and {columns} columns into {destination.Length} values; {rows * columns * 2} are needed.", nameof(destination));
        for (int row = 0; row < rows; row++)
        {
            int top = row * Height / rows, bottom = (row + 1) * Height / rows;
            for (int column = 0; column < columns; column++)
            {
                int left = column * Width / columns, right = (column + 1) * Width / columns;
                double u = 0, v = 0;
                for (int y = top; y < bottom; y++)
                {
                    for (int x = left; x < right; x++)
                    {
                        u += Horizontal[(y * Width) + x];
                        v += Vertical[(y * Width) + x];
                    }
                }

                int count = (bottom - top) * (right - left);
                destination[((row * columns) + column) * 2] = (float)(u / count);
                destination[(((row * columns) + column) * 2) + 1] = (float)(v / count);
            }
        }
    }
}
