using System.Xml.Linq;

namespace BehaviorCloning.Evaluation;

public sealed class IntervalChartTests
{
    [Fact]
    public void Every_point_is_drawn_where_its_value_is()
    {
        var chart = new IntervalChart("a < b", "steps", "score", [("one", [new(1, 0, 0, 0.2), new(10, 1, 0.8, 1), new(100, 0.5, 0.4, 0.6)])]) { LogarithmicX = true };

        XElement svg = XDocument.Parse(chart.Draw()).Root!;

        double[] Of(string name) => [.. svg.Descendants().Where(e => e.Name.LocalName == "circle").Select(e => (double)e.Attribute(name)!)];
        Of("cx").Should().BeInAscendingOrder();
        (Of("cx")[1] - Of("cx")[0]).Should().BeApproximately(Of("cx")[2] - Of("cx")[1], 0.2, "decades are equally far apart");
        (Of("cy")[0] - Of("cy")[2]).Should().BeApproximately(Of("cy")[2] - Of("cy")[1], 0.2, "a half is halfway up");
        svg.Value.Should().Contain("a < b").And.Contain("one");
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Action nothing = () => new IntervalChart("t", "x", "y", []).Draw();
        Action infinite = () => new IntervalChart("t", "x", "y", [("a", [new(1, double.NaN, 0, 1)])]).Draw();
        Action zero = () => new IntervalChart("t", "x", "y", [("a", [new(0, 1, 0, 1)])]) { LogarithmicX = true }.Draw();
        nothing.Should().Throw<InvalidOperationException>().WithMessage("*no points*");
        infinite.Should().Throw<InvalidOperationException>().WithMessage("*not finite*");
        zero.Should().Throw<InvalidOperationException>().WithMessage("*above 0*");
    }
}
