namespace BehaviorCloning.Simulation;

/// <summary>The geometry of the T: a bar of 120 x 30 pixels and a stem of 30 x 90 that hangs from its middle.</summary>
public static class PushTShape
{
    /// <summary>Area of the T in square pixels. Bar and stem only share an edge.</summary>
    public const double Area = 6300;

    /// <summary>Keypoints on the T.</summary>
    public const int KeypointCount = 9;

    // In the T's own frame, in the order of Chipmunk's hull.
    internal static readonly Vect[] Bar = [new(-60, 0), new(60, 0), new(60, 30), new(-60, 30)];
    internal static readonly Vect[] Stem = [new(-15, 30), new(15, 30), new(15, 120), new(-15, 120)];

    // The mean of the two boxes' centroids, not weighted by their areas: the benchmark's definition.
    internal static readonly Vect CenterOfGravity = new(0, 45);

    // Farthest point sampling over the pixels of a rendered T; the numbers are part of the benchmark.
    private static readonly Vect[] LocalKeypoints =
    [
        new(9.269786713764, 90.040973523936), new(-60.983472364471, -1.186729760800), new(60.912755577278, -1.393364224233),
        new(-0.270503439016, 25.543624991465), new(-14.064927576212, 122.815853554122), new(39.002738500170, 32.857404276588),
        new(-39.966414424695, 32.729655446430), new(-16.824344379397, 62.863178922350), new(23.541461220249, -1.700288109463),
    ];

    /// <summary>The share of the goal's area that the T covers, 0 to 1.</summary>
    public static double Coverage(PushTPose block, PushTPose goal)
    {
        Span<Vect> vertices = stackalloc Vect[16];
        Span<Vect> blockBar = vertices[..4], blockStem = vertices[4..8], goalBar = vertices[8..12], goalStem = vertices[12..];
        Place(block, Bar, blockBar);
        Place(block, Stem, blockStem);
        Place(goal, Bar, goalBar);
        Place(goal, Stem, goalStem);
        double shared = ConvexPolygon.IntersectionArea(blockBar, goalBar) + ConvexPolygon.IntersectionArea(blockBar, goalStem)
            + ConvexPolygon.IntersectionArea(blockStem, goalBar) + ConvexPolygon.IntersectionArea(blockStem, goalStem);
        return shared / Area;
    }

    /// <summary>The nine keypoints of a T in the window: x, y, x, y, ...</summary>
    /// <param name="block">Where the T lies.</param>
    /// <param name="destination">Receives 18 values.</param>
    public static void Keypoints(PushTPose block, Span<float> destination)
    {
        for (int i = 0; i < KeypointCount; i++)
        {
            Vect point = block.Place(LocalKeypoints[i]);
            destination[2 * i] = (float)point.X;
            destination[(2 * i) + 1] = (float)point.Y;
        }
    }

    internal static void Place(PushTPose pose, ReadOnlySpan<Vect> local, Span<Vect> placed)
    {
        (double sin, double cos) = Math.SinCos(pose.Angle);
        for (int i = 0; i < local.Length; i++)
        {
            Vect point = local[i];
            placed[i] = new(pose.X + (cos * point.X) - (sin * point.Y), pose.Y + (sin * point.X) + (cos * point.Y));
        }
    }
}
