using System.Globalization;
using Spectre.Console;

namespace Seeing;

/// <summary>Shows the comparison on the console, a table a world: all weights and those trained, seconds of training and before it.</summary>
internal static class RowTable
{
    private static readonly string[] Columns = ["input", "weights", "trained", "steps", "windows", "s", "before", "ms", "score (95 %)", "solved (95 %)"];

    public static void Show(IReadOnlyList<Row> rows, IAnsiConsole console)
    {
        foreach (IGrouping<string, Row> world in rows.GroupBy(row => row.World))
        {
            var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(Title(world.First()))) };
            for (int i = 0; i < Columns.Length; i++) table.AddColumn(new TableColumn(Markup.Escape(Columns[i])) { Alignment = i == 0 ? Justify.Left : Justify.Right });
            foreach (Row row in world)
            {
                table.AddRow([.. new[]
                {
                    row.Input,
                    Number(row.Parameters, "N0"),
                    Number(row.TrainedParameters, "N0"),
                    Number(row.Training.Steps, "N0"),
                    Number(row.Training.Windows, "N0"),
                    Number(row.Training.Seconds, "0"),
                    Number(row.Training.PreparationSeconds, "0"),
                    Number(row.InferenceMs, "0.0"),
                    $"{Number(row.Score, ".000")} ({Number(row.ScoreLow, ".000")}-{Number(row.ScoreHigh, ".000")})",
                    $"{Number(row.Success, ".00")} ({Number(row.SuccessLow, ".00")}-{Number(row.SuccessHigh, ".00")})",
                }.Select(cell => new Text(cell))]);
            }

            console.Write(table);
        }
    }

    public static string Title(Row row) => string.Create(CultureInfo.InvariantCulture, $"{row.World}: {PixelWorld.Find(row.World).Title}; {row.Episodes} episodes");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
