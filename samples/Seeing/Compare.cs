using System.CommandLine;
using System.Globalization;
using BehaviorCloning.Evaluation;
using Samples;
using Spectre.Console;

namespace Seeing;

/// <summary><c>seeing compare</c>: trains the same head with each input, and plays it in the usual and in changed worlds.</summary>
internal sealed class Compare : Command
{
    private readonly Option<string?> data;
    private readonly Option<bool> rendered;
    private readonly Option<string?> weights;
    private readonly Option<string[]> inputs;
    private readonly Option<string[]> worlds;
    private readonly Option<double> minutes;
    private readonly Option<long?> steps;
    private readonly Option<long> seed;
    private readonly Option<string?> states;
    private readonly Option<string> folder;
    private readonly Option<bool> evaluateOnly;
    private readonly Option<int> threads;
    private readonly Option<bool> quick;
    private readonly Option<FileInfo?> json;
    private readonly Option<FileInfo?> svg;

    public Compare(IAnsiConsole console)
        : base("compare", "Train the same head with each input on the same demonstrations and budget, and show how each does.")
    {
        data = Maybe<string>("--data", "Push-T demonstrations: the Zarr folder with images, or states only together with --rendered. Default: the planning expert's, recorded first.");
        rendered = One("--rendered", "Render the frames of the recorded states in place of reading recorded ones.", false);
        weights = Maybe<string>("--weights", "The published weights of the CIFAR ResNet-20 (resnet20-*.th), for the inputs that need them.");
        inputs = Many("--inputs", $"Inputs to compare, of: {string.Join(", ", InputCatalog.Names)}. Default: all that need no --weights, or all.", []);
        worlds = Many("--worlds", $"Worlds to play in, of: {string.Join(", ", PixelWorld.Names)}.", PixelWorld.Names);
        minutes = One("--minutes", "The budget: processor minutes of training, the same for every input. The steps that fit in are measured first.", 6.0);
        steps = Maybe<long?>("--steps", "Optimizer steps in place of --minutes: with these the figures can be had again.");
        seed = One("--seed", "Seed of weights, data order and noise.", 0L);
        states = Maybe<string>("--seeds", "Starting states, as first seed and how many. Default 100000:100.");
        folder = One("--folder", "Where policies are kept: what is there is not trained again, so that an interrupted comparison goes on.", "runs/seeing");
        evaluateOnly = One("--evaluate-only", "Play the policies that are there, and train none.", false);
        threads = One("--threads", "Processors to use; 0 for all.", 1);
        quick = One("--quick", "Tiny networks, few steps and episodes: seconds, to see that everything works.", false);
        json = Maybe<FileInfo>("--json", "Write the figures to this file, anew after each of them.");
        svg = Maybe<FileInfo>("--svg", "Draw the table to this file.");
        SetAction((parsed, cancellationToken) => Task.Run(() => Run(parsed, console, cancellationToken), CancellationToken.None));
    }

    private void Run(ParseResult parsed, IAnsiConsole console, CancellationToken cancellationToken)
    {
        bool small = parsed.GetValue(quick);
        string[] chosen = [.. SampleShell.Split(parsed.GetValue(inputs)!)];
        var options = new ComparisonOptions
        {
            Inputs = chosen.Length > 0 ? [.. chosen.Select(InputCatalog.Find)] : [.. InputCatalog.All.Where(input => !input.NeedsWeights || parsed.GetValue(weights) is not null)],
            Worlds = [.. SampleShell.Split(parsed.GetValue(worlds)!).Select(PixelWorld.Find)],
            Data = parsed.GetValue(data),
            Rendered = parsed.GetValue(rendered),
            Weights = parsed.GetValue(weights),
            Minutes = parsed.GetValue(minutes),
            Steps = parsed.GetValue(steps) ?? (small ? 6 : null),
            Seed = parsed.GetValue(seed),
            States = SeedRange.Parse(parsed.GetValue(states) ?? (small ? "100000:2" : "100000:100")),
            Folder = parsed.GetValue(folder)!,
            EvaluateOnly = parsed.GetValue(evaluateOnly),
            Threads = parsed.GetValue(threads),
            Quick = small,
        };
        options.Require();

        List<Row> rows = [];
        foreach (Row row in Comparison.Run(options, console.WriteLine, cancellationToken))
        {
            rows.Add(row);
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Input}, {row.World}: score {row.Score:0.000} ({row.ScoreLow:0.000} to {row.ScoreHigh:0.000}), solved {row.Success:0.00}"));
            if (parsed.GetValue(json) is { } file) JsonFile.Write(file.FullName, new { Rows = rows });
        }

        RowTable.Show(rows, console);
        if (parsed.GetValue(svg) is { } picture) File.WriteAllText(picture.FullName, RowFigure.Draw(rows));
    }

    private Option<T> One<T>(string name, string description, T standard) => With(new Option<T>(name) { Description = description, DefaultValueFactory = _ => standard });

    private Option<T?> Maybe<T>(string name, string description) => With(new Option<T?>(name) { Description = description });

    private Option<string[]> Many(string name, string description, IEnumerable<string> standard) =>
        With(new Option<string[]>(name) { Description = description, DefaultValueFactory = _ => [.. standard], AllowMultipleArgumentsPerToken = true });

    private Option<T> With<T>(Option<T> option)
    {
        Options.Add(option);
        return option;
    }
}
