using System.Globalization;
using System.Net;
using System.Text;

namespace Seeing;

/// <summary>Draws the comparison: for each input a bar of the score in each world, with its interval.</summary>
internal static class RowFigure
{
    private const int NameWidth = 190, BarWidth = 420, BarHeight = 14, Gap = 12, TitleHeight = 30, Width = NameWidth + BarWidth + 150;

    // Told apart in gray too.
    private static readonly string[] Colors = ["#3b6ea5", "#e0a030", "#b5886a", "#888888"];

    public static string Draw(IReadOnlyList<Row> rows)
    {
        string[] worlds = [.. rows.Select(row => row.World).Distinct()];
        IGrouping<string, Row>[] inputs = [.. rows.GroupBy(row => row.Input)];
        int bottom = TitleHeight + inputs.Sum(input => (BarHeight * input.Count()) + Gap), height = bottom + 24 + (18 * worlds.Length);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"#fcfcfd\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth}\" y=\"18\" fill=\"#222\" font-weight=\"bold\">Push-T: mean score of {rows[0].Episodes} episodes, 0 to 1, with its 95 % interval</text>");
        foreach (double mark in new[] { 0, 0.25, 0.5, 0.75, 1 })
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(mark):0.#}\" x2=\"{X(mark):0.#}\" y1=\"{TitleHeight - 4}\" y2=\"{bottom}\" stroke=\"#ddd\"/>");
        int y = TitleHeight;
        foreach (IGrouping<string, Row> input in inputs)
        {
            int middle = y + (BarHeight * input.Count() / 2);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth - 8}\" y=\"{middle + 4}\" text-anchor=\"end\" fill=\"#222\">{WebUtility.HtmlEncode(input.Key)}</text>");
            foreach (Row row in input)
            {
                Append(svg, row, Array.IndexOf(worlds, row.World), y);
                y += BarHeight;
            }

            y += Gap;
        }

        for (int i = 0; i < worlds.Length; i++)
        {
            int at = bottom + 12 + (18 * i);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{NameWidth}\" y=\"{at}\" width=\"12\" height=\"12\" fill=\"{Colors[i % Colors.Length]}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth + 18}\" y=\"{at + 10}\" fill=\"#222\">{WebUtility.HtmlEncode($"{worlds[i]}: {PixelWorld.Find(worlds[i]).Title}")}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    private static void Append(StringBuilder svg, Row row, int world, int y)
    {
        double middle = y + (BarHeight / 2.0);
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{NameWidth}\" y=\"{y + 1}\" width=\"{BarWidth * row.Score:0.#}\" height=\"{BarHeight - 2}\" fill=\"{Colors[world % Colors.Length]}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(row.ScoreLow):0.#}\" x2=\"{X(row.ScoreHigh):0.#}\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"#111\" stroke-width=\"1.5\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(1) + 10:0.#}\" y=\"{middle + 4}\" fill=\"#222\">{row.Score:0.000}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - 12}\" y=\"{middle + 4}\" text-anchor=\"end\" fill=\"#666\">solved {row.Success:0.00}</text>");
    }

    private static double X(double share) => NameWidth + (BarWidth * share);
}
