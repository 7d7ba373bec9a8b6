using System.CommandLine;
using Spectre.Console;

namespace Intervene;

/// <summary>The command line: driving, and learning from what was driven.</summary>
internal static class Cli
{
    /// <summary>Runs a command line. Exit codes: 0 done, 1 failed, 2 misspelled, 130 interrupted.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="console">Where it shows.</param>
    /// <param name="input">Where keys come from when the standard input is no terminal.</param>
    /// <param name="errors">Where mistakes are told.</param>
    public static async Task<int> RunAsync(string[] args, IAnsiConsole console, TextReader input, TextWriter errors)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show where an error came from.", Recursive = true };
        var drive = new Drive();
        var retrain = new Retrain();
        var root = new RootCommand(Drive.Description) { verbose };
        foreach (Option option in drive.Options) root.Options.Add(option);
        var learn = new Command("retrain", Retrain.Description);
        foreach (Option option in retrain.Options) learn.Options.Add(option);
        root.Subcommands.Add(learn);
        Set(root, (parsed, stop) => drive.Run(parsed, console, input, stop), "Interrupted. Every finished correction is stored.");
        Set(learn, (parsed, stop) => retrain.Run(parsed, console, stop), "Interrupted. The run is saved; the same command goes on.");

        ParseResult parsed = root.Parse(args);
        int code = await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            Error = errors,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(60), // Ctrl-C: time to store what was corrected.
        });
        return parsed.Errors.Count > 0 ? 2 : code;

        void Set(Command command, Action<ParseResult, CancellationToken> run, string interrupted) => command.SetAction(async (given, stop) =>
        {
            try
            {
                await Task.Run(() => run(given, stop), CancellationToken.None);
                return 0;
            }
            catch (OperationCanceledException)
            {
                errors.WriteLine(interrupted);
                return 130;
            }
            catch (Exception e)
            {
                Exception told = e is AggregateException or TypeInitializationException && e.InnerException is { } inner ? inner : e;
                errors.WriteLine(given.GetValue(verbose) ? e.ToString() : told.Message.ReplaceLineEndings(" "));
                return 1;
            }
        });
    }
}
