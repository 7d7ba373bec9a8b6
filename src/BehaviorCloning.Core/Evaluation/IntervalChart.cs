using System.Globalization;
using System.Net;
using System.Text;

namespace BehaviorCloning.Evaluation;

/// <summary>A measured value over something, with its interval.</summary>
/// <param name="X">Where it was measured.</param>
/// <param name="Y">What came out.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Measured(double X, double Y, double Low, double High);

/// <summary>Curves of measured values with their intervals, as an SVG image that stands by itself.</summary>
/// <param name="Title">Above the picture.</param>
/// <param name="XLabel">What X is, with its unit.</param>
/// <param name="YLabel">What Y is, with its unit.</param>
/// <param name="Curves">Their names and points, at least one point in all.</param>
public sealed record IntervalChart(string Title, string XLabel, string YLabel, IReadOnlyList<(string Name, IReadOnlyList<Measured> Points)> Curves)
{
    private const double Width = 620, Height = 380, Left = 70, Right = Width - 20, Top = 40, Bottom = Height - 55;
    private static readonly string[] Colors = ["#c2410c", "#1d4ed8", "#15803d", "#7e22ce", "#475569", "#0e7490", "#a16207", "#be185d"];

    /// <summary>Whether X is drawn by its logarithm; all X must be above 0 then.</summary>
    public bool LogarithmicX { get; init; }

    /// <summary>Whether Y is drawn by its logarithm; what is 0 or below is drawn at half the least value above it.</summary>
    public bool LogarithmicY { get; init; }

    /// <summary>Draws the picture.</summary>
    /// <returns>An SVG document.</returns>
    /// <exception cref="InvalidOperationException">There is no point, or one is not finite or cannot be drawn by its logarithm.</exception>
    public string Draw()
    {
        Measured[] all = [.. Curves.SelectMany(curve => curve.Points)];
        if (all.Length == 0) throw new InvalidOperationException($"The chart '{Title}' has no points. Give at least one.");
        foreach (Measured p in all)
        {
            if (!double.IsFinite(p.X + p.Y + p.Low + p.High)) throw new InvalidOperationException($"The chart '{Title}' has a point that is not finite: {p}.");
            if (LogarithmicX && p.X <= 0) throw new InvalidOperationException($"The chart '{Title}' is logarithmic in X and has a point at {p.X}. X must be above 0.");
        }

        double least = all.Where(p => p.Y > 0).Select(p => p.Y).DefaultIfEmpty(1).Min() / 2;
        var x = new ChartAxis(all.Min(p => p.X), all.Max(p => p.X), Left, Right, LogarithmicX);
        ChartAxis y = LogarithmicY
            ? new ChartAxis(all.Min(p => Math.Max(p.Low, least)), all.Max(p => Math.Max(p.High, least)), Bottom, Top, logarithmic: true)
            : new ChartAxis(Math.Min(0, all.Min(p => p.Low)), Math.Max(1e-9, all.Max(p => p.High)), Bottom, Top);
        double Y(double value) => y.Pixel(LogarithmicY ? Math.Max(value, least) : value);

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\"><rect width=\"{Width}\" height=\"{Height}\" fill=\"#fcfcfd\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"22\" font-weight=\"bold\" font-size=\"14\">{WebUtility.HtmlEncode(Title)}</text>");
        foreach (double tick in y.Ticks)
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Right}\" y1=\"{y.Pixel(tick):0.#}\" y2=\"{y.Pixel(tick):0.#}\" stroke=\"#e2e5ea\"/><text x=\"{Left - 8}\" y=\"{y.Pixel(tick) + 4:0.#}\" text-anchor=\"end\" fill=\"#555\">{ChartAxis.Label(tick)}</text>");
        foreach (double value in all.Select(p => p.X).Distinct())
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x.Pixel(value):0.#}\" y=\"{Bottom + 18}\" text-anchor=\"middle\" fill=\"#555\">{ChartAxis.Label(value)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Right) / 2}\" y=\"{Height - 14}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(XLabel)}</text><text transform=\"translate(16 {(Top + Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{WebUtility.HtmlEncode(YLabel)}</text>");
        for (int i = 0; i < Curves.Count; i++)
        {
            string color = Colors[i % Colors.Length];
            svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" points=\"{string.Join(' ', Curves[i].Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{x.Pixel(p.X):0.#},{Y(p.Y):0.#}")))}\"/>");
            foreach (Measured p in Curves[i].Points)
                svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x.Pixel(p.X):0.#}\" x2=\"{x.Pixel(p.X):0.#}\" y1=\"{Y(p.Low):0.#}\" y2=\"{Y(p.High):0.#}\" stroke=\"{color}\"/><circle cx=\"{x.Pixel(p.X):0.#}\" cy=\"{Y(p.Y):0.#}\" r=\"3.5\" fill=\"{color}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Right - 12}\" y=\"{Bottom - 12 - (17 * (Curves.Count - 1 - i))}\" text-anchor=\"end\" fill=\"{color}\" font-weight=\"bold\">{WebUtility.HtmlEncode(Curves[i].Name)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }
}
