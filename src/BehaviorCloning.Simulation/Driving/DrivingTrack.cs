namespace BehaviorCloning.Simulation;

/// <summary>
/// A closed road whose middle is r(phi) = 10 + 2 cos(3 phi + 1) + cos(5 phi) meters around the origin, driven counterclockwise.
/// Places are told by how far they are to the left of the middle, to first order in that distance.
/// </summary>
public static class DrivingTrack
{
    /// <summary>From the middle to either edge, in meters.</summary>
    public const double HalfWidth = 1;

    /// <summary>How far a place is to the left of the middle, in meters; and the direction of the road there, in radians.</summary>
    public static (double Offset, double Heading) At(double x, double y)
    {
        double phi = Math.Atan2(y, x);
        (double radius, double slope) = Middle(phi);
        double stretch = Math.Sqrt((radius * radius) + (slope * slope));

        // The inside of a counterclockwise curve is its left.
        return ((radius - Math.Sqrt((x * x) + (y * y))) * radius / stretch, phi + (Math.PI / 2) - Math.Atan2(slope, radius));
    }

    /// <summary>Where the middle is at an angle around the origin.</summary>
    public static (double X, double Y) Place(double phi)
    {
        (double sin, double cos) = Math.SinCos(phi);
        double radius = Middle(phi).Radius;
        return (radius * cos, radius * sin);
    }

    private static (double Radius, double Slope) Middle(double phi) =>
        (10 + (2 * Math.Cos((3 * phi) + 1)) + Math.Cos(5 * phi), (-6 * Math.Sin((3 * phi) + 1)) - (5 * Math.Sin(5 * phi)));
}
