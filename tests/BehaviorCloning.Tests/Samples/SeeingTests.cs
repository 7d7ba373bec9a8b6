using System.Text.Json.Nodes;
using Seeing;

namespace BehaviorCloning.Samples;

/// <summary>The program that compares inputs, run in this process as its user would run it, on a small scale.</summary>
public sealed class SeeingTests : SampleTests
{
    [Fact]
    public async Task Every_input_is_trained_and_played_in_every_world_and_what_is_there_is_not_trained_again()
    {
        (int code, string said) = await Run("compare", "--quick", "--folder", Folder, "--worlds", "usual", "lamp", "--json", At("rows.json"), "--svg", At("figure.svg"));
        code.Should().Be(0, said);
        string[] inputs = [.. InputCatalog.All.Where(input => !input.NeedsWeights).Select(input => input.Name)];
        JsonObject[] rows = Rows("rows.json");
        rows.Select(row => (row["input"]!.GetValue<string>(), row["world"]!.GetValue<string>())).Should().Equal(inputs.SelectMany(input => new[] { (input, "usual"), (input, "lamp") }));
        foreach (JsonObject row in rows)
        {
            row["episodes"]!.GetValue<int>().Should().Be(2);
            row["score"]!.GetValue<double>().Should().BeInRange(row["score_low"]!.GetValue<double>(), row["score_high"]!.GetValue<double>());
            row["inference_ms"]!.GetValue<double>().Should().BePositive();
            row["training"]!["steps"]!.GetValue<long>().Should().Be(6);
        }

        said.Should().Contain("1 demonstration(s), their frames halved").And.Contain("usual: as demonstrated; 2 episodes").And.Contain("lamp: a dim, warm lamp");
        File.ReadAllText(At("figure.svg")).Should().StartWith("<svg").And.Contain(">keypoints<").And.EndWith("</svg>");

        (code, said) = await Run("compare", "--quick", "--folder", Folder, "--inputs", "keypoints,convolution", "--worlds", "lamp", "--evaluate-only", "--json", At("again.json"));
        code.Should().Be(0, said);
        said.Should().NotContain("steps of 8 windows");
        double Score(JsonObject[] all, string input) => all.Single(row => row["input"]!.GetValue<string>() == input && row["world"]!.GetValue<string>() == "lamp")["score"]!.GetValue<double>();
        foreach (string input in new[] { "keypoints", "convolution" }) Score(Rows("again.json"), input).Should().Be(Score(rows, input));
    }

    [SkippableFact]
    public async Task Published_weights_stay_or_are_tuned()
    {
        string weights = TestData.Require("cifar_resnet/resnet20-12fca82f.th");
        (int code, string said) = await Run("compare", "--quick", "--weights", weights, "--inputs", "frozen", "fine-tuned", "--worlds", "usual", "--folder", Folder, "--json", At("rows.json"));
        code.Should().Be(0, said);
        JsonObject[] rows = Rows("rows.json");
        long Count(int row, string which) => rows[row][which]!.GetValue<long>();
        Count(0, "parameters").Should().Be(Count(1, "parameters"));
        Count(1, "trained_parameters").Should().BeGreaterThan(Count(0, "trained_parameters") + 200_000, "two of three stages are trained");
    }

    [Theory]
    [InlineData("--inputs state,guess", "There is no input 'guess'. There are: state")]
    [InlineData("--worlds moon", "There is no world 'moon'. There are: usual")]
    [InlineData("--inputs frozen", "'frozen' begins with published weights: say where they are with --weights")]
    [InlineData("--minutes 0 --weights nowhere", "--minutes is 0; it must be positive. There is no file 'nowhere'.")]
    [InlineData("--inputs state --evaluate-only --folder nowhere", "There is no policy of 'state'")]
    [InlineData("--inputs state --data nowhere", "nowhere")]
    public async Task A_mistake_is_one_sentence_without_a_stack_trace(string line, string mentions)
    {
        (int code, string said) = await Run(["compare", .. line.Split(' ')]);
        code.Should().Be(1);
        said.Should().Contain(mentions).And.NotContain("   at ").And.NotContain("Exception");
    }

    [Fact]
    public async Task A_misspelled_option_is_told_apart_from_a_failure() => (await Run("compare", "--had", "state")).Code.Should().Be(2);

    [Fact]
    public void A_small_frame_is_the_mean_of_each_four_pixels()
    {
        byte[] frame = new byte[96 * 96 * 3], half = new byte[48 * 48 * 3];
        foreach (int at in new[] { 0, 3, 96 * 3, (96 * 3) + 3 }) frame[at] = 100;
        frame[(((95 * 96) + 95) * 3) + 2] = 255;
        SmallFrame.Halve(frame, half);
        half[0].Should().Be(100);
        half[^1].Should().Be(64);
        half.Count(value => value != 0).Should().Be(2);
    }

    private static Task<(int Code, string Said)> Run(params string[] args) => Record((console, errors) => Cli.RunAsync(args, console, errors));
}
