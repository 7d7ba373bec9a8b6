using System.Globalization;

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
public sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>Reads the curves of a metrics file: a header, then rows of numbers. The first column is X; empty cells are left out.</summary>
    /// <returns>A curve for each further column, by its name.</returns>
    /// <exception cref="InvalidDataException">A cell is no number; the message says which.</exception>
    public static IReadOnlyDictionary<string, ChartSeries> ReadCsv(string path)
    {
        string[] lines = [.. File.ReadLines(path)];
        string[] names = lines.Length == 0 ? [] : lines[0].Split(',');
        List<(double, double)>[] columns = [.. names.Select(_ => new List<(double, double)>())];
        for (int row = 1; row < lines.Length; row++)
        {
            string[] cells = lines[row].Split(',');
            if (cells.Length != names.Length && row == lines.Length - 1) break; // The last row of a run that is being written.
            if (cells.Length != names.Length)
                throw new InvalidDataException($"{path}, line {row + 1}: {cells.Length} cells, but the header names {names.Length}.");
            for (int column = 1; column < names.Length; column++)
            {
                if (cells[column].Length > 0) columns[column].Add((Number(row, 0), Number(row, column)));
            }

            double Number(int row, int column) => double.TryParse(cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                ? value
                : throw new InvalidDataException($"{path}, line {row + 1}: '{cells[column]}' in column {names[column]} is no number.");
        }

        return names.Skip(1).Select((name, i) => new ChartSeries(name, columns[i + 1])).ToDictionary(series => series.Name, StringComparer.Ordinal);
    }
}

/// <summary>An episode to replay on the page.</summary>
/// <param name="Caption">Whose episode it is.</param>
/// <param name="Result">What became of it, with its trajectory.</param>
public sealed record ReportRollout(string Caption, RolloutResult Result);
