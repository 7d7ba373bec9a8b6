using BehaviorCloning.Heads;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.FlowMatching;

public sealed class FlowTimeDistributionTests
{
    public static TheoryData<FlowTimeDistribution, double, double> Moments => new()
    {
        { new UniformFlowTime(), 0.5, 1 / 12.0 },
        // b ~ Beta(1.5, 1) has mean 0.6 and variance 1.5 / (2.5^2 3.5); flow time is .999 (1 - b), so mostly noise.
        { new BetaFlowTime(), 0.3996, 0.998001 * 1.5 / (6.25 * 3.5) },
        { new BetaFlowTime { Alpha = 1, Scale = 1 }, 0.5, 1 / 12.0 },
        // Mean by symmetry; the variance of a standard logit-normal is 0.0433 (numerical integration).
        { new LogitNormalFlowTime(), 0.5, 0.0433 },
        { new GridFlowTime(), 0, 0 },
        { new GridFlowTime { Steps = 2 }, 0.25, 1 / 16.0 },
    };

    [Theory]
    [MemberData(nameof(Moments))]
    public void Draws_have_the_distributions_moments(FlowTimeDistribution distribution, double mean, double variance)
    {
        using var generator = new Generator(11, CPU);
        float[] times = distribution.Draw(40_000, CPU, generator).Values();
        times.Should().OnlyContain(t => t >= 0 && t <= 1);
        double average = times.Average();
        average.Should().BeApproximately(mean, 0.005);
        times.Average(t => (t - average) * (t - average)).Should().BeApproximately(variance, 0.002);
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        new BetaFlowTime { Alpha = 0, Scale = 2 }.Problems().Should().HaveCount(2);
        new GridFlowTime { Steps = 0 }.Problems().Should().HaveCount(1);
        new LogitNormalFlowTime { Mean = double.NaN, StandardDeviation = 0 }.Problems().Should().HaveCount(2);
    }
}
