using System.Numerics;

namespace BehaviorCloning.Features;

/// <summary>The costs of all disparities of all pixels, summed over eight directions. See <see cref="StereoMatcher"/>.</summary>
internal sealed class SemiGlobalCosts
{
    private const int ReachX = 4;
    private const int ReachY = 3;

    private readonly StereoOptions options;
    private readonly GrayImage left;
    private readonly ulong[] ofLeft;
    private readonly ulong[] ofRight;
    private readonly int width;
    private readonly int height;
    private readonly int range;

    // A path's costs of one pixel have an unreachable neighbor on both sides, and their minimum is kept apart.
    private readonly int stride;

    public SemiGlobalCosts(GrayImage left, GrayImage right, StereoOptions options)
    {
        this.left = left;
        this.options = options;
        (width, height, range) = (left.Width, left.Height, options.Disparities);
        stride = range + 2;
        ofLeft = Census(left);
        ofRight = Census(right);
    }

    /// <summary>[height, width, disparities].</summary>
    public ushort[] Sum()
    {
        ushort[] sums = new ushort[checked(width * height * range)];
        Sweep(sums, forward: true);
        Sweep(sums, forward: false);
        return sums;
    }

    // Four directions at once: along the row, and from the three neighbors in the row before. The other four are the same from the far corner.
    private void Sweep(ushort[] sums, bool forward)
    {
        ushort[] cost = new ushort[range];
        Path[] before = [.. Enumerable.Range(0, 3).Select(_ => new Path(width, stride))], here = [.. Enumerable.Range(0, 3).Select(_ => new Path(width, stride))];
        var along = new Path(width, stride);
        int sign = forward ? 1 : -1;
        for (int i = 0; i < height; i++)
        {
            int y = forward ? i : height - 1 - i;
            for (int j = 0; j < width; j++)
            {
                int x = forward ? j : width - 1 - j;
                Costs(x, y, cost);
                Span<ushort> sum = sums.AsSpan(((y * width) + x) * range, range);
                Advance(along, x, along, x - sign, cost, sum, x, y, x - sign, y);
                for (int k = 0; k < 3; k++) Advance(here[k], x, i == 0 ? null : before[k], x - ((k - 1) * sign), cost, sum, x, y, x - ((k - 1) * sign), y - sign);
            }

            (before, here) = (here, before);
        }
    }

    private void Advance(Path to, int x, Path? from, int fromX, ushort[] cost, Span<ushort> sum, int px, int py, int qx, int qy)
    {
        Span<ushort> target = to.Costs.AsSpan(x * stride, stride);
        if (from is null || fromX < 0 || fromX >= width)
        {
            // A path begins.
            cost.CopyTo(target[1..]);
            to.Lowest[x] = Lowest(cost);
            for (int d = 0; d < range; d++) sum[d] += cost[d];
            return;
        }

        ReadOnlySpan<ushort> source = from.Costs.AsSpan(fromX * stride, stride);
        ushort lowest = from.Lowest[fromX];
        // A jump is likelier where the image has an edge.
        float edge = Math.Abs(left[px, py] - left[qx, qy]) * 255;
        var small = (ushort)options.SmallChangePenalty;
        var large = (ushort)Math.Max(options.LargeChangePenalty / Math.Max(1, edge / 4), options.SmallChangePenalty + 1);
        Vector<ushort> p1 = new(small), jump = new((ushort)(lowest + large)), offset = new(lowest), minimum = new(ushort.MaxValue);
        for (int d = 0; d < range; d += Vector<ushort>.Count)
        {
            Vector<ushort> best = Vector.Min(
                Vector.Min(new Vector<ushort>(source[(d + 1)..]), jump),
                Vector.Min(new Vector<ushort>(source[d..]) + p1, new Vector<ushort>(source[(d + 2)..]) + p1));
            Vector<ushort> value = new Vector<ushort>(cost.AsSpan(d)) + best - offset;
            value.CopyTo(target[(d + 1)..]);
            minimum = Vector.Min(minimum, value);
            (new Vector<ushort>(sum[d..]) + value).CopyTo(sum[d..]);
        }

        ushort least = ushort.MaxValue;
        for (int i = 0; i < Vector<ushort>.Count; i++) least = Math.Min(least, minimum[i]);
        to.Lowest[x] = least;
    }

    private void Costs(int x, int y, ushort[] cost)
    {
        ulong here = ofLeft[(y * width) + x];
        ReadOnlySpan<ulong> row = ofRight.AsSpan(y * width, width);
        // What leads out of the right image is compared with its border. A fixed cost would prefer some disparity where nothing else does, and the paths would carry it far.
        for (int d = 0; d < range; d++) cost[d] = (ushort)BitOperations.PopCount(here ^ row[Math.Max(x - d, 0)]);
    }

    private static ushort Lowest(ushort[] values)
    {
        ushort lowest = values[0];
        foreach (ushort value in values) lowest = Math.Min(lowest, value);
        return lowest;
    }

    private static ulong[] Census(GrayImage image)
    {
        ulong[] bits = new ulong[image.Width * image.Height];
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                float center = image[x, y];
                ulong word = 0;
                for (int dy = -ReachY; dy <= ReachY; dy++)
                {
                    int row = Math.Clamp(y + dy, 0, image.Height - 1);
                    for (int dx = -ReachX; dx <= ReachX; dx++)
                    {
                        if (dx == 0 && dy == 0) continue;
                        word = (word << 1) | (image[Math.Clamp(x + dx, 0, image.Width - 1), row] < center ? 1UL : 0);
                    }
                }

                bits[(y * image.Width) + x] = word;
            }
        }

        return bits;
    }

    private sealed class Path
    {
        // Beyond the range nothing can be reached. Small enough that a penalty more does not overflow.
        private const ushort Unreachable = 30_000;

        public Path(int width, int stride)
        {
            Costs = new ushort[width * stride];
            Lowest = new ushort[width];
            Array.Fill(Costs, Unreachable);
        }

        public ushort[] Costs { get; }

        public ushort[] Lowest { get; }
    }
}
