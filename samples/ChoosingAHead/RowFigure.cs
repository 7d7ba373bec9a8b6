using System.Globalization;
using System.Net;
using System.Text;

namespace ChoosingAHead;

/// <summary>Draws the comparison: a bar of success with its interval for each head, world by world; at a fork also how many went left.</summary>
internal static class RowFigure
{
    private const int NameWidth = 210, BarWidth = 360, RowHeight = 20, TitleHeight = 34, Width = NameWidth + BarWidth + 250;

    public static string Draw(IReadOnlyList<Row> rows)
    {
        IGrouping<string, RowGroup>[] worlds = [.. RowGroup.Of(rows).GroupBy(group => group.World)];
        int height = worlds.Sum(world => TitleHeight + (RowHeight * world.Count())) + 24;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"#fcfcfd\"/>");
        int y = 0;
        foreach (IGrouping<string, RowGroup> world in worlds)
        {
            y += TitleHeight;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"{y - 9}\" font-weight=\"bold\" fill=\"#222\">{WebUtility.HtmlEncode(RowTable.Title(world.First().Rows[0]))}</text>");
            foreach (double mark in new[] { 0, 0.25, 0.5, 0.75, 1 })
                svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(mark):0.#}\" x2=\"{X(mark):0.#}\" y1=\"{y}\" y2=\"{y + (RowHeight * world.Count())}\" stroke=\"#ddd\"/>");
            foreach (RowGroup group in world)
            {
                Append(svg, group, y);
                y += RowHeight;
            }
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth}\" y=\"{y + 16}\" fill=\"#666\">share of episodes that succeed, 0 to 1, with Wilson's 95 % interval over all seeds' episodes</text></svg>");
        return svg.ToString();
    }

    private static void Append(StringBuilder svg, RowGroup group, int y)
    {
        double middle = y + (RowHeight / 2.0);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth - 8}\" y=\"{middle + 4}\" text-anchor=\"end\" fill=\"#222\">{WebUtility.HtmlEncode(group.Name)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{NameWidth}\" y=\"{y + 4}\" width=\"{BarWidth * group.Success.Share:0.#}\" height=\"{RowHeight - 8}\" fill=\"#7da7d9\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(group.Success.Low):0.#}\" x2=\"{X(group.Success.High):0.#}\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"#1f3a5f\" stroke-width=\"2\"/>");
        string left = group.LeftShare is { } share ? string.Create(CultureInfo.InvariantCulture, $", {100 * share:0} % of them left") : "";
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth + BarWidth + 10}\" y=\"{middle + 4}\" fill=\"#222\">{group.Success.Share:0.000}{left}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - 10}\" y=\"{middle + 4}\" text-anchor=\"end\" fill=\"#666\">{group.Rows.Average(row => row.InferenceMs):0.00} ms</text>");
    }

    private static double X(double share) => NameWidth + (BarWidth * share);
}
