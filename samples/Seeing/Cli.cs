using System.CommandLine;
using Samples;
using Spectre.Console;

namespace Seeing;

/// <summary>The command line: a list of verbs.</summary>
internal static class Cli
{
    /// <summary>Runs a command line. Exit codes: 0 done, 1 failed, 2 misspelled, 130 interrupted.</summary>
    public static Task<int> RunAsync(string[] args, IAnsiConsole console, TextWriter errors)
    {
        var root = new RootCommand("What a policy is shown: inputs compared on Push-T, encoders learned on frames without labels, and what can be read from them.")
        {
            new Compare(console), Pretrain.Command(console), Probe.Command(console),
        };
        return SampleShell.RunAsync(root, args, errors, _ => "Interrupted. What was finished is kept.");
    }
}
