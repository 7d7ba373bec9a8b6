namespace BehaviorCloning.Features;

/// <summary>Options of <see cref="OpticalFlow"/>.</summary>
public sealed record OpticalFlowOptions
{
    /// <summary>The coarsest image of the pyramid has at least so many pixels on its shorter side; each motion there must be a few pixels. Default 16.</summary>
    public int CoarsestSide { get; init; } = 16;

    /// <summary>Improvements on each size. Default 4.</summary>
    public int Iterations { get; init; } = 4;

    /// <summary>Deviation of the Gaussian under which a neighborhood is taken for a quadratic. Default 1.1 pixels.</summary>
    public double PolynomialDeviation { get; init; } = 1.1;

    /// <summary>Deviation of the Gaussian under which the motion is taken for constant: larger is calmer, smaller is sharper at borders of objects. Default 4 pixels.</summary>
    public double WindowDeviation { get; init; } = 4;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (CoarsestSide < 8) yield return $"{nameof(CoarsestSide)} {CoarsestSide} must be at least 8.";
        if (Iterations is < 1 or > 100) yield return $"{nameof(Iterations)} {Iterations} must be 1 to 100.";
        if (!(PolynomialDeviation is >= 0.5 and <= 20)) yield return $"{nameof(PolynomialDeviation)} {PolynomialDeviation} must be 0.5 to 20.";
        if (!(WindowDeviation is >= 0.5 and <= 100)) yield return $"{nameof(WindowDeviation)} {WindowDeviation} must be 0.5 to 100.";
    }
}

/// <summary>
/// Dense motion between two images by polynomial expansion (Farnebäck, "Two-Frame Motion Estimation Based on Polynomial Expansion", SCIA 2003), from
/// coarse to fine.
/// </summary>
/// <remarks>
/// <code>
/// around each pixel   f(p) = p'A p + b'p + c                    weighted least squares, Gaussian
/// if f2(p) = f1(p - d):   2 A d = b1 - b2                        A = (A1(p) + A2(p + d0)) / 2
/// with a guess d0:    db = (b1(p) - b2(p + d0)) / 2 + A d0,   d = (sum w A'A)^-1 sum w A'db
/// </code>
/// </remarks>
public sealed class OpticalFlow
{
    private readonly OpticalFlowOptions options;

    /// <summary>Makes an estimator. It may be used by several threads.</summary>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    public OpticalFlow(OpticalFlowOptions? options = null)
    {
        this.options = options ?? new OpticalFlowOptions();
        string[] problems = [.. this.options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
    }

    /// <summary>Estimates the motion of every pixel of the first image.</summary>
    /// <exception cref="ArgumentException">The images differ in size.</exception>
    public FlowField Estimate(GrayImage previous, GrayImage next)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(next);
        if (previous.Width != next.Width || previous.Height != next.Height)
            throw new ArgumentException($"The images are {previous.Width} x {previous.Height} and {next.Width} x {next.Height}; flow needs one size.", nameof(next));
        List<(GrayImage Previous, GrayImage Next)> pyramid = [(previous, next)];
        while (Math.Min(pyramid[^1].Previous.Width, pyramid[^1].Previous.Height) >= 2 * options.CoarsestSide)
            pyramid.Add((pyramid[^1].Previous.Blurred(1).Halved(), pyramid[^1].Next.Blurred(1).Halved()));

        FlowField? flow = null;
        for (int level = pyramid.Count - 1; level >= 0; level--)
        {
            (GrayImage a, GrayImage b) = pyramid[level];
            FlowField finer = flow is null ? new FlowField(a.Width, a.Height) : Enlarged(flow, a.Width, a.Height);
            var first = new PolynomialExpansion(a, options.PolynomialDeviation);
            var second = new PolynomialExpansion(b, options.PolynomialDeviation);
            for (int i = 0; i < options.Iterations; i++) Improve(finer, first, second);
            flow = finer;
        }

        return flow!;
    }

    // Pixel x of the finer image is pixel x / 2 of the coarser one, and motions are twice as long.
    private static FlowField Enlarged(FlowField coarse, int width, int height)
    {
        var fine = new FlowField(width, height);
        for (int y = 0; y < height; y++)
        {
            int y0 = y / 2, y1 = Math.Min(y0 + (y % 2), coarse.Height - 1);
            for (int x = 0; x < width; x++)
            {
                int x0 = x / 2, x1 = Math.Min(x0 + (x % 2), coarse.Width - 1), at = (y * width) + x;
                int a = (y0 * coarse.Width) + x0, b = (y0 * coarse.Width) + x1, c = (y1 * coarse.Width) + x0, d = (y1 * coarse.Width) + x1;
                fine.Horizontal[at] = 0.5f * (coarse.Horizontal[a] + coarse.Horizontal[b] + coarse.Horizontal[c] + coarse.Horizontal[d]);
                fine.Vertical[at] = 0.5f * (coarse.Vertical[a] + coarse.Vertical[b] + coarse.Vertical[c] + coarse.Vertical[d]);
            }
        }

        return fine;
    }

    private void Improve(FlowField flow, PolynomialExpansion first, PolynomialExpansion second)
    {
        int width = flow.Width, height = flow.Height, count = width * height;
        float[] xx = new float[count], xy = new float[count], yy = new float[count], hx = new float[count], hy = new float[count];
        Span<float> there = stackalloc float[PolynomialExpansion.Coefficients];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = (y * width) + x;
                float u = flow.Horizontal[at], v = flow.Vertical[at], toX = x + u, toY = y + v;
                // What moves out of the image says nothing; its neighbors decide.
                if (!(toX >= 0 && toX <= width - 1 && toY >= 0 && toY <= height - 1)) continue;
                second.Sample(toX, toY, there);
                ReadOnlySpan<float> here = first.At(at);
                float a = 0.5f * (here[2] + there[2]), b = 0.5f * (here[3] + there[3]), c = 0.5f * (here[4] + there[4]);
                float dbx = (0.5f * (here[0] - there[0])) + (a * u) + (b * v), dby = (0.5f * (here[1] - there[1])) + (b * u) + (c * v);
                xx[at] = (a * a) + (b * b);
                xy[at] = b * (a + c);
                yy[at] = (b * b) + (c * c);
                hx[at] = (a * dbx) + (b * dby);
                hy[at] = (b * dbx) + (c * dby);
            }
        }

        float[] kernel = SeparableFilter.Gaussian(options.WindowDeviation), spare = new float[count];
        foreach (float[] sum in (float[][])[xx, xy, yy, hx, hy])
        {
            SeparableFilter.Rows(sum, spare, width, height, kernel);
            SeparableFilter.Columns(spare, sum, width, height, kernel);
        }

        for (int at = 0; at < count; at++)
        {
            // Where nothing is to be seen the motion stays what the coarser image said, instead of becoming anything at all.
            const float Weak = 1e-9f;
            float a = xx[at] + Weak, c = yy[at] + Weak, b = xy[at], determinant = (a * c) - (b * b);
            float rx = hx[at] + (Weak * flow.Horizontal[at]), ry = hy[at] + (Weak * flow.Vertical[at]);
            flow.Horizontal[at] = ((c * rx) - (b * ry)) / determinant;
            flow.Vertical[at] = ((a * ry) - (b * rx)) / determinant;
        }
    }
}
