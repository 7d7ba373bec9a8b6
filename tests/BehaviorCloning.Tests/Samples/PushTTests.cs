using System.Text.Json.Nodes;

namespace BehaviorCloning.Samples;

/// <summary>The Push-T program, run in this process as its user would run it, on a small scale.</summary>
public sealed class PushTTests : SampleTests
{
    [Fact]
    public async Task The_whole_job_ends_with_a_policy_a_table_and_a_report()
    {
        (int code, string said) = await Run("--quick", "--out", Folder, "--json", At("figures.json"));

        code.Should().Be(0, said);
        JsonObject figures = JsonNode.Parse(File.ReadAllText(At("figures.json")))!.AsObject();
        figures["score_mean"]!.GetValue<double>().Should().BeInRange(0, 1);
        figures["per_seed"]!.AsArray().Should().HaveCount(4);
        said.Should().Contain("mean score").And.Contain("The report is");
        File.ReadAllText(At("report.html")).Should().StartWith("<!doctype html>").And.Contain("class=\"rollout\"");
        File.Exists(At("flow-quick/policy/policy.json")).Should().BeTrue();

        // The parts, on what the whole left behind.
        (await Run("replay", "--data", At("demonstrations"), "--json", At("replay.json"))).Code.Should().Be(0);
        JsonObject replay = JsonNode.Parse(File.ReadAllText(At("replay.json")))!.AsObject();
        replay["episodes"]!.GetValue<int>().Should().Be(3);
        replay["episodes_within_0_01_px"]!.GetValue<int>().Should().Be(3);

        (await Run("evaluate", "--policy", At("flow-quick/policy"), "--seeds", "200000:2", "--steps", "2", "--temperature", "0.5", "--json", At("evaluation2.json"))).Code.Should().Be(0);
        JsonNode.Parse(File.ReadAllText(At("evaluation2.json")))!["settings"]!["sampling_steps"]!.GetValue<string>().Should().Be("2");

        (int distilled, string saidOfStudent) = await Run("distill", "--policy", At("flow-quick/policy"), "--data", At("demonstrations"), "--steps", "3", "--out", At("student"));
        distilled.Should().Be(0, saidOfStudent);
        (await Run("evaluate", "--policy", At("student/policy"), "--seeds", "200000:1", "--json", At("student.json"))).Code.Should().Be(0);
        JsonNode.Parse(File.ReadAllText(At("student.json")))!["settings"]!["sampling_steps"]!.GetValue<string>().Should().Be("1");

        (int swept, string saidOfSweep) = await Run("sweep", "--policy", At("flow-quick/policy"), At("student/policy"), "--steps", "1", "3", "--seeds", "200000:2", "--svg", At("sweep.svg"), "--json", At("sweep.json"));
        swept.Should().Be(0, saidOfSweep);
        JsonNode.Parse(File.ReadAllText(At("sweep.json")))!["rows"]!.AsArray().Select(row => row!["steps"]!.GetValue<int>()).Should().Equal(1, 3, 1);
        File.ReadAllText(At("sweep.svg")).Should().Contain("flow distilled to 1");

        (int reported, string saidOfReport) = await Run(
            "report", "--run", At("flow-quick"), "--seeds", "200000:1", "--evaluation", At("evaluation.json"), At("evaluation2.json"), "--out", At("second.html"), "--picture", At("rollout.svg"));
        reported.Should().Be(0, saidOfReport);
        File.ReadAllText(At("rollout.svg")).Should().StartWith("<svg");

        (int second, string saidAgain) = await Run("--quick", "--out", Folder);
        second.Should().Be(0, saidAgain);
        saidAgain.Should().Contain("Going on with the run");

        (int again, string refusal) = await Run("train", "--quick", "--data", At("demonstrations"), "--out", At("flow-quick"));
        again.Should().Be(1);
        refusal.Should().Contain("--resume").And.NotContain("   at ");
    }

    [Theory]
    [InlineData("replay --data nowhere", "nowhere")]
    [InlineData("evaluate --policy nowhere", "nowhere")]
    [InlineData("evaluate", "--expert")]
    [InlineData("evaluate --expert --seeds 5:x", "100000:50")]
    public async Task A_mistake_is_one_sentence_without_a_stack_trace(string line, string mentions)
    {
        (int code, string said) = await Run(line.Split(' '));
        code.Should().Be(1);
        said.Should().Contain(mentions).And.NotContain("   at ").And.NotContain("Exception");
    }

    [Fact]
    public async Task A_misspelled_option_is_told_apart_from_a_failure() => (await Run("train", "--had", "flow")).Code.Should().Be(2);

    private static Task<(int Code, string Said)> Run(params string[] args) => Record((console, errors) => PushT.Cli.RunAsync(args, console, errors));
}
