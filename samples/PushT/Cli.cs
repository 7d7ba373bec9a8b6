using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace PushT;

/// <summary>The command line: verbs, what they share, and how they end.</summary>
internal static class Cli
{
    private static readonly Option<FileInfo?> Json = new("--json") { Description = "Write every figure that is shown to this file.", Recursive = true };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show where an error came from.", Recursive = true };

    /// <summary>Runs a command line. Exit codes: 0 done, 1 failed, 2 misspelled, 130 interrupted.</summary>
    public static async Task<int> RunAsync(string[] args, IAnsiConsole console, TextWriter errors)
    {
        var root = new RootCommand("Push-T from demonstrations to a policy that pushes the T. Without a verb: the whole job.") { Json, Verbose };
        foreach (Verb verb in new Verb[] { new Record(), new Replay(), new Frames(), new Train(), new Distill(), new Evaluate(), new Sweep(), new Report() })
        {
            Attach(verb, verb.Command, console, errors);
            root.Subcommands.Add(verb.Command);
        }

        var wholeJob = new WholeJob();
        foreach (Option option in wholeJob.Command.Options) root.Options.Add(option);
        Attach(wholeJob, root, console, errors);

        ParseResult parsed = root.Parse(args);
        int code = await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            Error = errors,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(60), // Ctrl-C: time for the trainer to write its checkpoint.
        });
        return parsed.Errors.Count > 0 ? 2 : code;
    }

    private static void Attach(Verb verb, Command command, IAnsiConsole console, TextWriter errors) => command.SetAction(async (parsed, cancellationToken) =>
    {
        var terminal = new Terminal(console, errors);
        try
        {
            await Task.Run(() => verb.Run(parsed, terminal, cancellationToken), CancellationToken.None);
            if (parsed.GetValue(Json) is { } file) File.WriteAllText(file.FullName, terminal.Figures.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return 0;
        }
        catch (Exception e) when (Unwrap(e) is OperationCanceledException)
        {
            terminal.Error(verb.Interrupted);
            return 130;
        }
        catch (Exception e)
        {
            terminal.Error(parsed.GetValue(Verbose) ? e.ToString() : Unwrap(e).Message.ReplaceLineEndings(" "));
            return 1;
        }
    });

    // Parallel loops and type initializers wrap what really happened.
    private static Exception Unwrap(Exception e) =>
        e is AggregateException or TypeInitializationException or System.Reflection.TargetInvocationException && e.InnerException is { } inner ? Unwrap(inner) : e;
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
