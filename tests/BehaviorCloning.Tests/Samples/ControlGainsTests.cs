using System.Text.Json.Nodes;

namespace BehaviorCloning.Samples;

/// <summary>The sample runs, on a small scale.</summary>
public sealed class ControlGainsTests : SampleTests
{
    [Fact]
    public async Task The_table_has_all_four_cells_for_every_head_and_seed()
    {
        (int code, string said) = await Run("--quick", "--seeds", "0:2", "--json", At("rows.json"));
        code.Should().Be(0, said);
        JsonObject[] rows = Rows("rows.json");
        rows.Select(row => ((string)row["stiffness"]!, (string)row["damping"]!, (string)row["head"]!, (long)row["seed"]!)).Should().OnlyHaveUniqueItems().And.HaveCount(16);
        rows.Should().OnlyContain(row => (double)row["expert_success"]! == 1 && (int)row["episodes"]! == 4);
        double Lead(string stiffness) => rows.Where(row => (string)row["stiffness"]! == stiffness).Average(row => (double)row["target_lead_rad"]!);
        Lead("compliant").Should().BeGreaterThan(2 * Lead("stiff"), "soft springs must be drawn further");
    }

    [Fact]
    public async Task All_faults_are_named_at_once()
    {
        (int code, string said) = await Run("--demonstrations", "0", "--steps", "0", "--episodes", "0");
        code.Should().Be(1);
        said.Should().MatchRegex("--demonstrations is 0.*--steps is 0.*--episodes is 0");
    }

    private static Task<(int Code, string Said)> Run(params string[] args) => Record((console, errors) => ControlGains.Cli.RunAsync(args, console, errors));
}
