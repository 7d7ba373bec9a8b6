using System.Globalization;
using BehaviorCloning.Evaluation;
using Spectre.Console;

namespace ChoosingAHead;

/// <summary>The rows of a world with their seeds put together.</summary>
internal sealed record RowGroup(string World, string Name, IReadOnlyList<Row> Rows)
{
    public WilsonInterval Success => new(Rows.Sum(row => row.Successes), Rows.Sum(row => row.Episodes));

    public double Score => Rows.Average(row => row.Score);

    /// <summary>Of all successes, the share that went left.</summary>
    public double? LeftShare => Rows.Any(row => row.LeftShare is not null)
        ? Rows.Sum(row => (row.LeftShare ?? 0) * row.Successes) / Rows.Sum(row => row.Successes)
        : null;

    public static IReadOnlyList<RowGroup> Of(IEnumerable<Row> rows) =>
        [.. rows.GroupBy(row => (row.World, Name: row.Head + row.Variant)).Select(group => new RowGroup(group.Key.World, group.Key.Name, [.. group]))];
}

/// <summary>Shows the comparison on the console.</summary>
internal static class RowTable
{
    public static void Show(IReadOnlyList<Row> rows, IAnsiConsole console)
    {
        foreach (IGrouping<string, RowGroup> world in RowGroup.Of(rows).GroupBy(group => group.World))
        {
            var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(Title(world.First().Rows[0]))) };
            foreach (string column in new[] { "head", "parameters", "train steps/s", "inference ms", "loss", "score", "success", "95 % interval" }) table.AddColumn(new TableColumn(column) { Alignment = column == "head" ? Justify.Left : Justify.Right });
            bool several = world.Any(group => group.Rows.Count > 1), forked = world.Any(group => group.LeftShare is not null);
            if (forked) table.AddColumn(new TableColumn("went left") { Alignment = Justify.Right });
            if (several) table.AddColumn("success of each seed");
            foreach (RowGroup group in world)
            {
                List<string> cells =
                [
                    group.Name,
                    Number(group.Rows[0].Parameters, "N0"),
                    Number(group.Rows.Average(row => row.TrainStepsPerS), "0"),
                    Number(group.Rows.Average(row => row.InferenceMs), "0.00"),
                    Number(group.Rows.Average(row => row.Loss), "0.0000"),
                    Number(group.Score, "0.000"),
                    Number(group.Success.Share, "0.000"),
                    $"{Number(group.Success.Low, "0.000")} to {Number(group.Success.High, "0.000")}",
                ];
                if (forked) cells.Add(group.LeftShare is { } left ? Number(left, "0.00") : "-");
                if (several) cells.Add(string.Join(" / ", group.Rows.Select(row => Number(row.Success, "0.00"))));
                table.AddRow([.. cells.Select(cell => new Text(cell))]);
            }

            console.Write(table);
        }
    }

    public static string Title(Row row) => string.Create(
        CultureInfo.InvariantCulture, $"{row.World}: {row.Demonstrations} demonstrations, {row.Steps:N0} steps, {row.Episodes} episodes a seed");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
