namespace BehaviorCloning.Features;

/// <summary>Options of <see cref="StereoMatcher"/>.</summary>
public sealed record StereoOptions
{
    /// <summary>Disparities looked at: 0 to this minus 1. The nearest object decides: focal length x baseline / distance. Default 64; a multiple of 16.</summary>
    public int Disparities { get; init; } = 64;

    /// <summary>What a change of the disparity by 1 between neighbors costs; two descriptions of a pixel differ by at most 62. Default 7.</summary>
    public int SmallChangePenalty { get; init; } = 7;

    /// <summary>What a larger change costs; less where the image has an edge. Default 80.</summary>
    public int LargeChangePenalty { get; init; } = 80;

    /// <summary>By how many percent the best disparity must beat all that are not next to it. Default 3.</summary>
    public double UniquenessPercent { get; init; } = 3;

    /// <summary>By how much the disparities from the left and from the right may differ. Default 1 pixel.</summary>
    public double LeftRightTolerance { get; init; } = 1;

    /// <summary>Patches of fewer pixels than this that differ from all around them are taken for mistakes. Default 60.</summary>
    public int SmallestPatch { get; init; } = 60;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Disparities is < 16 or > 512 || Disparities % 16 != 0) yield return $"{nameof(Disparities)} {Disparities} must be a multiple of 16 from 16 to 512.";
        if (SmallChangePenalty < 1 || LargeChangePenalty < SmallChangePenalty || LargeChangePenalty > 4000)
            yield return $"{nameof(SmallChangePenalty)} {SmallChangePenalty} must be at least 1, and {nameof(LargeChangePenalty)} {LargeChangePenalty} at least that and at most 4000.";
        if (!(UniquenessPercent is >= 0 and < 100)) yield return $"{nameof(UniquenessPercent)} {UniquenessPercent} must be 0 to 100.";
        if (!(LeftRightTolerance >= 0)) yield return $"{nameof(LeftRightTolerance)} {LeftRightTolerance} must not be negative.";
        if (SmallestPatch < 0) yield return $"{nameof(SmallestPatch)} {SmallestPatch} must not be negative; 0 keeps all.";
    }
}

/// <summary>
/// Disparities of a rectified stereo pair by semi-global matching (Hirschmüller, TPAMI 2008) of census descriptions (Zabih and Woodfill, ECCV 1994),
/// with a check from the right and sub-pixel refinement.
/// </summary>
/// <remarks>
/// <code>
/// census(p)   62 bits: which of the 9 x 7 pixels around p are darker than p        blind to any monotonic change of light
/// C(p, d)     bits that differ between left p and right p - (d, 0)
/// L(p, d) = C(p, d) + min(L(q, d), L(q, d - 1) + P1, L(q, d + 1) + P1, min L(q) + P2) - min L(q)      q before p, from 8 directions
/// disparity   argmin over d of the sum of the eight L
/// </code>
/// Memory: 2 bytes a pixel and disparity.
/// </remarks>
public sealed class StereoMatcher
{
    private readonly StereoOptions options;

    /// <summary>Makes a matcher. It may be used by several threads.</summary>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    public StereoMatcher(StereoOptions? options = null)
    {
        this.options = options ?? new StereoOptions();
        string[] problems = [.. this.options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
    }

    /// <summary>Matches a rectified pair: what is at (x, y) on the left is at (x - disparity, y) on the right.</summary>
    /// <exception cref="ArgumentException">The images differ in size, or are narrower than the disparities.</exception>
    public DisparityMap Match(GrayImage left, GrayImage right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Width != right.Width || left.Height != right.Height)
            throw new ArgumentException($"The images are {left.Width} x {left.Height} and {right.Width} x {right.Height}; a rectified pair has one size.", nameof(right));
        if (left.Width <= options.Disparities)
            throw new ArgumentException($"The images are {left.Width} pixels wide, but {options.Disparities} disparities are asked for. Set {nameof(StereoOptions.Disparities)} to less.", nameof(left));
        int width = left.Width, height = left.Height, range = options.Disparities;
        ushort[] sums = new SemiGlobalCosts(left, right, options).Sum();
        float[] disparities = new float[width * height];
        int[] fromRight = new int[width];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<ushort> row = sums.AsSpan(y * width * range, width * range);
            SeeFromRight(row, width, fromRight);
            for (int x = 0; x < width; x++) disparities[(y * width) + x] = Decide(row.Slice(x * range, range), x, fromRight);
        }

        DisparityCleaning.Median(disparities, width, height);
        DisparityCleaning.RemovePatches(disparities, width, height, options.SmallestPatch);
        return new DisparityMap(width, height, disparities);
    }

    // The best disparity of each pixel of the right image, from the same sums.
    private void SeeFromRight(ReadOnlySpan<ushort> row, int width, int[] best)
    {
        int range = options.Disparities;
        for (int x = 0; x < width; x++)
        {
            int lowest = int.MaxValue;
            for (int d = 0; d < range && x + d < width; d++)
            {
                int sum = row[((x + d) * range) + d];
                if (sum < lowest) (lowest, best[x]) = (sum, d);
            }
        }
    }

    private float Decide(ReadOnlySpan<ushort> sums, int x, int[] fromRight)
    {
        int best = 0;
        for (int d = 1; d < sums.Length; d++)
        {
            if (sums[d] < sums[best]) best = d;
        }

        if (best > x) return float.NaN;
        double limit = sums[best] * (1 + (options.UniquenessPercent / 100));
        for (int d = 0; d < sums.Length; d++)
        {
            if (Math.Abs(d - best) > 1 && sums[d] <= limit) return float.NaN;
        }

        if (Math.Abs(best - fromRight[x - best]) > options.LeftRightTolerance) return float.NaN;
        if (best == 0 || best == sums.Length - 1) return best;

        // Costs of bits grow in straight lines to both sides, so two lines of one slope fit better than a parabola.
        int before = sums[best - 1], here = sums[best], after = sums[best + 1], steepest = Math.Max(before, after) - here;
        return steepest == 0 ? best : best + (0.5f * (before - after) / steepest);
    }
}
