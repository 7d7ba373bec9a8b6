using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public sealed class CsvMetricsWriterTests : IDisposable
{
    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("csv").FullName, "metrics.csv");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Fact]
    public void Reports_and_validations_are_rows_of_the_same_columns()
    {
        using (var writer = new CsvMetricsWriter(path))
        {
            writer.OnProgress(Progress(100, 0.5));
            writer.OnValidation(100, 0.75, isBest: true);
        }

        string[] lines = File.ReadAllLines(path);
        lines.Should().HaveCount(3);
        lines.Select(line => line.Split(',').Length).Should().OnlyContain(count => count == 9);
        lines[1].Should().StartWith("100,2.5,0.5,,0.001,");
        lines[2].Should().Be("100,,,0.75,,,,,");
    }

    [Fact]
    public void A_resumed_run_drops_the_rows_it_makes_again()
    {
        using (var writer = new CsvMetricsWriter(path))
        {
            foreach (long step in new long[] { 100, 200, 300 }) writer.OnProgress(Progress(step, step));
        }

        using (var writer = new CsvMetricsWriter(path, fromStep: 200)) writer.OnProgress(Progress(300, -1));
        File.ReadAllLines(path).Skip(1).Select(line => line.Split(',')[2]).Should().Equal("100", "200", "-1");
    }

    private static TrainingProgress Progress(long step, double loss) => new()
    {
        Step = step, TotalSteps = 1000, Epoch = 2.5, Loss = loss, LearningRate = 0.001, GradientNorm = 3, SamplesPerSecond = 10,
        DataWaitShare = 0.01, Elapsed = TimeSpan.FromSeconds(5), Remaining = TimeSpan.FromSeconds(9),
    };
}
