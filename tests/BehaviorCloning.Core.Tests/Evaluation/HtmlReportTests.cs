using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace BehaviorCloning.Evaluation;

public sealed class HtmlReportTests
{
    private const string Hostile = "<script>alert('&')</script>";

    private static readonly RolloutDrawing Drawing = new()
    {
        Width = 512,
        Height = 512,
        Fixed = [new DrawnLine([(5, 5), (506, 5)]) { Stroke = "lightgray", StrokeWidth = 4 }],
        Moving =
        [
            new DrawnPolygon([(-60, 0), (60, 0), (60, 30), (-60, 30)]) { Fill = "slategray" },
            new DrawnCircle(15) { Fill = "royalblue", Trail = "royalblue" },
        ],
        Poses = (observation, action) => [new(256, 256, observation["step"].Span[0]), new(observation["step"].Span[0], action.Span[0])],
    };

    [Fact]
    public void The_page_loads_nothing_from_anywhere()
    {
        string html = FullReport(Rollout(300)).ToHtml();
        html.Should().NotContain("http:").And.NotContain("https:").And.NotContain("@import").And.NotContain("url(").And.NotContain("<link").And.NotContain(" src=");
    }

    [Fact]
    public void Every_text_is_escaped()
    {
        string html = FullReport(Rollout(3)).ToHtml();
        html.Should().NotContain(Hostile);
        Regex.Count(html, Regex.Escape("&lt;script&gt;"), RegexOptions.None, TimeSpan.FromSeconds(5)).Should().BeGreaterThanOrEqualTo(12);
        Regex.Count(html, "<script>", RegexOptions.None, TimeSpan.FromSeconds(5)).Should().Be(1, "the player is the page's only script");
    }

    [Fact]
    public void Eight_long_rollouts_and_five_hundred_seeds_stay_small()
    {
        HtmlReport report = FullReport([.. Enumerable.Range(0, 8).SelectMany(_ => Rollout(300))]);
        report.ToHtml().Length.Should().BeLessThan(2_000_000 / 4);
    }

    [Fact]
    public void Every_drawing_on_the_page_is_well_formed()
    {
        string html = FullReport(Rollout(30)).ToHtml();
        MatchCollection drawings = Regex.Matches(html, "<svg.*?</svg>", RegexOptions.Singleline, TimeSpan.FromSeconds(5));
        drawings.Count.Should().BeGreaterThan(5);
        foreach (Match drawing in drawings)
            XDocument.Parse(drawing.Value).Root!.Descendants().Should().NotBeEmpty();
        html.Should().NotContain("NaN").And.NotContain("Infinity");
    }

    [Fact]
    public void A_rollout_without_trajectory_or_drawing_is_an_error_that_says_what_to_do()
    {
        HtmlReport report = FullReport(Rollout(3));
        (report with { Drawing = null }).Invoking(r => r.ToHtml()).Should().Throw<InvalidOperationException>().WithMessage("*no Drawing*");
        (report with { Rollouts = [new("x", new(5, 1, true, 3))] }).Invoking(r => r.ToHtml()).Should().Throw<InvalidOperationException>().WithMessage("*seed 5*TrajectoriesKept*");
    }

    [Fact]
    public void Charts_survive_empty_single_and_constant_series()
    {
        var report = new HtmlReport
        {
            Title = "edge cases",
            Charts =
            [
                new("none", "step", []),
                new("nothing finite", "step", [new("x", [(0, double.NaN)])]),
                new("one point", "step", [new("x", [(3, 0.5)])]),
                new("constant", "step", [new("x", [(0, 2), (1, 2), (2, 2)])]),
                new("tiny to huge", "step", [new("x", [(0, 1e-9), (1, 1e9)])]) { LogarithmicY = true },
            ],
        };
        string html = report.ToHtml();
        html.Should().NotContain("NaN").And.NotContain("∞");
        Regex.Count(html, "No points", RegexOptions.None, TimeSpan.FromSeconds(5)).Should().Be(2);
    }

    [Fact]
    public void An_angle_that_passes_half_a_turn_keeps_turning_the_short_way()
    {
        // 170, 190 (= -170), 210 degrees: without unwrapping, the shape would spin back through zero.
        float[] degrees = [170, -170, -150];
        var trajectory = new RolloutTrajectory([.. degrees.Select(d => new Observation { ["angle"] = new float[] { d * MathF.PI / 180 } })], [[0], [0]], [0, 0], 10);
        RolloutDrawing drawing = Drawing with { Moving = [Drawing.Moving[0]], Poses = (o, _) => [new(0, 0, o["angle"].Span[0])] };
        RolloutSvg.Draw(drawing, trajectory).Should().Contain("values=\"170;190;210\"");
    }

    [Fact]
    public void The_picture_is_an_image_of_its_own_that_lasts_as_long_as_the_episode()
    {
        RolloutTrajectory trajectory = Rollout(40)[0].Result.Trajectory!;
        XElement svg = XDocument.Parse(RolloutSvg.Draw(Drawing, trajectory, speed: 2, background: "white")).Root!;
        svg.Name.NamespaceName.Should().Be("http://www.w3.org/2000/svg");
        double.Parse(svg.Attribute("data-seconds")!.Value, CultureInfo.InvariantCulture).Should().Be(2);
        svg.Descendants().Count(e => e.Name.LocalName == "animateTransform").Should().Be(3, "the circle does not turn");
        svg.Descendants().First(e => e.Name.LocalName == "animateTransform").Attribute("values")!.Value.Split(';').Should().HaveCount(41);
    }

    [Fact]
    public void A_drawing_that_forgets_a_shape_is_refused()
    {
        RolloutDrawing drawing = Drawing with { Poses = (_, _) => [new(0, 0)] };
        FluentActions.Invoking(() => RolloutSvg.Draw(drawing, Rollout(2)[0].Result.Trajectory!)).Should().Throw<ArgumentException>().WithMessage("*2 moving shapes*1 poses at step 0*");
    }

    private static ReportRollout[] Rollout(int steps) =>
        [.. new RolloutRunner(() => new CountingEnvironment { StepLimit = steps }, new() { Seeds = [7], TrajectoriesKept = 1 })
            .Run(new RecordingPolicy()).Select(result => new ReportRollout(Hostile, result))];

    private static HtmlReport FullReport(IReadOnlyList<ReportRollout> rollouts) => new()
    {
        Title = Hostile,
        Summary = Hostile,
        KeyFigures = [new(Hostile, Hostile, Hostile)],
        Evaluations = [new(Hostile, [.. Enumerable.Range(0, 500).Select(i => new RolloutResult(i, i / 500.0, i > 300, i))], new Dictionary<string, string>(StringComparer.Ordinal) { [Hostile] = Hostile })],
        Rollouts = rollouts,
        Drawing = Drawing,
        Charts = [new(Hostile, Hostile, [new(Hostile, [.. Enumerable.Range(1, 5000).Select(i => ((double)i, 1.0 / i))]), new(Hostile, [(1, 1), (2, 2)])])],
        Tables = [new(Hostile, [Hostile], [[Hostile]])],
    };
}
