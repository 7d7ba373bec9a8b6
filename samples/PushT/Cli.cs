using System.CommandLine;
using Samples;
using Spectre.Console;

namespace PushT;

/// <summary>The command line: verbs, and what they share.</summary>
internal static class Cli
{
    private static readonly Option<FileInfo?> Json = new("--json") { Description = "Write every figure that is shown to this file.", Recursive = true };

    /// <summary>Runs a command line. Exit codes: 0 done, 1 failed, 2 misspelled, 130 interrupted.</summary>
    public static Task<int> RunAsync(string[] args, IAnsiConsole console, TextWriter errors)
    {
        var root = new RootCommand("Push-T from demonstrations to a policy that pushes the T. Without a verb: the whole job.") { Json };
        var wholeJob = new WholeJob();
        foreach (Option option in wholeJob.Command.Options) root.Options.Add(option);
        Attach(wholeJob, root, console);

        Verb[] verbs = [new Record(), new Replay(), new Frames(), new Train(), new Distill(), new Evaluate(), new Sweep(), new Report()];
        foreach (Verb verb in verbs)
        {
            Attach(verb, verb.Command, console);
            root.Subcommands.Add(verb.Command);
        }

        return SampleShell.RunAsync(root, args, errors, command => (verbs.FirstOrDefault(verb => verb.Command == command) ?? wholeJob).Interrupted);
    }

    private static void Attach(Verb verb, Command command, IAnsiConsole console) => command.SetAction((parsed, cancellationToken) => Task.Run(() =>
    {
        var terminal = new Terminal(console);
        verb.Run(parsed, terminal, cancellationToken);
        if (parsed.GetValue(Json) is { } file) JsonFile.Write(file.FullName, terminal.Figures);
    }, CancellationToken.None));
}

/// <summary>A verb of the command line.</summary>
internal abstract class Verb(string name, string description)
{
    public Command Command { get; } = new(name, description);

    /// <summary>What is said after Ctrl-C: what is left behind and how to go on.</summary>
    public virtual string Interrupted => "Interrupted; nothing was written.";

    public abstract void Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken);

    protected Option<T> Option<T>(string name, string description, T standard)
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => standard };
        Command.Options.Add(option);
        return option;
    }

    protected Option<T?> Option<T>(string name, string description)
    {
        var option = new Option<T?>(name) { Description = description };
        Command.Options.Add(option);
        return option;
    }
}
