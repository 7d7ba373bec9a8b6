using System.CommandLine;
using Spectre.Console;

namespace Seeing;

/// <summary>The command line: a list of verbs, and how they end.</summary>
internal static class Cli
{
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show where an error came from.", Recursive = true };

    /// <summary>Runs a command line. Exit codes: 0 done, 1 failed, 2 misspelled, 130 interrupted.</summary>
    public static async Task<int> RunAsync(string[] args, IAnsiConsole console, TextWriter errors)
    {
        var root = new RootCommand("What a policy is shown: inputs compared on Push-T, encoders learned on frames without labels, and what can be read from them.")
        {
            Verbose, new Compare(console), Pretrain.Command(console), Probe.Command(console),
        };
        ParseResult parsed = root.Parse(args);
        try
        {
            int code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Error = errors });
            return parsed.Errors.Count > 0 ? 2 : code;
        }
        catch (Exception e) when (Unwrap(e) is OperationCanceledException)
        {
            errors.WriteLine("Interrupted. What was finished is kept.");
            return 130;
        }
        catch (Exception e)
        {
            errors.WriteLine(parsed.GetValue(Verbose) ? e.ToString() : Unwrap(e).Message.ReplaceLineEndings(" "));
            return 1;
        }
    }

    // Parallel loops and type initializers wrap what really happened.
    private static Exception Unwrap(Exception e) =>
        e is AggregateException or TypeInitializationException or System.Reflection.TargetInvocationException && e.InnerException is { } inner ? Unwrap(inner) : e;
}
