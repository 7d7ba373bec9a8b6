using System.CommandLine;
using Samples;
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
    public static Task<int> RunAsync(string[] args, IAnsiConsole console, TextReader input, TextWriter errors)
    {
        var drive = new Drive();
        var retrain = new Retrain();
        var root = new RootCommand(Drive.Description);
        foreach (Option option in drive.Options) root.Options.Add(option);
        var learn = new Command("retrain", Retrain.Description);
        foreach (Option option in retrain.Options) learn.Options.Add(option);
        root.Subcommands.Add(learn);
        root.SetAction((parsed, stop) => Task.Run(() => drive.Run(parsed, console, input, stop), CancellationToken.None));
        learn.SetAction((parsed, stop) => Task.Run(() => retrain.Run(parsed, console, stop), CancellationToken.None));
        return SampleShell.RunAsync(root, args, errors, command => command == learn ? "Interrupted. The run is saved; the same command goes on." : "Interrupted. Every finished correction is stored.");
    }
}
