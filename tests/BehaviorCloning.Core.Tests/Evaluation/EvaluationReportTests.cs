using System.Text.Json.Nodes;

namespace BehaviorCloning.Evaluation;

public sealed class EvaluationReportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static EvaluationReport Sample => new(
        "flow \"matching\"",
        [new(100000, 1, true, 61), new(100001, 0.7, false, 300), new(100002, 1 / 3.0, false, 300), new(100003, 1, true, 90)],
        new Dictionary<string, string>(StringComparer.Ordinal) { ["execution_horizon"] = "8" });

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Figures_come_from_the_episodes()
    {
        Sample.Score.Mean.Should().BeApproximately(0.7583333, 1e-6);
        Sample.Success.Share.Should().Be(0.5);
        Sample.MeanSteps.Should().Be(187.75);
    }

    [Fact]
    public void The_file_reads_back_exactly()
    {
        string path = Path.Combine(folder.Path, "new", "evaluation.json");
        Sample.Write(path);
        EvaluationReport read = EvaluationReport.Read(path);
        read.Episodes.Should().Equal(Sample.Episodes);
        read.Settings.Should().BeEquivalentTo(Sample.Settings);
        read.ToJson().Should().Be(Sample.ToJson());
        Directory.GetFiles(Path.GetDirectoryName(path)!).Should().HaveCount(1, "no temporary file stays behind");
    }

    [Fact]
    public void The_file_has_the_names_other_programs_look_for()
    {
        JsonObject json = JsonNode.Parse(Sample.ToJson())!.AsObject();
        json["episodes"]!.GetValue<int>().Should().Be(4);
        json["score_mean"]!.GetValue<double>().Should().BeApproximately(0.7583333, 1e-6);
        json["success_share"]!.GetValue<double>().Should().Be(0.5);
        json["success_interval"]!.AsArray().Should().HaveCount(2);
        json["per_seed"]![1]!.AsObject().Select(p => p.Key).Should().Equal("seed", "score", "success", "steps");
    }

    [Fact]
    public void One_episode_has_no_standard_error_and_still_reads_back()
    {
        var one = new EvaluationReport("one", [new(1, 0.5, false, 3)]);
        EvaluationReport.FromJson(one.ToJson()).Score.StandardError.Should().Be(double.NaN);
    }

    [Theory]
    [InlineData("score_mean", "0.9", "*score_mean is 0.9*per_seed gives 0.758*")]
    [InlineData("episodes", "5", "*episodes is 5*4*")]
    [InlineData("success_interval", "[0.1]", "*1 ends*")]
    [InlineData("format_version", "2", "*format 2*reads format 1*")]
    [InlineData("per_seed", "[]", "*at least one episode*")]
    [InlineData("per_seed", "null", "*per_seed*")]
    [InlineData("surprise", "1", "*surprise*")]
    public void A_file_that_contradicts_itself_or_is_not_understood_is_refused(string name, string value, string message)
    {
        JsonObject json = JsonNode.Parse(Sample.ToJson())!.AsObject();
        json[name] = JsonNode.Parse(value);
        FluentActions.Invoking(() => EvaluationReport.FromJson(json.ToJsonString())).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Fact]
    public void A_missing_member_is_refused_by_name()
    {
        JsonObject json = JsonNode.Parse(Sample.ToJson())!.AsObject();
        json.Remove("success_share");
        FluentActions.Invoking(() => EvaluationReport.FromJson(json.ToJsonString())).Should().Throw<InvalidDataException>().WithMessage("*success_share*");
    }

    [Fact]
    public void A_truncated_file_is_refused_by_path()
    {
        string path = folder["torn.json"];
        File.WriteAllText(path, Sample.ToJson()[..^40]);
        FluentActions.Invoking(() => EvaluationReport.Read(path)).Should().Throw<InvalidDataException>().WithMessage("*torn.json*");
    }
}
