namespace BehaviorCloning.Evaluation;

public sealed class MeanWithStandardErrorTests
{
    [Fact]
    public void Known_numbers()
    {
        // numpy: std(ddof = 1) of 2, 4, 4, 4, 5, 5, 7, 9 is 2.13808994; over sqrt(8) it is 0.75592895.
        var mean = MeanWithStandardError.Of([2, 4, 4, 4, 5, 5, 7, 9]);
        mean.Mean.Should().Be(5);
        mean.StandardError.Should().BeApproximately(0.75592895, 1e-8);
        mean.ToString().Should().Be("5.000 ± 0.756");
    }

    [Fact]
    public void One_value_tells_no_spread() => MeanWithStandardError.Of([0.5]).ToString().Should().Be("0.500");

    [Fact]
    public void Nothing_and_non_numbers_are_refused()
    {
        Action none = () => MeanWithStandardError.Of([]);
        none.Should().Throw<ArgumentException>().WithMessage("*at least one*");
        Action bad = () => MeanWithStandardError.Of([1, double.NaN]);
        bad.Should().Throw<ArgumentException>().WithMessage("*Value 1 is NaN*");
    }
}
