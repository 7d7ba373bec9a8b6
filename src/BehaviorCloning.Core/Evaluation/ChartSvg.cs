using System.Globalization;
using System.Net;
using System.Text;

namespace BehaviorCloning.Evaluation;

/// <summary>Draws the report's charts. Colors come from the page's style sheet, so that they fit a light and a dark page.</summary>
internal static class ChartSvg
{
    private const double Width = 460;
    private const double Height = 220;
    private const double Left = 46;
    private const double Right = Width - 10;
    private const double Top = 10;
    private const double Bottom = Height - 34;
    private const int MostPoints = 240;

    /// <summary>Curves. More points than a screen shows are averaged, with a band from the lowest to the highest.</summary>
    public static string Curves(LineChart chart)
    {
        (ChartSeries Series, (double X, double Y)[] Points)[] curves =
            [.. chart.Series.Select(s => (s, s.Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).OrderBy(p => p.X).ToArray())).Where(c => c.Item2.Length > 0)];
        if (curves.Length == 0) return "<p class=\"muted\">No points.</p>";
        double[] ys = [.. curves.SelectMany(c => c.Points.Select(p => p.Y))];
        bool logarithmic = chart.LogarithmicY && ys.Min() > 0;
        double padding = logarithmic ? 0 : Math.Max((ys.Max() - ys.Min()) * 0.04, 1e-9);
        var x = new ChartAxis(curves.Min(c => c.Points[0].X), curves.Max(c => c.Points[^1].X), Left, Right);
        var y = new ChartAxis(ys.Min() - padding, ys.Max() + padding, Bottom, Top, logarithmic);

        StringBuilder svg = Open(chart.Title);
        AppendGrid(svg, x, y, chart.XLabel, "");
        for (int i = 0; i < curves.Length; i++)
        {
            (double X, double Low, double Mean, double High)[] buckets = Buckets(curves[i].Points);
            if (buckets.Length < curves[i].Points.Length)
            {
                IEnumerable<string> band = buckets.Select(b => Point(x, y, b.X, b.Low)).Concat(buckets.Reverse().Select(b => Point(x, y, b.X, b.High)));
                svg.Append(CultureInfo.InvariantCulture, $"<polygon class=\"band c{i % 5}\" points=\"{string.Join(' ', band)}\"/>");
            }

            if (buckets.Length == 1)
                svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"dot c{i % 5}\" cx=\"{x.Pixel(buckets[0].X):0.#}\" cy=\"{y.Pixel(buckets[0].Mean):0.#}\" r=\"3\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"curve c{i % 5}\" points=\"{string.Join(' ', buckets.Select(b => Point(x, y, b.X, b.Mean)))}\"/>");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>Every episode as a bar, the worst to the left.</summary>
    public static string SortedScores(IReadOnlyList<RolloutResult> episodes)
    {
        RolloutResult[] sorted = [.. episodes.OrderBy(e => e.Score).ThenBy(e => e.Success).ThenByDescending(e => e.Steps)];
        (double low, double high) = ScoreRange(episodes);
        var x = new ChartAxis(0, sorted.Length, Left, Right);
        var y = new ChartAxis(low, high, Bottom, Top);
        double width = (Right - Left) / sorted.Length;
        double gap = width > 4 ? 1 : 0;

        StringBuilder svg = Open("Score of every seed, sorted");
        AppendGrid(svg, null, y, "seeds, worst to best", "");
        for (int i = 0; i < sorted.Length; i++)
        {
            double top = Math.Min(y.Pixel(sorted[i].Score), Bottom - 1);
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{(sorted[i].Success ? "solved" : "open")}\" x=\"{x.Pixel(i):0.##}\" y=\"{top:0.#}\" width=\"{width - gap:0.##}\" height=\"{Bottom - top:0.#}\">");
            svg.Append(CultureInfo.InvariantCulture, $"<title>seed {sorted[i].Seed}: score {sorted[i].Score:0.000}, {(sorted[i].Success ? "solved" : "not solved")}, {sorted[i].Steps} steps</title></rect>");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>How many episodes reached which score.</summary>
    public static string Histogram(IReadOnlyList<RolloutResult> episodes)
    {
        const int Bins = 20;
        (double low, double high) = ScoreRange(episodes);
        int[,] counts = new int[Bins, 2];
        foreach (RolloutResult episode in episodes)
            counts[Math.Clamp((int)((episode.Score - low) / (high - low) * Bins), 0, Bins - 1), episode.Success ? 1 : 0]++;
        int most = Enumerable.Range(0, Bins).Max(bin => counts[bin, 0] + counts[bin, 1]);
        var x = new ChartAxis(low, high, Left, Right);
        var y = new ChartAxis(0, Math.Max(most, 5), Bottom, Top); // Whole numbers to mark, however few episodes.
        double width = (Right - Left) / Bins;

        StringBuilder svg = Open("Histogram of scores");
        AppendGrid(svg, x, y, "score", "episodes");
        for (int bin = 0; bin < Bins; bin++)
        {
            double bottom = Bottom;
            foreach (int solved in new[] { 1, 0 })
            {
                if (counts[bin, solved] == 0) continue;
                double height = Bottom - y.Pixel(counts[bin, solved]);
                bottom -= height;
                svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{(solved == 1 ? "solved" : "open")}\" x=\"{Left + (bin * width) + 0.75:0.##}\" y=\"{bottom:0.#}\" width=\"{width - 1.5:0.##}\" height=\"{height:0.#}\">");
                svg.Append(CultureInfo.InvariantCulture, $"<title>{counts[bin, solved]} episodes {(solved == 1 ? "solved" : "not solved")}</title></rect>");
            }
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>A share with its interval, on a line from 0 to 1.</summary>
    public static string Interval(WilsonInterval share) => string.Create(CultureInfo.InvariantCulture,
        $"<svg class=\"interval\" viewBox=\"0 0 120 12\" role=\"img\" aria-label=\"{share}\"><line class=\"grid\" x1=\"0\" x2=\"120\" y1=\"6\" y2=\"6\"/><line class=\"whisker\" x1=\"{120 * share.Low:0.#}\" x2=\"{120 * share.High:0.#}\" y1=\"6\" y2=\"6\"/><circle class=\"dot c0\" cx=\"{120 * share.Share:0.#}\" cy=\"6\" r=\"3.5\"/></svg>");

    /// <summary>An episode's reward over its steps, as wide as the slider below it.</summary>
    public static string Rewards(IReadOnlyList<double> rewards)
    {
        if (rewards.Count == 0) return "";
        double low = Math.Min(0, rewards.Min());
        double high = Math.Max(1, rewards.Max());
        string points = string.Join(' ', rewards.Select((reward, t) => string.Create(
            CultureInfo.InvariantCulture, $"{100.0 * (t + 1) / rewards.Count:0.##},{20 - (20 * (reward - low) / (high - low)):0.##}")));
        return $"<svg class=\"rewards\" viewBox=\"0 0 100 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><polygon points=\"0,20 {points} 100,20\"/></svg>";
    }

    private static (double Low, double High) ScoreRange(IReadOnlyList<RolloutResult> episodes)
    {
        double low = Math.Min(0, episodes.Min(e => e.Score));
        double high = episodes.Max(e => e.Score);
        return (low, low >= 0 && high <= 1 ? 1 : Math.Max(high, low + 1e-9));
    }

    private static (double X, double Low, double Mean, double High)[] Buckets((double X, double Y)[] points)
    {
        if (points.Length <= MostPoints) return [.. points.Select(p => (p.X, p.Y, p.Y, p.Y))];
        return [.. points.Chunk((points.Length + MostPoints - 1) / MostPoints)
            .Select(bucket => (bucket.Average(p => p.X), bucket.Min(p => p.Y), bucket.Average(p => p.Y), bucket.Max(p => p.Y)))];
    }

    private static StringBuilder Open(string label) => new StringBuilder().Append(
        CultureInfo.InvariantCulture, $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(label)}\">");

    private static void AppendGrid(StringBuilder svg, ChartAxis? x, ChartAxis y, string xLabel, string yLabel)
    {
        foreach (double tick in y.Ticks)
        {
            double at = y.Pixel(tick);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{at:0.#}\" y2=\"{at:0.#}\"/><text class=\"end\" x=\"{Left - 7}\" y=\"{at + 3.5:0.#}\">{ChartAxis.Label(tick)}</text>");
        }

        foreach (double tick in x?.Ticks ?? [])
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"middle\" x=\"{x!.Pixel(tick):0.#}\" y=\"{Bottom + 15}\">{ChartAxis.Label(tick)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"middle label\" x=\"{(Left + Right) / 2}\" y=\"{Height - 4}\">{WebUtility.HtmlEncode(xLabel)}</text>");
        if (yLabel.Length > 0)
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"middle label\" transform=\"translate(9 {(Top + Bottom) / 2}) rotate(-90)\">{WebUtility.HtmlEncode(yLabel)}</text>");
    }

    private static string Point(ChartAxis x, ChartAxis y, double atX, double atY) =>
        string.Create(CultureInfo.InvariantCulture, $"{x.Pixel(atX):0.#},{y.Pixel(atY):0.#}");
}
