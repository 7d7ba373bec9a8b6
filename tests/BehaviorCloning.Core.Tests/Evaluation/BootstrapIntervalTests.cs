using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Core.Tests.Evaluation;

public sealed class BootstrapIntervalTests
{
    [Fact]
    public void It_covers_the_true_mean_about_as_often_as_it_says()
    {
        // Scores as they are: many at 1, the rest anywhere. Their true mean is 0.6 + 0.4 / 2.
        var random = new Random(7);
        int covered = Enumerable.Range(0, 200).Count(_ =>
        {
            BootstrapInterval interval = BootstrapInterval.Of([.. Enumerable.Range(0, 60).Select(_ => random.NextDouble() < 0.6 ? 1 : random.NextDouble())]);
            return interval.Low <= 0.8 && interval.High >= 0.8;
        });
        covered.Should().BeInRange(178, 199);
    }

    [Fact]
    public void It_agrees_with_the_standard_error_of_many_values_and_is_the_same_every_time()
    {
        double[] values = [.. Enumerable.Range(0, 400).Select(i => Math.Sin(i * 1.7))];
        BootstrapInterval interval = BootstrapInterval.Of(values);
        double error = MeanWithStandardError.Of(values).StandardError;
        interval.Mean.Should().Be(values.Average());
        (interval.High - interval.Low).Should().BeApproximately(2 * 1.96 * error, 0.1 * error);
        BootstrapInterval.Of(values).Should().Be(interval);
        BootstrapInterval.Of([0.5]).Should().Be(new BootstrapInterval(0.5, 0.5, 0.5));
    }

    [Fact]
    public void What_is_no_number_is_refused()
    {
        FluentActions.Invoking(() => BootstrapInterval.Of([])).Should().Throw<ArgumentException>().WithMessage("*at least one*");
        FluentActions.Invoking(() => BootstrapInterval.Of([1, double.NaN])).Should().Throw<ArgumentException>().WithMessage("*NaN*");
    }
}
