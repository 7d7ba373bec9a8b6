using System.Text.Json.Nodes;
using Spectre.Console;

namespace BehaviorCloning.Tests.Samples;

/// <summary>The sample runs, on a small scale.</summary>
public sealed class ControlGainsTests
{
    [Fact]
    public void The_table_has_all_four_cells_for_every_head_and_seed()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "rows.json");
        Run(["--quick", "--seeds", "0:2", "--json", file]).Code.Should().Be(0);
        JsonArray rows = JsonNode.Parse(File.ReadAllText(file))!["rows"]!.AsArray();
        rows.Select(row => ((string)row!["stiffness"]!, (string)row["damping"]!, (string)row["head"]!, (long)row["seed"]!)).Should().OnlyHaveUniqueItems().And.HaveCount(16);
        rows.Should().OnlyContain(row => (double)row!["expert_success"]! == 1 && (int)row["episodes"]! == 4);
        double Lead(string stiffness) => rows.Where(row => (string)row!["stiffness"]! == stiffness).Average(row => (double)row!["target_lead_rad"]!);
        Lead("compliant").Should().BeGreaterThan(2 * Lead("stiff"), "soft springs must be drawn further");
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        (int code, string text) = Run(["--demonstrations", "0", "--steps", "0", "--episodes", "0"]);
        code.Should().Be(1);
        text.ReplaceLineEndings(" ").Should().MatchRegex("--demonstrations is 0.*--steps is 0.*--episodes is 0");
    }

    private static (int Code, string Text) Run(string[] args)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        return (ControlGains.Cli.Run(args, console), text.ToString());
    }
}
