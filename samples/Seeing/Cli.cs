using System.CommandLine;
using Spectre.Console;

namespace Seeing;

/// <summary>The command line: verbs, and how they end.</summary>
internal static class Cli
{
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show where an error came from.", Recursive = true };

    /// <summary>Runs a command line. Exit codes: 0 done, 1 failed, 2 misspelled, 130 interrupted.</summary>
    public static async Task<int> RunAsync(string[] args, IAnsiConsole console, TextWriter errors)
    {
        var root = new RootCommand("Push-T from pixels: what a policy sees with, compared.") { Verbose };
        foreach (Verb verb in new Verb[] { new Compare() })
        {
            Attach(verb, console, errors);
            root.Subcommands.Add(verb.Command);
        }

        ParseResult parsed = root.Parse(args);
        int code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Error = errors });
        return parsed.Errors.Count > 0 ? 2 : code;
    }

    private static void Attach(Verb verb, IAnsiConsole console, TextWriter errors) => verb.Command.SetAction(async (parsed, cancellationToken) =>
    {
        try
        {
            await Task.Run(() => verb.Run(parsed, console, cancellationToken), CancellationToken.None);
            return 0;
        }
        catch (Exception e) when (Unwrap(e) is OperationCanceledException)
        {
            errors.WriteLine(verb.Interrupted);
            return 130;
        }
        catch (Exception e)
        {
            errors.WriteLine(parsed.GetValue(Verbose) ? e.ToString() : Unwrap(e).Message.ReplaceLineEndings(" "));
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

    public abstract void Run(ParseResult parsed, IAnsiConsole console, CancellationToken cancellationToken);

    protected Option<T> One<T>(string name, string description, T standard) => Add(new Option<T>(name) { Description = description, DefaultValueFactory = _ => standard });

    protected Option<T?> Maybe<T>(string name, string description) => Add(new Option<T?>(name) { Description = description });

    protected Option<string[]> Many(string name, string description, IEnumerable<string> standard) =>
        Add(new Option<string[]>(name) { Description = description, DefaultValueFactory = _ => [.. standard], AllowMultipleArgumentsPerToken = true });

    /// <summary>Names may be separated by commas as well as by blanks.</summary>
    protected static IEnumerable<string> Split(IEnumerable<string> names) => names.SelectMany(name => name.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct();

    private Option<T> Add<T>(Option<T> option)
    {
        Command.Options.Add(option);
        return option;
    }
}
