namespace BehaviorCloning.Simulation;

/// <summary>Areas of convex polygons, without allocating.</summary>
internal static class ConvexPolygon
{
    /// <summary>The signed area (shoelace formula): positive where x turns towards y along the vertices.</summary>
    public static double SignedArea(ReadOnlySpan<Vect> polygon)
    {
        double twice = 0;
        for (int i = 0; i < polygon.Length; i++)
        {
            Vect a = polygon[i], b = polygon[i + 1 == polygon.Length ? 0 : i + 1];
            twice += (a.X * b.Y) - (b.X * a.Y);
        }

        return twice / 2;
    }

    /// <summary>
    /// The area two convex polygons share, by clipping the one against each edge of the other (Sutherland and Hodgman 1974).
    /// Both must run the same way round.
    /// </summary>
    public static double IntersectionArea(ReadOnlySpan<Vect> subject, ReadOnlySpan<Vect> clip)
    {
        // Each clipping edge adds at most one vertex.
        int capacity = subject.Length + clip.Length;
        Span<Vect> current = stackalloc Vect[capacity];
        Span<Vect> next = stackalloc Vect[capacity];
        subject.CopyTo(current);
        int count = subject.Length;
        double side = Math.Sign(SignedArea(clip));
        for (int i = 0; i < clip.Length && count > 0; i++)
        {
            Vect origin = clip[i];
            Vect edge = clip[i + 1 == clip.Length ? 0 : i + 1] - origin;
            int kept = 0;
            Vect previous = current[count - 1];
            double before = side * Cross(edge, previous - origin);
            for (int j = 0; j < count; j++)
            {
                Vect vertex = current[j];
                double now = side * Cross(edge, vertex - origin);
                if ((before >= 0) != (now >= 0)) next[kept++] = previous + ((vertex - previous) * (before / (before - now)));
                if (now >= 0) next[kept++] = vertex;
                (previous, before) = (vertex, now);
            }

            count = kept;
            Span<Vect> swap = current;
            current = next;
            next = swap;
        }

        return count < 3 ? 0 : Math.Abs(SignedArea(current[..count]));
    }

    private static double Cross(Vect a, Vect b) => (a.X * b.Y) - (a.Y * b.X);
}
