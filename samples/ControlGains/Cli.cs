using System.CommandLine;
using System.Text.Json.Nodes;
using BehaviorCloning.Evaluation;
using Samples;
using Spectre.Console;

namespace ControlGains;

/// <summary>The command line.</summary>
internal static class Cli
{
    public static Task<int> RunAsync(string[] args, IAnsiConsole console, TextWriter errors)
    {
        var heads = new Option<string[]>("--heads") { Description = "Heads to train: mse, flow.", DefaultValueFactory = _ => Cloning.Heads, AllowMultipleArgumentsPerToken = true }.AcceptOnlyFromAmong(Cloning.Heads);
        var seeds = new Option<string>("--seeds") { Description = "Training seeds, as first seed and how many.", DefaultValueFactory = _ => "0:5" };
        var demonstrations = new Option<int?>("--demonstrations") { Description = "Demonstrations to learn from. Default: 10." };
        var steps = new Option<int?>("--steps") { Description = "Optimizer steps of a training. Default: 2,000." };
        var episodes = new Option<int?>("--episodes") { Description = "Episodes played of each training. Default: 200." };
        var threads = new Option<int>("--threads") { Description = "Processors; 0 for all. With 1 the figures are the same every time.", DefaultValueFactory = _ => 1 };
        var quick = new Option<bool>("--quick") { Description = "Everything on a small scale: to see that it works." };
        var json = new Option<FileInfo?>("--json") { Description = "Write every training's figures to this file." };
        var root = new RootCommand("Clones one expert through compliant or stiff, underdamped or overdamped controllers of a planar arm.") { heads, seeds, demonstrations, steps, episodes, threads, quick, json };
        root.SetAction((parsed, stop) => Task.Run(() =>
        {
            Budget standard = parsed.GetValue(quick) ? new() { Demonstrations = 4, Steps = 20, Episodes = 4, Width = 16 } : new();
            Budget budget = standard with
            {
                Demonstrations = parsed.GetValue(demonstrations) ?? standard.Demonstrations,
                Steps = parsed.GetValue(steps) ?? standard.Steps,
                Episodes = parsed.GetValue(episodes) ?? standard.Episodes,
                Threads = parsed.GetValue(threads),
            };
            if (string.Join(" ", budget.Problems()) is { Length: > 0 } problems) throw new ArgumentException(problems);

            List<Row> rows = [];
            foreach (Gains gains in Gains.All)
            {
                foreach (Row row in Cloning.Run(gains, parsed.GetValue(heads)!, SeedRange.Parse(parsed.GetValue(seeds)!), budget, stop))
                {
                    rows.Add(row);
                    console.WriteLine(FormattableString.Invariant($"{gains.Name}, {row.Head}, seed {row.Seed}: {row.Successes} of {row.Episodes}, {row.Broken} broken; loss {row.Loss:0.0000}"));
                    if (parsed.GetValue(json) is { } file) JsonFile.Write(file.FullName, Json(rows));
                }
            }

            foreach (string head in parsed.GetValue(heads)!) console.Write(Table(head, [.. rows.Where(row => row.Head == head)]));
        }, CancellationToken.None));
        return SampleShell.RunAsync(root, args, errors, _ => "Interrupted. What was finished is in the --json file, where there is one.");
    }

    // Stiffness down, damping across, as in the lecture.
    private static Table Table(string head, Row[] rows)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle($"{head}: success through each controller, with its 95 % interval; broken tools; the expert") };
        table.AddColumn("");
        string[] dampings = [.. rows.Select(row => row.Gains.Damping).Distinct()];
        foreach (string damping in dampings) table.AddColumn(new TableColumn(damping).RightAligned());
        foreach (IGrouping<string, Row> line in rows.GroupBy(row => row.Gains.Stiffness))
        {
            List<string> cells = [line.Key];
            foreach (string damping in dampings)
            {
                Row[] cell = [.. line.Where(row => row.Gains.Damping == damping)];
                int episodes = cell.Sum(row => row.Episodes);
                var success = new WilsonInterval(cell.Sum(row => row.Successes), episodes);
                double broken = (double)cell.Sum(row => row.Broken) / episodes, expert = (double)cell[0].ExpertSuccesses / cell[0].Episodes;
                cells.Add(FormattableString.Invariant($"{success.Share:0.000} ({success.Low:0.000} to {success.High:0.000}); {broken:0.000}; {expert:0.000}"));
            }

            table.AddRow([.. cells]);
        }

        return table;
    }

    private static JsonObject Json(IEnumerable<Row> rows) => new()
    {
        ["rows"] = new JsonArray([.. rows.Select(row =>
        {
            var success = new WilsonInterval(row.Successes, row.Episodes);
            return (JsonNode)new JsonObject
            {
                ["stiffness"] = row.Gains.Stiffness, ["stiffness_nm_per_rad"] = row.Gains.Value, ["damping"] = row.Gains.Damping, ["damping_ratio"] = row.Gains.Ratio,
                ["head"] = row.Head, ["seed"] = row.Seed, ["episodes"] = row.Episodes,
                ["success"] = success.Share, ["interval"] = new JsonArray(success.Low, success.High),
                ["broken"] = (double)row.Broken / row.Episodes, ["expert_success"] = (double)row.ExpertSuccesses / row.Episodes,
                ["target_lead_rad"] = row.TargetLead, ["loss"] = row.Loss,
            };
        })]),
    };
}
