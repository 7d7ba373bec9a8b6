using System.Text.Json.Nodes;
using Spectre.Console;

namespace BehaviorCloning.Tests.Samples;

/// <summary>The sample runs, on a small scale, in every verb.</summary>
public sealed class RealTimeTests
{
    [Fact]
    public void Delays_makes_a_row_for_every_method_and_delay()
    {
        JsonNode row = Rows(["delays", "--quick", "--world", "falling-ball", "--episodes", "4"], 7 * 5)[^1]!;
        ((string)row["method"]!, (int)row["delay"]!, (int)row["episodes"]!).Should().Be(("training-time RTC", 4, 4));
        row["interval"]!.AsArray().Should().HaveCount(2);
        ((double)row["seam_max"]!).Should().BeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void Timing_allocates_nothing_in_a_step() =>
        Rows(["timing", "--quick", "--seconds", "0.2"], 3).Should().OnlyContain(row => (long)row!["allocated_bytes"]! == 0 && (long)row["inferences"]! > 0);

    [Fact]
    public void Timing_fails_if_a_step_allocates()
    {
        static JsonArray Run(long bytes) => [new JsonObject { ["rate_hz"] = 200, ["allocated_bytes"] = bytes, ["bytes_per_step"] = bytes / 100.0 }];
        RealTime.Timing.FaultOf(Run(0)).Should().BeNull();
        RealTime.Timing.FaultOf(Run(50)).Should().Contain("0.5 at 200 Hz");
    }

    [Fact]
    public void The_live_table_ends_with_a_report() => ((long)Rows(["--quick", "--seconds", "0.3", "--delay", "1"], 1)[0]!["steps"]!).Should().BePositive();

    private static JsonArray Rows(string[] args, int count)
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "rows.json");
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        RealTime.Cli.Run([.. args, "--json", file], console).Should().Be(0);
        JsonArray rows = JsonNode.Parse(File.ReadAllText(file))!["rows"]!.AsArray();
        rows.Should().HaveCount(count);
        return rows;
    }
}
