using System.Text.Json.Nodes;
using ChoosingAHead;

namespace BehaviorCloning.Samples;

/// <summary>The program that compares heads, run in this process as its user would run it, on a small scale.</summary>
public sealed class ChoosingAHeadTests : SampleTests
{
    public static TheoryData<string> Heads => [.. HeadCatalog.Names];

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task Every_head_goes_through_every_world(string head)
    {
        (int code, string said) = await Run("--quick", "--heads", head, "--json", At("rows.json"));
        code.Should().Be(0, said);
        JsonObject[] rows = Rows("rows.json");
        rows.Select(row => row["world"]!.GetValue<string>()).Should().Equal(World.StandardNames);
        foreach (JsonObject row in rows)
        {
            row["head"]!.GetValue<string>().Should().Be(head);
            row["seed"]!.GetValue<long>().Should().Be(0);
            row["episodes"]!.GetValue<int>().Should().Be(4);
            row["parameters"]!.GetValue<long>().Should().BePositive();
            row["train_steps_per_s"]!.GetValue<double>().Should().BePositive();
            row["inference_ms"]!.GetValue<double>().Should().BePositive();
            row["score"]!.GetValue<double>().Should().BeInRange(0, 1);
            (row["success"]!.GetValue<double>() * 4).Should().Be(row["successes"]!.GetValue<int>());
            if (row["world"]!.GetValue<string>() != "fork") row["left_share"].Should().BeNull();
        }
    }

    [Fact]
    public async Task The_table_and_the_figure_put_seeds_together()
    {
        (int code, string said) = await Run("--quick", "--worlds", "fork", "--heads", "mse,flow", "--seeds", "3:2", "--json", At("rows.json"), "--svg", At("figure.svg"));
        code.Should().Be(0, said);
        said.Should().Contain("fork: 40 demonstrations, 20 steps, 4 episodes a seed").And.Contain("success of each seed").And.Contain("fork, flow, seed 4");
        Rows("rows.json").Select(row => row["seed"]!.GetValue<long>()).Should().Equal(3, 4, 3, 4);
        File.ReadAllText(At("figure.svg")).Should().StartWith("<svg").And.Contain(">mse<").And.Contain(">flow<").And.EndWith("</svg>");
    }

    [Fact]
    public async Task The_same_command_gives_the_same_figures()
    {
        string[] command = ["--worlds", "windy-fork", "--heads", "flow", "--steps", "60", "--episodes", "20", "--demonstrations", "20"];
        (await Run([.. command, "--json", At("first.json")])).Code.Should().Be(0);
        (await Run([.. command, "--json", At("second.json")])).Code.Should().Be(0);
        (await Run([.. command, "--seeds", "1", "--json", At("other.json")])).Code.Should().Be(0);
        double Loss(string file) => Rows(file)[0]["loss"]!.GetValue<double>();
        double Score(string file) => Rows(file)[0]["score"]!.GetValue<double>();
        (Loss("second.json"), Score("second.json")).Should().Be((Loss("first.json"), Score("first.json")));
        Loss("other.json").Should().NotBe(Loss("first.json"));
    }

    [Fact]
    public async Task What_is_swept_becomes_rows()
    {
        (int code, string said) = await Run("--quick", "--worlds", "fork", "--heads", "mse", "--ways", "left", "--chunk", "1", "10", "--corrupted", "0", "0.4", "--json", At("rows.json"));
        code.Should().Be(0, said);
        Rows("rows.json").Select(row => (row["corrupted"]!.GetValue<double>(), row["prediction"]!.GetValue<int>(), row["execution"]!.GetValue<int>()))
            .Should().Equal((0, 1, 1), (0, 10, 10), (0.4, 1, 1), (0.4, 10, 10));
        said.Should().Contain("mse, chunk 10, 40 % corrupted");

        (code, said) = await Run("--quick", "--worlds", "coupled-axes", "--heads", "diffusion", "flow", "--sampling-steps", "1", "4", "--json", At("rows.json"));
        code.Should().Be(0, said);
        Rows("rows.json").Select(row => (row["sampler"]!.GetValue<string>(), row["sampling_steps"]!.GetValue<int>())).Should().Equal(
            ("DDIM", 1), ("DDPM", 1), ("DPM-Solver++", 1), ("DDIM", 4), ("DDPM", 4), ("DPM-Solver++", 4), ("Euler", 1), ("Euler", 4));
    }

    [Fact]
    public async Task Several_checkpoints_are_averaged()
    {
        (int code, string said) = await Run("--quick", "--worlds", "fork", "--heads", "mse", "--checkpoints", "3", "--json", At("rows.json"));
        code.Should().Be(0, said);
        Rows("rows.json").Single()["episodes"]!.GetValue<int>().Should().Be(3 * 4);
    }

    [Theory]
    [InlineData("--heads mse,guess", "There is no head 'guess'. There are: mse")]
    [InlineData("--worlds moon", "There is no world 'moon'. There are: fork")]
    [InlineData("--worlds coupled-axes --corrupted 0.1 --chunk 5", "'coupled-axes' has no corrupted demonstrations")]
    [InlineData("--heads mse --sampling-steps 4", "does not concern 'mse'. It concerns: diffusion, flow")]
    [InlineData("--checkpoints 11 --steps 5 --chunk 0", "--checkpoints is 11")]
    [InlineData("--worlds push-t --data nowhere", "nowhere")]
    [InlineData("--seeds x", "100000:50")]
    public async Task A_mistake_is_one_sentence_without_a_stack_trace(string line, string mentions)
    {
        (int code, string said) = await Run(line.Split(' '));
        code.Should().Be(1);
        said.Should().Contain(mentions).And.NotContain("   at ").And.NotContain("Exception");
    }

    [Fact]
    public async Task A_misspelled_option_is_told_apart_from_a_failure()
    {
        (await Run("--had", "flow")).Code.Should().Be(2);
        (await Run("--ways", "up")).Code.Should().Be(2);
    }

    private static Task<(int Code, string Said)> Run(params string[] args) => Record((console, errors) => Cli.RunAsync(args, console, errors));
}
