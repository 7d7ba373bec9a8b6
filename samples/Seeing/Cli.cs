using System.CommandLine;
using Spectre.Console;

namespace Seeing;

/// <summary>The command line: a list of verbs.</summary>
internal static class Cli
{
    public static int Run(string[] args, IAnsiConsole console)
    {
        var root = new RootCommand("What a policy is shown: encoders learned on frames without labels, and what can be read from them.")
        {
            Pretrain.Command(console),
            Probe.Command(console),
        };
        return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = true });
    }
}
