namespace BehaviorCloning.Evaluation;

/// <summary>A number that is worth a large font.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The number.</param>
/// <param name="Note">How sure, of what, beside what.</param>
public sealed record KeyFigure(string Label, string Value, string Note = "");

/// <summary>A table.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Header">A heading a column; empty for a list of names and values.</param>
/// <param name="Rows">Cells, row by row.</param>
public sealed record ReportTable(string Title, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>A chart of one or several curves over a common axis.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="XLabel">What runs to the right.</param>
/// <param name="Series">The curves.</param>
public sealed record LineChart(string Title, string XLabel, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>A logarithmic axis upwards, for losses. Used where all values are positive. Default no.</summary>
    public bool LogarithmicY { get; init; }
}

/// <summary>A curve.</summary>
/// <param name="Name">What it is, for the legend.</param>
/// <param name="Points">Its points; ones that are not finite are left out.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>An episode to replay on the page.</summary>
/// <param name="Caption">Whose episode it is.</param>
/// <param name="Result">What became of it, with its trajectory.</param>
public sealed record ReportRollout(string Caption, RolloutResult Result);
