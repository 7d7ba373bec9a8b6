using BehaviorCloning.Datasets;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class StreamingStatisticsTests
{
    [Fact]
    public void Known_numbers_come_out()
    {
        StreamingStatistics statistics = new(2);
        statistics.Add([1, 10, 2, 20]);
        statistics.Add([3, 30, 4, 40]);
        FeatureStatistics s = statistics.ToStatistics();
        s.Count.Should().Be(4);
        s.Mean.Should().Equal(2.5, 25);

        // The population's: sqrt(1.25), not the sample's sqrt(5/3).
        s.StandardDeviation[0].Should().BeApproximately(Math.Sqrt(1.25), 1e-12);
        s.Minimum.Should().Equal(1, 10);
        s.Maximum.Should().Equal(4, 40);

        // numpy.percentile([1, 2, 3, 4], [1, 99]) = 1.03, 3.97
        s.Quantile01[0].Should().BeApproximately(1.03, 1e-12);
        s.Quantile99[0].Should().BeApproximately(3.97, 1e-12);
        s.Problems().Should().BeEmpty();
    }

    [Fact]
    public void Quantiles_interpolate_between_ranks_as_numpy_does()
    {
        // numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6], 1) = 1.0; 99 -> 8.79. numpy.percentile(range(101), 1) = 1, 99 -> 99.
        StreamingStatistics digits = new(1), hundred = new(1);
        digits.Add([3, 1, 4, 1, 5, 9, 2, 6]);
        hundred.Add([.. Enumerable.Range(0, 101).Select(i => (float)i)]);
        digits.ToStatistics().Quantile01[0].Should().BeApproximately(1, 1e-12);
        digits.ToStatistics().Quantile99[0].Should().BeApproximately(8.79, 1e-12);
        hundred.ToStatistics().Quantile01[0].Should().BeApproximately(1, 1e-12);
        hundred.ToStatistics().Quantile99[0].Should().BeApproximately(99, 1e-12);
    }

    [Property]
    public void Merged_parts_equal_the_whole(int seed)
    {
        Random random = new(seed);
        float[] rows = [.. Enumerable.Range(0, 3 * (2 + random.Next(200))).Select(_ => (random.NextSingle() * 4) + 1000)];
        int cut = 3 * random.Next(1 + (rows.Length / 3));
        StreamingStatistics whole = new(3), first = new(3), second = new(3);
        whole.Add(rows);
        first.Add(rows.AsSpan(0, cut));
        second.Add(rows.AsSpan(cut));
        first.Merge(second);
        FeatureStatistics a = whole.ToStatistics(), b = first.ToStatistics();
        b.Count.Should().Be(a.Count);
        for (int d = 0; d < 3; d++)
        {
            b.Mean[d].Should().BeApproximately(a.Mean[d], 1e-9);
            b.StandardDeviation[d].Should().BeApproximately(a.StandardDeviation[d], 1e-9);
            b.Minimum[d].Should().Be(a.Minimum[d]);
            b.Maximum[d].Should().Be(a.Maximum[d]);
            b.Quantile01[d].Should().Be(a.Quantile01[d]);
            b.Quantile99[d].Should().Be(a.Quantile99[d]);
        }
    }

    [Fact]
    public void A_large_offset_does_not_swallow_the_deviation()
    {
        // Sum of squares in one go would lose everything: 1e7 squared has no room for 1.
        StreamingStatistics statistics = new(1);
        for (int i = 0; i < 1000; i++) statistics.Add([1e7f + (i % 2)]);
        statistics.ToStatistics().StandardDeviation[0].Should().BeApproximately(0.5, 1e-9);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Beyond_the_sample_limit_quantiles_are_those_of_a_uniform_sample(bool merged)
    {
        // Rising values: a sample that preferred early or late rows would shift the quantiles by much more than the tolerance.
        const int Rows = 100_000, Limit = 10_000;
        float[] rows = [.. Enumerable.Range(0, Rows).Select(i => (float)i / Rows)];
        StreamingStatistics statistics = new(1, Limit, seed: 5);
        if (merged)
        {
            StreamingStatistics rest = new(1, Limit, seed: 6);
            statistics.Add(rows.AsSpan(0, 30_000));
            rest.Add(rows.AsSpan(30_000));
            statistics.Merge(rest);
        }
        else
        {
            statistics.Add(rows);
        }

        // Standard error sqrt(0.01 * 0.99 / 10,000) = 0.001.
        FeatureStatistics s = statistics.ToStatistics();
        s.Count.Should().Be(Rows);
        s.Quantile01[0].Should().BeApproximately(0.01, 0.004);
        s.Quantile99[0].Should().BeApproximately(0.99, 0.004);
        s.Minimum[0].Should().Be(0);
        s.Mean[0].Should().BeApproximately(0.5, 1e-4);
    }

    [Fact]
    public void The_same_seed_gives_the_same_sample()
    {
        float[] rows = [.. Enumerable.Range(0, 5000).Select(i => MathF.Sin(i))];
        StreamingStatistics a = new(1, 100, seed: 3), b = new(1, 100, seed: 3), c = new(1, 100, seed: 4);
        a.Add(rows);
        b.Add(rows);
        c.Add(rows);
        b.ToStatistics().Quantile01[0].Should().Be(a.ToStatistics().Quantile01[0]);
        c.ToStatistics().Quantile01[0].Should().NotBe(a.ToStatistics().Quantile01[0]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_value_that_is_not_finite_is_named_and_nothing_is_added(float bad)
    {
        StreamingStatistics statistics = new(2);
        statistics.Add([1, 2]);
        statistics.Invoking(s => s.Add([3, 4, 5, bad])).Should().Throw<ArgumentException>().WithMessage("*Row 2, dimension 1 is *");
        statistics.Count.Should().Be(1);
    }

    [Fact]
    public void Nothing_half_rows_and_other_dimensions_are_refused()
    {
        StreamingStatistics statistics = new(2);
        statistics.Invoking(s => s.ToStatistics()).Should().Throw<InvalidOperationException>().WithMessage("*No row*");
        statistics.Invoking(s => s.Add(new float[3])).Should().Throw<ArgumentException>().WithMessage("*Rows of 2 values*3 values*");
        statistics.Invoking(s => s.Merge(new StreamingStatistics(3))).Should().Throw<ArgumentException>().WithMessage("*2 dimensions*");
    }

    [Fact]
    public void Unsound_statistics_say_why()
    {
        FeatureStatistics broken = new() { Count = 3, Mean = [0, double.NaN], StandardDeviation = [1], Minimum = [2, 0], Maximum = [1, 0], Quantile01 = [0, 0], Quantile99 = [0, 0] };
        broken.Problems().Should().BeEquivalentTo("Mean of dimension 1 is NaN.", "StandardDeviation has 1 entries, but Mean has 2.", "Minimum 2 of dimension 0 is above Maximum 1.");
    }
}
