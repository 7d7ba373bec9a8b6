using System.Text.Json.Nodes;

namespace BehaviorCloning.Samples;

/// <summary>The claims, run in this process on a scale that shows only that they run.</summary>
public sealed class ClaimsTests : SampleTests
{
    [Fact]
    public async Task Compounding_writes_its_table_its_figure_and_every_seed()
    {
        (int code, string said) = await Run(
            "compounding", "--seeds", "2", "--lengths", "10", "40", "--labels", "80", "--rounds", "2", "--steps", "30", "--episodes", "20", "--json", At("a.json"), "--svg", At("a.svg"));
        code.Should().Be(0, said);
        said.Should().Contain("cost of cloning ~ T^").And.Contain("cost of DAgger ~ T^");
        JsonObject figures = JsonNode.Parse(File.ReadAllText(At("a.json")))!.AsObject();
        figures["arms"]!.AsArray().Should().HaveCount(2);
        figures["arms"]![0]!["costs_per_length_and_seed"]![1]!.AsArray().Should().HaveCount(2);
        File.ReadAllText(At("a.svg")).Should().StartWith("<svg").And.EndWith("</svg>").And.NotContain("NaN");
    }

    [Fact]
    public async Task Labels_compares_the_three_and_goes_on_where_it_was()
    {
        string[] line = ["labels", "--seeds", "1", "--rounds", "2", "--labels", "60", "--steps", "20", "--test", "100000:4", "--folder", At("labels"), "--json", At("b.json"), "--svg", At("b.svg")];
        (int code, string said) = await Run(line);
        code.Should().Be(0, said);
        string first = File.ReadAllText(At("b.json"));
        JsonNode.Parse(first)!["arms"]!.AsArray().Select(arm => arm!["name"]!.GetValue<string>()).Should().Equal("cloning", "DAgger", "batch DAgger");
        (await Run(line)).Code.Should().Be(0);
        File.ReadAllText(At("b.json")).Should().Be(first);
        (await Run([.. line, "--arms", "batch"])).Said.Should().Contain("batch DAgger, seed 0").And.NotContain("cloning, seed 0");
        JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(At("b.json")))!["arms"]![0], JsonNode.Parse(first)!["arms"]![2]).Should().BeTrue();
    }

    [Fact]
    public async Task Labels_runs_on_PushT_as_well()
    {
        (int code, string said) = await Run(
            "labels", "--world", "pusht", "--teacher", "nimble", "--seeds", "1", "--rounds", "2", "--labels", "30", "--steps", "4", "--search", "2", "--test", "100000:1", "--folder", At("labels"), "--json", At("p.json"));
        code.Should().Be(0, said);
        foreach (JsonNode? arm in JsonNode.Parse(File.ReadAllText(At("p.json")))!["arms"]!.AsArray())
            arm!["seeds"]![0]!.AsArray().Select(round => round!["labels"]!.GetValue<int>()).Should().Equal(30, 60);
    }

    [Fact]
    public async Task Fresh_seeds_are_other_seeds_and_named()
    {
        string[] line = ["compounding", "--lengths", "10", "20", "--labels", "40", "--rounds", "2", "--steps", "10", "--episodes", "20", "--json", At("a.json")];
        (int code, string said) = await Run([.. line, "--seeds", "11:1"]);
        code.Should().Be(0, said);
        said.Should().Contain("seed 11, T = 10").And.NotContain("seed 0,");
        (await Run([.. line, "--seeds", "eleven"])).Said.Should().Contain("100000:50", "how seeds are written is told");
    }

    [Fact]
    public async Task Doctor_compares_what_was_spoiled_with_what_was_treated()
    {
        (int code, string said) = await Run(
            "doctor", "--seeds", "3:1", "--share", "0.2", "--demonstrations", "60", "--steps", "30", "--test", "100000:10", "--json", At("e.json"), "--svg", At("e.svg"));
        code.Should().Be(0, said);
        JsonObject figures = JsonNode.Parse(File.ReadAllText(At("e.json")))!.AsObject();
        figures["arms"]!.AsArray().Select(arm => arm!["name"]!.GetValue<string>()).Should().Equal("all", "treated", "untouched");
        figures["found"]!.AsObject().Select(kind => kind.Value!["planted"]!.GetValue<int>()).Should().Equal(3, 3, 3, 3);
        figures["found"]!["Idle"]!["found"]!.GetValue<int>().Should().Be(3);
        figures["found"]!["Stall"]!["found"]!.GetValue<int>().Should().Be(3);
        figures["untouched"]!.GetValue<int>().Should().Be(48);
    }

    [SkippableFact]
    public async Task Showcase_improves_a_clone_of_the_humans_by_an_expert_that_looks_ahead_beside_cloning()
    {
        (int code, string said) = await Run(
            "showcase", "--data", TestData.Require("pusht/pusht_lowdim.npz"), "--method", "dagger", "--first-steps", "20", "--rounds", "1", "--labels", "30", "--steps", "20",
            "--test", "100000:2", "--validation", "200000:2", "--folder", At("showcase"), "--json", At("s.json"), "--svg", At("s.svg"));
        code.Should().Be(0, said);
        JsonObject figures = JsonNode.Parse(File.ReadAllText(At("s.json")))!.AsObject();
        figures["human_labels"]!.GetValue<int>().Should().Be(25_650);
        foreach (JsonNode? arm in figures["arms"]!.AsArray())
            arm!["rounds"]!.AsArray().Select(round => round!["labels"]!.GetValue<int>()).Should().Equal(0, 30);
        said.Should().Contain("last round against as many demonstrations");
        File.ReadAllText(At("s.svg")).Should().Contain("DAgger").And.NotContain("NaN");
    }

    [Fact]
    public async Task An_expert_that_looks_ahead_must_be_told_whose_futures()
    {
        (int code, string said) = await Run("labels", "--world", "pusht", "--teacher", "lookahead", "--folder", At("nobody"));
        code.Should().Be(1);
        said.Should().Contain("--clone").And.NotContain("   at ");
    }

    [Fact]
    public async Task A_mistake_is_one_sentence_without_a_stack_trace()
    {
        (int code, string said) = await Run("cartpole", "--data", "nowhere.npz");
        code.Should().Be(1);
        said.Should().Contain("nowhere.npz").And.NotContain("   at ");
        (await Run("nonsense")).Code.Should().Be(2);
    }

    private static Task<(int Code, string Said)> Run(params string[] args) => Record((console, errors) => Claims.Cli.RunAsync(args, console, errors));
}
