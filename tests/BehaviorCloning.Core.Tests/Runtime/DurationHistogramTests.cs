namespace BehaviorCloning.Runtime;

public sealed class DurationHistogramTests
{
    [Fact]
    public void Percentiles_are_exact_to_a_sixteenth()
    {
        var histogram = new DurationHistogram();
        for (int ms = 1; ms <= 1000; ms++) histogram.Record(TimeSpan.FromMilliseconds(ms));
        foreach (double percent in new[] { 1, 25, 50, 90, 99, 99.9 })
            histogram.Percentile(percent).TotalMilliseconds.Should().BeApproximately(percent * 10, Math.Max(percent * 10 / 16, 1));
        histogram.Percentile(100).Should().Be(TimeSpan.FromSeconds(1));
        histogram.Summarize().Mean.TotalMilliseconds.Should().BeApproximately(500.5, 0.01);
        histogram.Longest.Should().Be(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Extremes_have_a_place()
    {
        var histogram = new DurationHistogram();
        histogram.Record(TimeSpan.FromTicks(-5));
        histogram.Record(TimeSpan.Zero);
        histogram.Record(TimeSpan.FromTicks(15));
        histogram.Record(TimeSpan.FromTicks(16));
        histogram.Record(TimeSpan.MaxValue);
        histogram.Count.Should().Be(5);
        histogram.Percentile(40).Should().Be(TimeSpan.Zero);
        histogram.Percentile(60).Should().Be(TimeSpan.FromTicks(15));
        histogram.Percentile(100).Should().BeGreaterThan(TimeSpan.FromDays(1000 * 365.0));
    }

    [Fact]
    public void An_empty_one_says_zero() => new DurationHistogram().Summarize().Should().Be(new DurationSummary(0, default, default, default, default, default, default));
}
