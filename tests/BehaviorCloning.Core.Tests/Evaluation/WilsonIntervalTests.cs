using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BehaviorCloning.Evaluation;

public sealed class WilsonIntervalTests
{
    // Newcombe (1998), Statistics in Medicine 17, 857-872: table I, the score method without continuity correction.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Known_numbers(int successes, int trials, double low, double high)
    {
        var interval = new WilsonInterval(successes, trials);
        interval.Low.Should().BeApproximately(low, 5.1e-5);
        interval.High.Should().BeApproximately(high, 5.1e-5);
    }

    [Property]
    public Property Ends_solve_the_equation_they_come_from() => Prop.ForAll(Counts(), counts =>
    {
        var interval = new WilsonInterval(counts.Successes, counts.Trials);
        double p = interval.Share;
        bool Solves(double end) => Math.Abs(Math.Abs(p - end) - (1.96 * Math.Sqrt(end * (1 - end) / counts.Trials))) < 1e-9;
        return Solves(interval.Low) && Solves(interval.High) && interval.Low >= 0 && interval.High <= 1 && interval.Low <= p && p <= interval.High;
    });

    [Property]
    public Property Failures_mirror_successes() => Prop.ForAll(Counts(), counts =>
    {
        var interval = new WilsonInterval(counts.Successes, counts.Trials);
        var mirrored = new WilsonInterval(counts.Trials - counts.Successes, counts.Trials);
        return Math.Abs(interval.Low - (1 - mirrored.High)) < 1e-12;
    });

    [Theory]
    [InlineData(1, 0, 1.96)]
    [InlineData(-1, 5, 1.96)]
    [InlineData(6, 5, 1.96)]
    [InlineData(3, 5, double.NaN)]
    [InlineData(3, 5, 0)]
    public void Impossible_counts_are_refused(int successes, int trials, double z)
    {
        Action make = () => _ = new WilsonInterval(successes, trials, z);
        make.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static Arbitrary<(int Successes, int Trials)> Counts() =>
        (from trials in Gen.Choose(1, 2000) from successes in Gen.Choose(0, trials) select (successes, trials)).ToArbitrary();
}
