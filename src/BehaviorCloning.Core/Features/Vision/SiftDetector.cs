namespace BehaviorCloning.Features;

/// <summary>
/// Scale-invariant feature transform (Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", IJCV 2004): extrema of differences of
/// Gaussians in position and scale, refined by a quadratic, each with the direction of its gradients and a descriptor relative to it.
/// </summary>
/// <remarks>
/// <code>
/// G(k) = image * Gaussian(1.6 * 2^(k / 3)),  D(k) = G(k + 1) - G(k)     k = 0 .. 5 an octave, then every second pixel
/// offset = -H^-1 g   with g, H the derivatives of D in (x, y, scale)     |D + g offset / 2| >= 0.04 / 3
/// trace(H)^2 / det(H) of the spatial part &lt; (10 + 1)^2 / 10              not on an edge
/// </code>
/// Found and described on one thread, without chance. An instance may be used by several threads.
/// </remarks>
public sealed class SiftDetector
{
    private const int Border = 5;
    private const int SmallestOctave = 12;
    private const int RefinementSteps = 5;
    private readonly SiftOptions options;

    /// <summary>Makes a detector.</summary>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    public SiftDetector(SiftOptions? options = null)
    {
        this.options = options ?? new SiftOptions();
        string[] problems = [.. this.options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
    }

    /// <summary>Finds and describes features.</summary>
    /// <returns>Those that stand out most first; none in an image without structure.</returns>
    public IReadOnlyList<SiftFeature> Detect(GrayImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        List<Extremum> extrema = [];
        List<GrayImage[]> octaves = [];
        GrayImage? first = FirstImage(image);
        double pixel = options.DoublesImage ? 0.5 : 1;
        for (int octave = 0; first is not null; octave++)
        {
            GrayImage[] levels = Levels(first);
            octaves.Add(levels);
            FindExtrema(levels, octave, extrema);
            GrayImage last = levels[options.ScalesPerOctave];
            first = Math.Min(last.Width, last.Height) >= 2 * SmallestOctave ? last.Halved() : null;
        }

        // Most prominent first; ties by place, so that the order is the same everywhere.
        IEnumerable<Extremum> ordered = extrema.OrderByDescending(e => e.Response).ThenBy(e => e.Octave).ThenBy(e => e.Y).ThenBy(e => e.X);
        List<SiftFeature> features = [];
        int limit = options.MaximumFeatures == 0 ? int.MaxValue : options.MaximumFeatures;
        foreach (Extremum e in ordered)
        {
            GrayImage level = octaves[e.Octave][e.Level];
            double size = pixel * Math.Pow(2, e.Octave);
            foreach (double angle in SiftDescriptor.Orientations(level, e.X, e.Y, e.Scale))
            {
                if (features.Count == limit) return features;
                features.Add(new SiftFeature((float)(e.X * size), (float)(e.Y * size), (float)(e.Scale * size), (float)angle, (float)e.Response, SiftDescriptor.Describe(level, e.X, e.Y, e.Scale, angle)));
            }
        }

        return features;
    }

    private GrayImage? FirstImage(GrayImage image)
    {
        double blur = options.ImageBlur;
        if (options.DoublesImage) (image, blur) = (image.Doubled(), 2 * blur);
        return Math.Min(image.Width, image.Height) < SmallestOctave ? null : image.Blurred(Math.Sqrt((options.FirstScale * options.FirstScale) - (blur * blur)));
    }

    private GrayImage[] Levels(GrayImage first)
    {
        var levels = new GrayImage[options.ScalesPerOctave + 3];
        levels[0] = first;
        for (int k = 1; k < levels.Length; k++)
        {
            double before = ScaleOf(k - 1), after = ScaleOf(k);
            levels[k] = levels[k - 1].Blurred(Math.Sqrt((after * after) - (before * before)));
        }

        return levels;
    }

    private double ScaleOf(double level) => options.FirstScale * Math.Pow(2, level / options.ScalesPerOctave);

    private void FindExtrema(GrayImage[] levels, int octave, List<Extremum> found)
    {
        int width = levels[0].Width, height = levels[0].Height;
        float[][] differences = [.. Enumerable.Range(0, levels.Length - 1).Select(k => Difference(levels[k + 1].Pixels, levels[k].Pixels))];
        // Refinement may raise a value that lies between pixels: half the threshold lets those through to it.
        float threshold = (float)(0.5 * options.ContrastThreshold / options.ScalesPerOctave);
        HashSet<(int X, int Y, int K)> seen = [];
        for (int k = 1; k <= options.ScalesPerOctave; k++)
        {
            float[] below = differences[k - 1], here = differences[k], above = differences[k + 1];
            for (int y = Border; y < height - Border; y++)
            {
                for (int x = Border; x < width - Border; x++)
                {
                    int at = (y * width) + x;
                    float value = here[at];
                    if (Math.Abs(value) <= threshold || !IsExtremum(below, here, above, at, width, value)) continue;
                    if (Refine(differences, width, height, x, y, k) is { } e && seen.Add((e.PixelX, e.PixelY, e.Level))) found.Add(e with { Octave = octave });
                }
            }
        }
    }

    private static float[] Difference(float[] a, float[] b)
    {
        float[] difference = new float[a.Length];
        for (int i = 0; i < a.Length; i++) difference[i] = a[i] - b[i];
        return difference;
    }

    private static bool IsExtremum(float[] below, float[] here, float[] above, int at, int width, float value)
    {
        bool positive = value > 0;
        for (int row = -width; row <= width; row += width)
        {
            for (int i = at + row - 1; i <= at + row + 1; i++)
            {
                if (positive ? here[i] > value || below[i] > value || above[i] > value : here[i] < value || below[i] < value || above[i] < value) return false;
            }
        }

        return true;
    }

    private Extremum? Refine(float[][] d, int width, int height, int x, int y, int k)
    {
        for (int step = 0; step < RefinementSteps; step++)
        {
            int at = (y * width) + x;
            float[] below = d[k - 1], here = d[k], above = d[k + 1];
            double value = here[at];
            double gx = 0.5 * (here[at + 1] - here[at - 1]), gy = 0.5 * (here[at + width] - here[at - width]), gs = 0.5 * (above[at] - below[at]);
            double xx = here[at + 1] + here[at - 1] - (2 * value), yy = here[at + width] + here[at - width] - (2 * value), ss = above[at] + below[at] - (2 * value);
            double xy = 0.25 * (here[at + width + 1] - here[at + width - 1] - here[at - width + 1] + here[at - width - 1]);
            double xs = 0.25 * (above[at + 1] - above[at - 1] - below[at + 1] + below[at - 1]);
            double ys = 0.25 * (above[at + width] - above[at - width] - below[at + width] + below[at - width]);

            // Cramer's rule for H offset = -g.
            double a = (yy * ss) - (ys * ys), b = (xs * ys) - (xy * ss), c = (xy * ys) - (xs * yy);
            double determinant = (xx * a) + (xy * b) + (xs * c);
            if (Math.Abs(determinant) < 1e-30) return null;
            double dx = -((gx * a) + (gy * b) + (gs * c)) / determinant;
            double dy = -((gx * b) + (gy * ((xx * ss) - (xs * xs))) + (gs * ((xs * xy) - (xx * ys)))) / determinant;
            double ds = -((gx * c) + (gy * ((xs * xy) - (xx * ys))) + (gs * ((xx * yy) - (xy * xy)))) / determinant;
            if (Math.Abs(dx) <= 0.5 && Math.Abs(dy) <= 0.5 && Math.Abs(ds) <= 0.5)
            {
                double response = Math.Abs(value + (0.5 * ((gx * dx) + (gy * dy) + (gs * ds))));
                double trace = xx + yy, curvature = (xx * yy) - (xy * xy), r = options.EdgeRatio;
                bool kept = response * options.ScalesPerOctave >= options.ContrastThreshold && curvature > 0 && trace * trace * r < (r + 1) * (r + 1) * curvature;
                return kept ? new Extremum(x + dx, y + dy, ScaleOf(k + ds), response, x, y, k, 0) : null;
            }

            // Far away offsets would overflow; they mean that there is nothing to find.
            if (!(Math.Abs(dx) < width && Math.Abs(dy) < height && Math.Abs(ds) < d.Length)) return null;
            (x, y, k) = (x + (int)Math.Round(dx), y + (int)Math.Round(dy), k + (int)Math.Round(ds));
            if (x < Border || x >= width - Border || y < Border || y >= height - Border || k < 1 || k > options.ScalesPerOctave) return null;
        }

        return null;
    }

    // Place and scale in pixels of the octave; Level is the Gaussian nearest in scale.
    private sealed record Extremum(double X, double Y, double Scale, double Response, int PixelX, int PixelY, int Level, int Octave);
}
