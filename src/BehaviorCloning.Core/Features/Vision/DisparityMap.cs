namespace BehaviorCloning.Features;

/// <summary>How far each pixel of the left image of a rectified pair lies to the left in the right image. What is not known is NaN, never zero.</summary>
public sealed class DisparityMap
{
    private readonly float[] disparities;

    internal DisparityMap(int width, int height, float[] disparities)
    {
        Width = width;
        Height = height;
        this.disparities = disparities;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Pixels, row by row; NaN where the right image does not show the point, or nothing tells where.</summary>
    public ReadOnlyMemory<float> Disparities => disparities;

    /// <summary>The disparity of a pixel, or NaN.</summary>
    public float this[int x, int y] => disparities[(y * Width) + x];

    /// <summary>Whether a pixel's disparity is known.</summary>
    public bool IsValid(int x, int y) => !float.IsNaN(this[x, y]);

    /// <summary>The share of pixels whose disparity is known.</summary>
    public double ValidShare => (double)disparities.Count(d => !float.IsNaN(d)) / disparities.Length;

    /// <summary>Distances along the optical axis: focal length x baseline / (disparity + offset).</summary>
    /// <param name="focalLength">Of the rectified cameras, in pixels.</param>
    /// <param name="baseline">Between the cameras, in meters; the result has its unit.</param>
    /// <param name="principalOffset">Right minus left principal point, in pixels. Default 0.</param>
    /// <returns>Row by row; NaN where the disparity is unknown or not positive (infinitely far).</returns>
    /// <exception cref="ArgumentException">Focal length or baseline are not positive.</exception>
    public float[] ToDepth(double focalLength, double baseline, double principalOffset = 0)
    {
        if (!(focalLength > 0 && double.IsFinite(focalLength)) || !(baseline > 0 && double.IsFinite(baseline)) || !double.IsFinite(principalOffset))
            throw new ArgumentException($"A focal length of {focalLength} pixels, a baseline of {baseline} and an offset of {principalOffset} make no depth: the first two must be positive.");
        float[] depth = new float[disparities.Length];
        for (int i = 0; i < depth.Length; i++)
        {
            double shift = disparities[i] + principalOffset;
            depth[i] = shift > 0 ? (float)(focalLength * baseline / shift) : float.NaN;
        }

        return depth;
    }

    /// <summary>The mean disparity of the known pixels in each cell of a grid that divides the image evenly, and their share.</summary>
    /// <param name="rows">Cells from top to bottom.</param>
    /// <param name="columns">Cells from left to right.</param>
    /// <param name="destination">Receives [rows, columns, 2]: mean (0 where none is known) and share of known pixels, so that a zero is told from a guess.</param>
    /// <exception cref="ArgumentException">There are more cells than pixels, or the destination has another size.</exception>
    public void CellMeans(int rows, int columns, Span<float> destination)
    {
        if (rows < 1 || rows > Height || columns < 1 || columns > Width || destination.Length != rows * columns * 2)
            throw new ArgumentException($"A disparity map of {Width} x {Height} cannot be read as {rows} rows and {columns} columns into {destination.Length} values; {rows * columns * 2} are needed.", nameof(destination));
        for (int row = 0; row < rows; row++)
        {
            int top = row * Height / rows, bottom = (row + 1) * Height / rows;
            for (int column = 0; column < columns; column++)
            {
                int left = column * Width / columns, right = (column + 1) * Width / columns, known = 0;
                double sum = 0;
                for (int y = top; y < bottom; y++)
                {
                    for (int x = left; x < right; x++)
                    {
                        if (float.IsNaN(this[x, y])) continue;
                        known++;
                        sum += this[x, y];
                    }
                }

                int at = ((row * columns) + column) * 2;
                destination[at] = known == 0 ? 0 : (float)(sum / known);
                destination[at + 1] = (float)known / ((bottom - top) * (right - left));
            }
        }
    }
}
