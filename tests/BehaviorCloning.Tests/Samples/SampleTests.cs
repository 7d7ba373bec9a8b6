using System.Text.Json.Nodes;
using Spectre.Console;

namespace BehaviorCloning.Samples;

/// <summary>Tests of a sample: its command line runs in this process as its user would run it, with a folder to write to.</summary>
public abstract class SampleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    protected string Folder => folder.Path;

    public void Dispose() => folder.Dispose();

    protected string At(string name) => folder[name];

    /// <summary>The rows that <c>--json</c> wrote.</summary>
    protected JsonObject[] Rows(string file) => [.. JsonNode.Parse(File.ReadAllText(At(file)))!["rows"]!.AsArray().Select(row => row!.AsObject())];

    /// <summary>Runs a command line, and returns its exit code and all it said.</summary>
    protected static async Task<(int Code, string Said)> Record(Func<IAnsiConsole, TextWriter, Task<int>> run)
    {
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 300;
        return (await run(console, output), output.ToString());
    }
}
