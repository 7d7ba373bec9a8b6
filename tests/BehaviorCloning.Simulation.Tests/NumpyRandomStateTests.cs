namespace BehaviorCloning.Simulation.Tests;

/// <summary>Golden values from numpy 1.24: <c>r = numpy.random.RandomState(seed)</c>.</summary>
public class NumpyRandomStateTests
{
    [Fact]
    public void Bits_are_those_of_the_Mersenne_Twister()
    {
        var random = new NumpyRandomState(12345);
        Enumerable.Range(0, 5).Select(_ => random.NextUInt32())
            .Should().Equal(3992670690u, 3823185381u, 1358822685u, 561383553u, 789925284u);
    }

    [Fact]
    public void Randint_and_random_sample_are_numpys_at_the_largest_seed()
    {
        var random = new NumpyRandomState(4294967295);
        Enumerable.Range(0, 6).Select(_ => random.NextInteger(-7, 1000)).Should().Equal(412, 283, 5, 64, 941, 569);
        Enumerable.Range(0, 3).Select(_ => random.NextDouble()).Should().Equal(0.7800035981134678, 0.01793967398674523, 0.9695059322147525);
    }

    [Fact]
    public void Randn_is_numpys_and_hands_out_the_second_of_each_pair()
    {
        var random = new NumpyRandomState(12345);
        double[] expected = [-0.20470765948471295, 0.47894333805754824, -0.5194387150567381, -0.55573030434749, 1.9657805725027142];
        foreach (double value in expected) random.NextNormal().Should().BeApproximately(value, 1e-15);
    }

    [Fact]
    public void The_stream_stays_numpys_past_several_refills()
    {
        var integers = new NumpyRandomState(0);
        int[] drawn = [.. Enumerable.Range(0, 2000).Select(_ => integers.NextInteger(0, 1000))];
        drawn[^3..].Should().Equal(541, 51, 473);
        drawn.Sum().Should().Be(1004850);

        var normals = new NumpyRandomState(7);
        double[] values = [.. Enumerable.Range(0, 1001).Select(_ => normals.NextNormal())];
        values[^2].Should().BeApproximately(-0.6774392378782009, 1e-15);
        values[^1].Should().BeApproximately(0.8848879535077754, 1e-15);
    }

    [Fact]
    public void A_range_of_one_value_takes_no_bits()
    {
        var random = new NumpyRandomState(12345);
        random.NextInteger(5, 6).Should().Be(5);
        random.NextUInt32().Should().Be(3992670690u);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4294967296)]
    public void Seeds_numpy_refuses_are_refused(long seed) =>
        FluentActions.Invoking(() => new NumpyRandomState(seed)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*0 to 4294967295*");
}
