namespace BehaviorCloning.Simulation;

/// <summary>A square canvas of palette indices, filled by integer coordinates. What lies outside is cut off.</summary>
/// <param name="size">Height and width in pixels.</param>
internal sealed class IndexedCanvas(int size)
{
    private readonly byte[] pixels = new byte[size * size];

    /// <summary>The palette index of a pixel.</summary>
    public byte this[int x, int y] => pixels[(y * size) + x];

    /// <summary>Paints everything.</summary>
    public void Clear(byte ink) => Array.Fill(pixels, ink);

    /// <summary>Fills a polygon of at most 8 vertices, its outline included (even-odd rule).</summary>
    public void FillPolygon(ReadOnlySpan<int> xs, ReadOnlySpan<int> ys, byte ink)
    {
        int top = int.MaxValue, bottom = int.MinValue;
        foreach (int y in ys) (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
        Span<int> crossings = stackalloc int[8];
        for (int y = top; y <= bottom; y++)
        {
            int count = 0;
            for (int i = 0; i < ys.Length; i++)
            {
                int j = i == 0 ? ys.Length - 1 : i - 1;
                (int upperX, int upperY, int lowerX, int lowerY) = ys[j] < ys[i] ? (xs[j], ys[j], xs[i], ys[i]) : (xs[i], ys[i], xs[j], ys[j]);
                if (upperY == lowerY)
                {
                    if (y == upperY) HorizontalLine(Math.Min(upperX, lowerX), Math.Max(upperX, lowerX), y, ink);
                    continue;
                }

                // Half-open, so that a vertex between two edges counts once; the last row has no edge below it.
                if ((y >= upperY && y < lowerY) || (y == bottom && lowerY == bottom))
                    crossings[count++] = ((y - upperY) * (lowerX - upperX) / (lowerY - upperY)) + upperX;
            }

            Span<int> row = crossings[..count];
            row.Sort();
            for (int i = 0; i + 1 < count; i += 2) HorizontalLine(row[i], row[i + 1], y, ink);
        }
    }

    /// <summary>Fills a disc by the midpoint circle algorithm, an octant's rows at a time.</summary>
    public void FillDisc(int centerX, int centerY, int radius, byte ink)
    {
        // (x, y) walks the octant from straight below to the diagonal; error is the sign of x^2 + y^2 - r^2 at the next midpoint.
        int x = 0, y = radius, error = 1 - radius;
        while (x < y)
        {
            if (error >= 0)
            {
                y--;
                error -= 2 * y;
            }

            x++;
            error += (2 * x) + 1;
            Rows(x, y);
            Rows(y, x);
        }

        // A disc of radius r is 2 r wide: pixel centers lie half a pixel beside the lattice.
        void Rows(int half, int row)
        {
            HorizontalLine(centerX - half, centerX + half - 1, centerY + row - 1, ink);
            HorizontalLine(centerX - half, centerX + half - 1, centerY - row, ink);
        }
    }

    /// <summary>
    /// A line of even thickness without caps, by Bresenham's algorithm: stacked along the axis it is steeper against, and of two equal ones along x.
    /// </summary>
    public void ThickLine(int x1, int y1, int x2, int y2, int thickness, byte ink)
    {
        int dx = Math.Abs(x2 - x1), dy = Math.Abs(y2 - y1), stepX = x1 < x2 ? 1 : -1, stepY = y1 < y2 ? 1 : -1;
        int error = (dx > dy ? dx : -dy) / 2, before = (thickness / 2) - 1, behind = thickness / 2;
        bool steep = dx <= dy;
        for (int x = x1, y = y1; ;)
        {
            if (steep) HorizontalLine(x - before, x + behind, y, ink);
            else for (int k = -before; k <= behind; k++) HorizontalLine(x, x, y + k, ink);
            if (steep ? y == y2 : x == x2) return;
            int now = error;
            if (now > -dx)
            {
                error -= dy;
                x += stepX;
            }

            if (now < dy)
            {
                error += dx;
                y += stepY;
            }
        }
    }

    private void HorizontalLine(int from, int to, int y, byte ink)
    {
        if (y < 0 || y >= size) return;
        from = Math.Max(from, 0);
        to = Math.Min(to, size - 1);
        if (from <= to) pixels.AsSpan((y * size) + from, to - from + 1).Fill(ink);
    }
}
