using System.Globalization;
using Spectre.Console;

namespace Seeing;

/// <summary>Shows the comparison on the console, a table a world.</summary>
internal static class RowTable
{
    private static readonly string[] Columns = ["input", "family", "shown in training", "weights", "trained", "steps", "training", "before it", "ms", "score", "95 %", "solved", "95 %"];

    public static void Show(IReadOnlyList<Row> rows, IAnsiConsole console)
    {
        foreach (IGrouping<string, Row> world in rows.GroupBy(row => row.World))
        {
            var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(Title(world.First()))) };
            for (int i = 0; i < Columns.Length; i++) table.AddColumn(new TableColumn(Markup.Escape(Columns[i])) { Alignment = i < 3 ? Justify.Left : Justify.Right });
            foreach (Row row in world)
            {
                table.AddRow([.. new[]
                {
                    row.Input,
                    row.Family,
                    row.Light,
                    Number(row.Parameters, "N0"),
                    Number(row.TrainedParameters, "N0"),
                    string.Create(CultureInfo.InvariantCulture, $"{row.Training.Steps:N0} x {row.Training.BatchSize}"),
                    string.Create(CultureInfo.InvariantCulture, $"{row.Training.Seconds:0} s"),
                    string.Create(CultureInfo.InvariantCulture, $"{row.Training.PreparationSeconds:0} s"),
                    Number(row.InferenceMs, "0.0"),
                    Number(row.Score, "0.000"),
                    $"{Number(row.ScoreLow, "0.000")} to {Number(row.ScoreHigh, "0.000")}",
                    Number(row.Success, "0.00"),
                    $"{Number(row.SuccessLow, "0.00")} to {Number(row.SuccessHigh, "0.00")}",
                }.Select(cell => new Text(cell))]);
            }

            console.Write(table);
        }
    }

    public static string Title(Row row) => string.Create(CultureInfo.InvariantCulture, $"{row.World}: {PixelWorld.Find(row.World).Title}; {row.Episodes} episodes");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
