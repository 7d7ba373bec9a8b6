using System.CommandLine;
using System.Text.Json.Nodes;
using BehaviorCloning.Evaluation;
using Samples;
using Spectre.Console;

namespace Claims;

/// <summary>The command line: a verb a claim.</summary>
internal static class Cli
{
    private static readonly Option<FileInfo?> Json = new("--json") { Description = "Write every figure, of every seed, to this file.", Recursive = true };
    private static readonly Option<FileInfo?> Svg = new("--svg") { Description = "Draw the figure to this file.", Recursive = true };

    /// <summary>Runs a command line. Exit codes: 0 done, 1 failed, 2 misspelled, 130 interrupted.</summary>
    public static Task<int> RunAsync(string[] args, IAnsiConsole console, TextWriter errors)
    {
        var root = new RootCommand("Behavior cloning's claims as experiments, a verb a claim.") { Json, Svg };
        foreach (Claim claim in new Claim[] { new Compounding(), new Labels(), new History(), new BadDemonstrations(), new CartPole(), new Showcase() })
        {
            claim.Command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(claim, parsed, console, cancellationToken), CancellationToken.None));
            root.Subcommands.Add(claim.Command);
        }

        return SampleShell.RunAsync(root, args, errors, _ => "Interrupted. What is in the --folder is kept; the same command goes on from there.");
    }

    private static void Run(Claim claim, ParseResult parsed, IAnsiConsole console, CancellationToken cancellationToken)
    {
        Finding finding = claim.Run(parsed, console.WriteLine, cancellationToken);
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(finding.Title)) };
        table.AddColumns([.. finding.Header.Select(Markup.Escape)]);
        foreach (IReadOnlyList<string> row in finding.Rows) table.AddRow([.. row.Select(Markup.Escape)]);
        console.Write(table);
        foreach (string sentence in finding.Sentences) console.WriteLine(sentence);
        if (parsed.GetValue(Json) is { } file) JsonFile.Write(file.FullName, finding.Figures);
        if (parsed.GetValue(Svg) is { } picture && finding.Figure is not null) File.WriteAllText(picture.FullName, finding.Figure.Draw());
    }
}

/// <summary>A claim as a verb.</summary>
internal abstract class Claim(string name, string description)
{
    public Command Command { get; } = new(name, description);

    public abstract Finding Run(ParseResult parsed, Action<string> say, CancellationToken cancellationToken);

    protected Option<T> Option<T>(string name, string description, T standard)
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => standard, AllowMultipleArgumentsPerToken = true };
        Command.Options.Add(option);
        return option;
    }
}

/// <summary>What an experiment came to: a table, sentences, a picture, and every figure of every seed.</summary>
internal sealed record Finding(string Title, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows, IReadOnlyList<string> Sentences, JsonObject Figures)
{
    public IntervalChart? Figure { get; init; }
}
