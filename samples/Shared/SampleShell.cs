using System.CommandLine;
using System.Reflection;

namespace Samples;

/// <summary>How a sample's command line runs and ends.</summary>
internal static class SampleShell
{
    private const int Interrupted = 130;

    /// <summary>Runs a command line. Exit codes: 0 done, 1 failed, 2 misspelled, 130 interrupted.</summary>
    /// <param name="root">The verbs and options; <c>--verbose</c> is added.</param>
    /// <param name="args">The command line.</param>
    /// <param name="errors">Where mistakes are told, in one line.</param>
    /// <param name="interrupted">What is said after Ctrl-C in a verb: what is left behind and how to go on.</param>
    public static async Task<int> RunAsync(RootCommand root, string[] args, TextWriter errors, Func<Command, string> interrupted)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show where an error came from.", Recursive = true };
        root.Options.Add(verbose);
        ParseResult parsed = root.Parse(args);
        try
        {
            int code = await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Error = errors,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(60), // After Ctrl-C: time to store what is under way.
            });
            if (code == Interrupted) errors.WriteLine(interrupted(parsed.CommandResult.Command));
            return parsed.Errors.Count > 0 ? 2 : code;
        }
        catch (Exception e) when (Unwrap(e) is OperationCanceledException)
        {
            errors.WriteLine(interrupted(parsed.CommandResult.Command));
            return Interrupted;
        }
        catch (Exception e)
        {
            errors.WriteLine(parsed.GetValue(verbose) ? e.ToString() : Unwrap(e).Message.ReplaceLineEndings(" "));
            return 1;
        }
    }

    /// <summary>Names may be separated by commas as well as by blanks.</summary>
    public static IEnumerable<string> Split(IEnumerable<string> names) =>
        names.SelectMany(name => name.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct();

    // Parallel loops and type initializers wrap what really happened.
    private static Exception Unwrap(Exception e) =>
        e is AggregateException or TypeInitializationException or TargetInvocationException && e.InnerException is { } inner ? Unwrap(inner) : e;
}
