using System.CommandLine;
using System.Globalization;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Simulation;
using Samples;
using Spectre.Console;

namespace ChoosingAHead;

/// <summary>The command line: what is compared, on what, and where the figures go.</summary>
internal static class Cli
{
    private static readonly Option<string[]> Heads = Many("--heads", $"Heads to train, of: {string.Join(", ", HeadCatalog.Names)}.", HeadCatalog.StandardNames);
    private static readonly Option<string[]> Worlds = Many("--worlds", $"Worlds to play in, of: {string.Join(", ", World.Names)}.", World.StandardNames);
    private static readonly Option<string> Seeds = One("--seeds", "Training seeds, as first seed and how many.", "0:1");
    private static readonly Option<int?> Steps = new("--steps") { Description = "The budget: optimizer steps, the same for every head. Default: the world's own." };
    private static readonly Option<int?> Episodes = new("--episodes") { Description = "Episodes to play. Default: the world's own." };
    private static readonly Option<int?> DemonstrationCount = new("--demonstrations") { Description = "Demonstrations to learn from. Default: the world's own, or all that --data has." };
    private static readonly Option<string?> Data = new("--data") { Description = "Push-T demonstrations: a Zarr folder, an npz file or an episode store. Default: the planning expert's, recorded first." };
    private static readonly Option<string> Folder = One("--folder", "Where Push-T demonstrations are recorded when there is no --data.", "runs/choosing-a-head");
    private static readonly Option<bool> Mirror = new("--mirror") { Description = "Also show every demonstration as its mirror image, where the world has one." };
    private static readonly Option<string> Ways = Among("--ways", "Which ways are demonstrated at the forks; left only is a script.", "both", "left");
    private static readonly Option<double[]> Corrupted = Many("--corrupted", "Shares of corrupted demonstrations at the forks, each compared.", 0.0);
    private static readonly Option<string> Corruption = Among("--corruption", "How they are corrupted.", "wrong-goal", "random-walk");
    private static readonly Option<int[]> Chunk = Many<int>("--chunk", "Chunk sizes, each compared: so many actions are predicted and all of them executed. Default: the world's own.");
    private static readonly Option<int[]> SamplingSteps = Many<int>("--sampling-steps", "Numbers of sampling steps, each played with the same weights and every sampler, for the heads that have some. Default: the head's own.");
    private static readonly Option<int> Checkpoints = One("--checkpoints", "Checkpoints that are played and averaged: the last so many of ten.", 1);
    private static readonly Option<int> Threads = One("--threads", "Processors to use; 0 for all. With 1 the figures are the same every time.", 1);
    private static readonly Option<bool> Quick = new("--quick") { Description = "Tiny networks, few steps and episodes: seconds, to see that everything works." };
    private static readonly Option<FileInfo?> Json = new("--json") { Description = "Write the figures of every seed to this file, anew after each training." };
    private static readonly Option<FileInfo?> Svg = new("--svg") { Description = "Draw the table to this file." };

    /// <summary>Runs a command line. Exit codes: 0 done, 1 failed, 2 misspelled, 130 interrupted.</summary>
    public static Task<int> RunAsync(string[] args, IAnsiConsole console, TextWriter errors)
    {
        var root = new RootCommand("Trains every head of the library on the same data with the same encoder and budget, and shows how each does.")
        {
            Heads, Worlds, Seeds, Steps, Episodes, DemonstrationCount, Data, Folder, Mirror, Ways, Corrupted, Corruption, Chunk, SamplingSteps, Checkpoints, Threads, Quick, Json, Svg,
        };
        root.SetAction((parsed, cancellationToken) => Task.Run(() => Run(parsed, console, cancellationToken), CancellationToken.None));
        return SampleShell.RunAsync(root, args, errors, _ => "Interrupted. What was finished is in the --json file, where there is one.");
    }

    private static void Run(ParseResult parsed, IAnsiConsole console, CancellationToken cancellationToken)
    {
        bool quick = parsed.GetValue(Quick);
        var options = new ComparisonOptions
        {
            Heads = [.. SampleShell.Split(parsed.GetValue(Heads)!).Select(HeadCatalog.Find)],
            Worlds = [.. SampleShell.Split(parsed.GetValue(Worlds)!).Select(name => World.Find(name, new WorldOptions
            {
                Data = parsed.GetValue(Data),
                Quick = quick,
                Folder = parsed.GetValue(Folder)!,
                Demonstrations = parsed.GetValue(DemonstrationCount) ?? (quick ? 40 : null),
                Ways = parsed.GetValue(Ways) == "left" ? ForkInTheRoadWays.Left : ForkInTheRoadWays.Both,
                Corruption = parsed.GetValue(Corruption) == "random-walk" ? ForkInTheRoadCorruption.RandomWalk : ForkInTheRoadCorruption.WrongGoal,
            }))],
            Seeds = SeedRange.Parse(parsed.GetValue(Seeds)!),
            Steps = parsed.GetValue(Steps) ?? (quick ? 20 : null),
            Episodes = parsed.GetValue(Episodes) ?? (quick ? 4 : null),
            Mirror = parsed.GetValue(Mirror),
            CorruptedShares = parsed.GetValue(Corrupted)!,
            Chunks = parsed.GetValue(Chunk)!,
            SamplingSteps = parsed.GetValue(SamplingSteps)!,
            Checkpoints = parsed.GetValue(Checkpoints),
            Threads = parsed.GetValue(Threads),
        };
        options.Require();

        List<Row> rows = [];
        foreach (Row row in Comparison.Run(options, console.WriteLine, cancellationToken))
        {
            rows.Add(row);
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Label}, seed {row.Seed}: success {row.Success:0.000}, score {row.Score:0.000}, {row.TrainStepsPerS:0} steps/s"));
            if (parsed.GetValue(Json) is { } file) JsonFile.Write(file.FullName, new { Rows = rows });
        }

        RowTable.Show(rows, console);
        if (parsed.GetValue(Svg) is { } picture) File.WriteAllText(picture.FullName, RowFigure.Draw(rows));
    }

    private static Option<T> One<T>(string name, string description, T standard) => new(name) { Description = description, DefaultValueFactory = _ => standard };

    private static Option<string> Among(string name, string description, params string[] values) => One(name, description, values[0]).AcceptOnlyFromAmong(values);

    private static Option<T[]> Many<T>(string name, string description, params IReadOnlyList<T> standard) =>
        new(name) { Description = description, DefaultValueFactory = _ => [.. standard], AllowMultipleArgumentsPerToken = true };
}
