using System.CommandLine;
using System.Text.Json.Nodes;
using Samples;
using Spectre.Console;

namespace RealTime;

/// <summary>The command line.</summary>
internal static class Cli
{
    public static Task<int> RunAsync(string[] args, IAnsiConsole console, TextWriter errors)
    {
        var json = new Option<FileInfo?>("--json") { Description = "Write the table's rows to this file.", Recursive = true };
        var threads = new Option<int>("--threads") { Description = "Processors for the networks; 0 for all.", DefaultValueFactory = _ => 1, Recursive = true };
        var quick = new Option<bool>("--quick") { Description = "Everything on a small scale: to see that it works.", Recursive = true };
        var steps = new Option<long?>("--steps") { Description = "Training steps of a policy. Default: 40,000 for delays, some five minutes; 4,000 for the live table; 100 for timing.", Recursive = true };
        var policies = new Option<DirectoryInfo?>("--policies") { Description = "Keep trained policies in this folder, and use those that are there.", Recursive = true };
        var episodes = new Option<int?>("--episodes") { Description = "Episodes of each cell. Default: 2,000." };
        var firstSeed = new Option<long>("--first-seed") { Description = "Seed of the first episode.", DefaultValueFactory = _ => 100_000 };
        var worlds = new Option<string?>("--world") { Description = "Only this world: falling-ball or gusty-pole." };
        var method = new Option<string?>("--method") { Description = "Only this way of execution, such as 'RTC soft'." };
        var seconds = new Option<double?>("--seconds") { Description = "How long each rate, or the live table, runs. Default: 60, or 6." };
        var delay = new Option<int>("--delay") { Description = "Injected delay of an inference, in control steps.", DefaultValueFactory = _ => 3 };

        var delays = new Command("delays", "Success by delay, for every way of execution, in both worlds.") { episodes, worlds, method, firstSeed };
        var timing = new Command("timing", "Lateness of the control loop at 50, 200 and 1,000 Hz while a policy infers. Fails if a step allocates.") { seconds };
        var root = new RootCommand("Acting in real time: a live table of latency, queue and guard.") { json, threads, quick, steps, policies, seconds, delay, delays, timing };

        Training Options(ParseResult parsed) => new(parsed.GetValue(quick), parsed.GetValue(threads), parsed.GetValue(steps), parsed.GetValue(policies));
        Set(delays, (parsed, stop) => Delays.Run(Options(parsed), parsed.GetValue(episodes) ?? (parsed.GetValue(quick) ? 20 : 2000), parsed.GetValue(worlds), parsed.GetValue(method), parsed.GetValue(firstSeed), console, stop));
        Set(timing, (parsed, stop) => Timing.Run(Options(parsed), parsed.GetValue(seconds) ?? (parsed.GetValue(quick) ? 0.5 : 60), console, stop), Timing.FaultOf);
        Set(root, (parsed, stop) => Live.Run(Options(parsed), parsed.GetValue(delay), parsed.GetValue(seconds) ?? (parsed.GetValue(quick) ? 0.5 : 6), console, stop));
        return SampleShell.RunAsync(root, args, errors, _ => "Interrupted. Policies that were trained are in the --policies folder, where there is one.");

        void Set(Command command, Func<ParseResult, CancellationToken, JsonArray> run, Func<JsonArray, string?>? faultOf = null) => command.SetAction((parsed, stop) => Task.Run(() =>
        {
            JsonArray rows = run(parsed, stop);
            stop.ThrowIfCancellationRequested();
            if (parsed.GetValue(json) is { } file) JsonFile.Write(file.FullName, new { Rows = rows });
            if (faultOf?.Invoke(rows) is { } fault) throw new InvalidOperationException(fault);
        }, CancellationToken.None));
    }
}
