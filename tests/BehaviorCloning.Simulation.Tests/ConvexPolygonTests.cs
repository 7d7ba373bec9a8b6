using FsCheck.Xunit;

namespace BehaviorCloning.Simulation.Tests;

public class ConvexPolygonTests
{
    private static readonly Vect[] UnitSquare = [new(0, 0), new(1, 0), new(1, 1), new(0, 1)];

    [Fact]
    public void A_polygon_shares_its_whole_area_with_itself() =>
        ConvexPolygon.IntersectionArea(UnitSquare, UnitSquare).Should().BeApproximately(1, 1e-15);

    [Fact]
    public void Squares_shifted_by_a_half_share_a_half()
    {
        Vect[] shifted = [.. UnitSquare.Select(v => v + new Vect(0.5, 0))];
        ConvexPolygon.IntersectionArea(shifted, UnitSquare).Should().BeApproximately(0.5, 1e-15);
    }

    [Fact]
    public void Squares_that_share_only_an_edge_or_nothing_share_no_area()
    {
        ConvexPolygon.IntersectionArea([.. UnitSquare.Select(v => v + new Vect(1, 0))], UnitSquare).Should().BeApproximately(0, 1e-15);
        ConvexPolygon.IntersectionArea([.. UnitSquare.Select(v => v + new Vect(3, 3))], UnitSquare).Should().Be(0);
    }

    [Fact]
    public void A_square_turned_by_an_eighth_leaves_an_octagon()
    {
        // Side 2, both centered: the octagon's area is 8 (sqrt 2 - 1).
        Vect[] square = [new(-1, -1), new(1, -1), new(1, 1), new(-1, 1)];
        double r = Math.Sqrt(2);
        Vect[] turned = [new(0, -r), new(r, 0), new(0, r), new(-r, 0)];
        ConvexPolygon.IntersectionArea(turned, square).Should().BeApproximately(8 * (r - 1), 1e-12);
    }

    [Fact]
    public void Clockwise_polygons_are_clipped_as_well()
    {
        Vect[] clockwise = [.. UnitSquare.Reverse()];
        ConvexPolygon.SignedArea(clockwise).Should().Be(-1);
        ConvexPolygon.IntersectionArea(clockwise, clockwise).Should().BeApproximately(1, 1e-15);
    }

    [Property]
    public bool The_shared_area_is_symmetric_and_no_larger_than_either(int x, int y, int turn)
    {
        var pose = new PushTPose(x % 100, y % 100, turn * 0.01);
        var a = new Vect[4];
        PushTShape.Place(pose, PushTShape.Bar, a);
        double one = ConvexPolygon.IntersectionArea(a, PushTShape.Stem), other = ConvexPolygon.IntersectionArea(PushTShape.Stem, a);
        return Math.Abs(one - other) < 1e-9 && one >= 0 && one <= Math.Min(3600, 2700) + 1e-9;
    }
}
