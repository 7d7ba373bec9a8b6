using System.Globalization;
using System.Net;
using System.Text;

namespace Claims;

/// <summary>A measured value over something, with its interval.</summary>
internal readonly record struct Measured(double X, double Y, double Low, double High);

/// <summary>Curves of measured values with their intervals, on linear or logarithmic axes, as an SVG image.</summary>
internal sealed record IntervalFigure(string Title, string XLabel, string YLabel, IReadOnlyList<(string Name, IReadOnlyList<Measured> Points)> Curves)
{
    private const double Width = 620, Height = 380, Left = 70, Right = Width - 20, Top = 40, Bottom = Height - 55;
    private static readonly string[] Colors = ["#c2410c", "#1d4ed8", "#15803d", "#7e22ce", "#475569"];

    public bool Logarithmic { get; init; }

    public string Draw()
    {
        Measured[] all = [.. Curves.SelectMany(curve => curve.Points)];
        double least = all.Where(p => p.Y > 0).Select(p => p.Y).DefaultIfEmpty(1).Min() / 2;
        (double x0, double x1) = (Scale(all.Min(p => p.X), least), Scale(all.Max(p => p.X), least));
        (double y0, double y1) = Logarithmic ? (Scale(all.Min(p => Math.Max(p.Low, least)), least), Scale(all.Max(p => p.High), least)) : (Math.Min(0, all.Min(p => p.Low)), Math.Max(1e-9, all.Max(p => p.High)));
        double X(double value) => Left + ((Scale(value, least) - x0) / Math.Max(x1 - x0, 1e-9) * (Right - Left));
        double Y(double value) => Bottom - ((Scale(value, least) - y0) / Math.Max(y1 - y0, 1e-9) * (Bottom - Top));

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\"><rect width=\"{Width}\" height=\"{Height}\" fill=\"#fcfcfd\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"22\" font-weight=\"bold\" font-size=\"14\">{WebUtility.HtmlEncode(Title)}</text>");
        foreach (double tick in Ticks(y0, y1))
        {
            double at = Bottom - ((tick - y0) / Math.Max(y1 - y0, 1e-9) * (Bottom - Top));
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Right}\" y1=\"{at:0.#}\" y2=\"{at:0.#}\" stroke=\"#e2e5ea\"/><text x=\"{Left - 8}\" y=\"{at + 4:0.#}\" text-anchor=\"end\" fill=\"#555\">{(Logarithmic ? Math.Pow(10, tick) : tick):0.####}</text>");
        }

        foreach (double x in all.Select(p => p.X).Distinct())
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(x):0.#}\" y=\"{Bottom + 18}\" text-anchor=\"middle\" fill=\"#555\">{x:0.###}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Right) / 2}\" y=\"{Height - 14}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(XLabel)}</text><text transform=\"translate(16 {(Top + Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{WebUtility.HtmlEncode(YLabel)}</text>");
        for (int i = 0; i < Curves.Count; i++)
        {
            string color = Colors[i % Colors.Length];
            svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" points=\"{string.Join(' ', Curves[i].Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):0.#},{Y(p.Y):0.#}")))}\"/>");
            foreach (Measured p in Curves[i].Points)
                svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(p.X):0.#}\" x2=\"{X(p.X):0.#}\" y1=\"{Y(p.Low):0.#}\" y2=\"{Y(p.High):0.#}\" stroke=\"{color}\"/><circle cx=\"{X(p.X):0.#}\" cy=\"{Y(p.Y):0.#}\" r=\"3.5\" fill=\"{color}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + 12}\" y=\"{Top + 16 + (17 * i)}\" fill=\"{color}\" font-weight=\"bold\">{WebUtility.HtmlEncode(Curves[i].Name)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    private double Scale(double value, double least) => Logarithmic ? Math.Log10(Math.Max(value, least)) : value;

    // In units of the axis: decades where it is logarithmic, otherwise fifths of a round number.
    private IEnumerable<double> Ticks(double low, double high)
    {
        double step = Logarithmic ? 1 : Math.Pow(10, Math.Floor(Math.Log10(Math.Max(high - low, 1e-9)))) / 5;
        while ((high - low) / step > 8) step *= 2;
        for (double tick = Math.Ceiling(low / step) * step; tick <= high + (1e-9 * step); tick += step) yield return tick;
    }
}
