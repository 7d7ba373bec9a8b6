using System.Numerics;

namespace BehaviorCloning.Features;

/// <summary>Two features that look alike.</summary>
/// <param name="First">Index in the first list.</param>
/// <param name="Second">Index in the second list.</param>
/// <param name="Distance">Euclidean distance of their descriptors, 0 to 2.</param>
public readonly record struct FeatureMatch(int First, int Second, float Distance);

/// <summary>Finds features of one image in another: nearest descriptors that are clearly nearer than the next, in both directions.</summary>
public sealed record FeatureMatcher
{
    /// <summary>A match counts only if it is nearer than this share of the distance to the second nearest; 1 takes all. Default 0.8, Lowe's.</summary>
    public double Ratio { get; init; } = 0.8;

    /// <summary>Whether each must be the other's nearest. Default true.</summary>
    public bool Mutual { get; init; } = true;

    /// <summary>Matches two lists, all with all.</summary>
    /// <returns>In the order of the first list; none where the second has fewer than two features to tell apart.</returns>
    /// <exception cref="ArgumentException">The ratio is not in (0, 1].</exception>
    public IReadOnlyList<FeatureMatch> Match(IReadOnlyList<SiftFeature> first, IReadOnlyList<SiftFeature> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (!(Ratio > 0 && Ratio <= 1)) throw new ArgumentException($"{nameof(Ratio)} {Ratio} must be above 0 and at most 1.");
        if (first.Count == 0 || second.Count < 2) return [];

        (int Index, float Product)[] nearestOfSecond = new (int, float)[second.Count];
        Array.Fill(nearestOfSecond, (-1, float.NegativeInfinity));
        (int Index, float Best, float Next)[] nearest = new (int, float, float)[first.Count];
        for (int i = 0; i < first.Count; i++)
        {
            // Descriptors have unit length: the nearest has the largest inner product.
            (int index, float best, float next) = (-1, float.NegativeInfinity, float.NegativeInfinity);
            for (int j = 0; j < second.Count; j++)
            {
                float product = Inner(first[i].Descriptor.Span, second[j].Descriptor.Span);
                if (product > best) (index, best, next) = (j, product, best);
                else if (product > next) next = product;
                if (product > nearestOfSecond[j].Product) nearestOfSecond[j] = (i, product);
            }

            nearest[i] = (index, best, next);
        }

        List<FeatureMatch> matches = [];
        for (int i = 0; i < nearest.Length; i++)
        {
            (int index, float best, float next) = nearest[i];
            if (Mutual && nearestOfSecond[index].Index != i) continue;
            float distance = Distance(best);
            if (distance <= Ratio * Distance(next)) matches.Add(new FeatureMatch(i, index, distance));
        }

        return matches;
    }

    private static float Distance(float product) => MathF.Sqrt(Math.Max(2 - (2 * product), 0));

    private static float Inner(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sum = Vector<float>.Zero;
        for (int i = 0; i < SiftFeature.DescriptorSize; i += Vector<float>.Count) sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        return Vector.Sum(sum);
    }
}
