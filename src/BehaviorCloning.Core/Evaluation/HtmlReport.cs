using System.Globalization;
using System.Net;
using System.Text;

namespace BehaviorCloning.Evaluation;

/// <summary>
/// One HTML file that tells what came out of a run: key figures, evaluations with every seed, episodes to replay, training curves
/// and tables. It loads nothing from anywhere, so it can be mailed, archived and opened offline.
/// </summary>
public sealed record HtmlReport
{
    /// <summary>What the page is about.</summary>
    public required string Title { get; init; }

    /// <summary>A sentence or two under the title.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The few numbers a reader came for.</summary>
    public IReadOnlyList<KeyFigure> KeyFigures { get; init; } = [];

    /// <summary>Evaluations, compared in one table and drawn seed by seed.</summary>
    public IReadOnlyList<EvaluationReport> Evaluations { get; init; } = [];

    /// <summary>Episodes to replay. Each needs its trajectory, and the report a <see cref="Drawing"/>.</summary>
    public IReadOnlyList<ReportRollout> Rollouts { get; init; } = [];

    /// <summary>How episodes of this world are drawn.</summary>
    public RolloutDrawing? Drawing { get; init; }

    /// <summary>Training curves and the like.</summary>
    public IReadOnlyList<LineChart> Charts { get; init; } = [];

    /// <summary>Configuration and the like.</summary>
    public IReadOnlyList<ReportTable> Tables { get; init; } = [];

    /// <summary>Writes the page; a reader never sees half of it.</summary>
    public void Write(string path) => AtomicFile.WriteText(path, ToHtml());

    /// <summary>The page.</summary>
    /// <exception cref="InvalidOperationException">A rollout cannot be drawn.</exception>
    public string ToHtml()
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        page.Append(CultureInfo.InvariantCulture, $"<title>{Text(Title)}</title><style>{Asset("report.css")}</style></head>\n<body><main>\n<header><h1>{Text(Title)}</h1>");
        if (Summary.Length > 0) page.Append(CultureInfo.InvariantCulture, $"<p class=\"summary\">{Text(Summary)}</p>");
        page.Append("</header>\n");
        AppendKeyFigures(page);
        AppendRollouts(page);
        AppendEvaluations(page);
        AppendCharts(page);
        foreach (ReportTable table in Tables) AppendSection(page, table.Title, TableOf(table.Header, table.Rows));
        return page.Append(CultureInfo.InvariantCulture, $"</main><script>{Asset("report.js")}</script></body></html>\n").ToString();
    }

    private void AppendKeyFigures(StringBuilder page)
    {
        if (KeyFigures.Count == 0) return;
        page.Append("<dl class=\"figures\">");
        foreach (KeyFigure figure in KeyFigures)
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{Text(figure.Label)}</dt><dd>{Text(figure.Value)}</dd><dd class=\"muted\">{Text(figure.Note)}</dd></div>");
        page.Append("</dl>\n");
    }

    private void AppendRollouts(StringBuilder page)
    {
        if (Rollouts.Count == 0) return;
        RolloutDrawing drawing = Drawing ?? throw new InvalidOperationException("The report has rollouts but no Drawing: say how they are drawn.");
        var figures = new StringBuilder("<div class=\"rollouts\">");
        foreach (ReportRollout rollout in Rollouts)
        {
            RolloutResult result = rollout.Result;
            RolloutTrajectory trajectory = result.Trajectory
                ?? throw new InvalidOperationException($"The rollout of seed {result.Seed} kept no trajectory. Ask for it with RolloutOptions.TrajectoriesKept.");
            figures.Append(CultureInfo.InvariantCulture, $"<figure class=\"rollout\" data-steps=\"{result.Steps}\">{RolloutSvg.Draw(drawing, trajectory).Replace(" xmlns=\"http://www.w3.org/2000/svg\"", "", StringComparison.Ordinal)}");
            figures.Append(ChartSvg.Rewards(trajectory.Rewards));
            figures.Append("<div class=\"player\"><button type=\"button\" aria-label=\"Play\"></button><input type=\"range\" min=\"0\" max=\"1\" step=\"any\" value=\"1\" aria-label=\"Time\"><output></output></div>");
            figures.Append(CultureInfo.InvariantCulture, $"<figcaption><b>{Text(rollout.Caption)}</b><span>{result.Score:0.000} {Badge(result.Success)}</span></figcaption></figure>");
        }

        figures.Append("</div>");
        AppendSection(page, "Rollouts", figures.ToString(), "<button type=\"button\" id=\"all\" hidden>Play all</button>");
    }

    private void AppendEvaluations(StringBuilder page)
    {
        if (Evaluations.Count == 0) return;
        var body = new StringBuilder("<div class=\"scroll\"><table><thead><tr><th>Evaluated</th><th>Episodes</th><th>Mean score</th><th>Solved</th><th>95 % interval</th><th></th><th>Mean steps</th></tr></thead><tbody>");
        foreach (EvaluationReport evaluation in Evaluations)
        {
            WilsonInterval solved = evaluation.Success;
            body.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(evaluation.Name)}</th><td>{evaluation.Episodes.Count}</td><td>{evaluation.Score}</td><td>{100 * solved.Share:0.#} %</td><td>{100 * solved.Low:0} to {100 * solved.High:0} %</td><td>{ChartSvg.Interval(solved)}</td><td>{evaluation.MeanSteps:0}</td></tr>");
        }

        body.Append("</tbody></table></div><p class=\"legend\"><span class=\"key solved\"></span>solved <span class=\"key open\"></span>not solved</p>");
        foreach (EvaluationReport evaluation in Evaluations)
        {
            body.Append(CultureInfo.InvariantCulture, $"<h3>{Text(evaluation.Name)}</h3><div class=\"charts\"><figure>{ChartSvg.SortedScores(evaluation.Episodes)}</figure><figure>{ChartSvg.Histogram(evaluation.Episodes)}</figure></div>");
            string[] header = ["Seed", "Score", "Solved", "Steps"];
            string[][] rows = [.. evaluation.Episodes.Select(e => new[] { e.Seed.ToString(CultureInfo.InvariantCulture), e.Score.ToString("0.000", CultureInfo.InvariantCulture), e.Success ? "yes" : "no", e.Steps.ToString(CultureInfo.InvariantCulture) })];
            body.Append(CultureInfo.InvariantCulture, $"<details><summary>Every seed and setting</summary>{TableOf([], [.. evaluation.Settings.Select(s => new[] { s.Key, s.Value })])}{TableOf(header, rows)}</details>");
        }

        AppendSection(page, "Evaluation", body.ToString());
    }

    private void AppendCharts(StringBuilder page)
    {
        if (Charts.Count == 0) return;
        var body = new StringBuilder("<div class=\"charts\">");
        foreach (LineChart chart in Charts)
        {
            body.Append(CultureInfo.InvariantCulture, $"<figure><figcaption><b>{Text(chart.Title)}</b>");
            for (int i = 0; i < chart.Series.Count && chart.Series.Count > 1; i++)
                body.Append(CultureInfo.InvariantCulture, $"<span><span class=\"key c{i % 5}\"></span>{Text(chart.Series[i].Name)}</span>");
            body.Append(CultureInfo.InvariantCulture, $"</figcaption>{ChartSvg.Curves(chart)}</figure>");
        }

        AppendSection(page, "Training", body.Append("</div>").ToString());
    }

    private static void AppendSection(StringBuilder page, string title, string body, string beside = "") =>
        page.Append(CultureInfo.InvariantCulture, $"<section><div class=\"heading\"><h2>{Text(title)}</h2>{beside}</div>{body}</section>\n");

    private static string TableOf(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (rows.Count == 0) return "";
        var table = new StringBuilder(header.Count > 0 ? "<div class=\"scroll\"><table>" : "<div class=\"scroll\"><table class=\"pairs\">");
        if (header.Count > 0) table.Append(CultureInfo.InvariantCulture, $"<thead><tr>{string.Concat(header.Select(cell => $"<th>{Text(cell)}</th>"))}</tr></thead>");
        table.Append("<tbody>");
        foreach (IReadOnlyList<string> row in rows)
            table.Append(CultureInfo.InvariantCulture, $"<tr>{string.Concat(row.Select((cell, i) => i == 0 ? $"<th>{Text(cell)}</th>" : $"<td>{Text(cell)}</td>"))}</tr>");
        return table.Append("</tbody></table></div>").ToString();
    }

    private static string Badge(bool success) => success ? "<span class=\"badge solved\">solved</span>" : "<span class=\"badge\">not solved</span>";

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Asset(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream($"BehaviorCloning.Evaluation.{name}")
            ?? throw new InvalidOperationException($"The assembly was built without its resource {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
