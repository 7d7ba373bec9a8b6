using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Clusters found by <see cref="KMeans"/>.</summary>
/// <param name="Centers">[k, d].</param>
/// <param name="Inertia">Sum of squared distances to the nearest center before each update and at the end; it never grows.</param>
public sealed record KMeansResult(Tensor Centers, IReadOnlyList<double> Inertia);

/// <summary>
/// Lloyd's algorithm from a k-means++ start (Arthur and Vassilvitskii, 2007). Coordinates may be unknown: they count neither in a
/// distance nor in a center, and the sum of squared distances still never grows.
/// </summary>
public static class KMeans
{
    // Bounds the table of distances: 16384 rows of 1024 centers are 64 MB.
    private const int Block = 16384;

    /// <summary>Finds clusters.</summary>
    /// <param name="points">[n, d], finite where known.</param>
    /// <param name="clusters">k.</param>
    /// <param name="known">True where a coordinate counts, [n, d], bool; null where all do.</param>
    /// <param name="iterations">The most updates; fewer where no point changes its cluster any more. BeT takes 50.</param>
    /// <param name="random">Draws the start. Null: the engine's default generator.</param>
    /// <exception cref="ArgumentException">Values are not finite, or there are fewer distinct points than clusters.</exception>
    public static KMeansResult Fit(Tensor points, int clusters, Tensor? known = null, int iterations = 50, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 1);
        ShapeContract.Require(points, nameof(points), -1, -1);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor weight) = Masked(points, known);
        if (!x.isfinite().all().ToBoolean())
            throw new ArgumentException("There are values that are not finite among the points to cluster. Clean the data first.", nameof(points));

        Tensor centers = Start(x, weight, clusters, random);
        List<double> inertia = [];
        Tensor? last = null;
        for (int i = 0; i <= iterations; i++)
        {
            using DisposeScope step = NewDisposeScope();
            (Tensor nearest, Tensor distance) = Assign(x, weight, centers);
            inertia.Add(distance.sum(ScalarType.Float64).ToDouble());
            bool settled = last is not null && nearest.eq(last).all().ToBoolean();
            last?.Dispose();
            last = nearest.MoveToOuterDisposeScope();
            if (settled || i == iterations) break;
            Update(centers, x, weight, nearest, distance);
        }

        return new KMeansResult(centers.MoveToOuterDisposeScope(), inertia);
    }

    /// <summary>The index of the nearest center, [n], int64; the first of several equally near.</summary>
    /// <param name="points">[n, d].</param>
    /// <param name="centers">[k, d].</param>
    /// <param name="known">True where a coordinate counts, [n, d], bool; null where all do.</param>
    public static Tensor Nearest(Tensor points, Tensor centers, Tensor? known = null)
    {
        ArgumentNullException.ThrowIfNull(centers);
        ShapeContract.Require(points, nameof(points), -1, centers.size(1));
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor weight) = Masked(points, known);
        return Assign(x, weight, centers).Nearest.MoveToOuterDisposeScope();
    }

    private static (Tensor Points, Tensor Weight) Masked(Tensor points, Tensor? known)
    {
        if (known is null) return (points, ones_like(points));
        ShapeContract.Require(known, nameof(known), points.size(0), points.size(1));
        return (points.masked_fill(known.logical_not(), 0f), known.to(points.dtype));
    }

    // Each next center is a point drawn in proportion to its squared distance from those there are.
    private static Tensor Start(Tensor x, Tensor weight, int clusters, Generator? random)
    {
        // What a first center does not know is the mean of those that do.
        Tensor mean = x.sum(0).div(weight.sum(0).clamp_min(1f));
        Tensor centers = zeros(clusters, x.size(1), x.dtype, x.device);
        Tensor distance = ones(x.size(0), x.dtype, x.device);
        for (int k = 0; k < clusters; k++)
        {
            using DisposeScope scope = NewDisposeScope();
            if (!(distance.sum().ToSingle() > 0))
                throw new ArgumentException($"There are only {k} distinct points for {clusters} clusters. Ask for fewer clusters, or give more data.", nameof(clusters));
            long drawn = SeededDraw.Indices(distance, 1, random).ToInt64();
            Tensor known = weight[drawn];
            Tensor center = x[drawn].add(known.neg().add(1f).mul(mean));
            centers[k].copy_(center);
            Tensor to = x.sub(center).square().mul_(weight).sum(1);
            distance.copy_(k == 0 ? to : distance.minimum(to));
        }

        return centers;
    }

    // |x - c|^2 over what is known = |x|^2 - 2 x c + w c^2: two matrix products.
    private static (Tensor Nearest, Tensor Distance) Assign(Tensor x, Tensor weight, Tensor centers)
    {
        Tensor transposed = centers.t(), square = centers.square().t();
        List<Tensor> nearest = [], distances = [];
        for (long start = 0; start < x.size(0); start += Block)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(Block, x.size(0) - start);
            Tensor rows = x.narrow(0, start, count);
            Tensor table = weight.narrow(0, start, count).mm(square).addmm_(rows, transposed, 1, -2);
            (Tensor least, Tensor index) = table.min(1);
            nearest.Add(index.MoveToOuterDisposeScope());
            distances.Add(least.add_(rows.square().sum(1)).clamp_min_(0f).MoveToOuterDisposeScope());
        }

        return nearest.Count == 1 ? (nearest[0], distances[0]) : (cat(nearest, 0), cat(distances, 0));
    }

    private static void Update(Tensor centers, Tensor x, Tensor weight, Tensor nearest, Tensor distance)
    {
        Tensor sums = zeros_like(centers).index_add_(0, nearest, x, 1), counts = zeros_like(centers).index_add_(0, nearest, weight, 1);
        // A coordinate that no member knows stays where it was.
        centers.copy_(where(counts.gt(0f), sums.div(counts.clamp_min(1f)), centers));
        long[] empty = [.. bincount(nearest, minlength: centers.size(0)).data<long>().Select((members, k) => (members, k)).Where(c => c.members == 0).Select(c => (long)c.k)];
        foreach (long k in empty)
        {
            // An empty cluster takes the point that fits worst: no distance grows by that.
            long worst = distance.argmax().ToInt64();
            centers[k].copy_(where(weight[worst].gt(0f), x[worst], centers[k]));
            distance = distance.minimum(x.sub(centers[k]).square().mul(weight).sum(1));
        }
    }
}
