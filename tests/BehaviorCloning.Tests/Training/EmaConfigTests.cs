using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public class EmaConfigTests
{
    // diffusion_policy's EMAModel with its defaults, by its counter before the update.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 0.405396)]
    [InlineData(3, 0.561309)]
    [InlineData(10, 0.822172)]
    [InlineData(100, 0.968377)]
    [InlineData(1000, 0.994377)]
    [InlineData(10_000, 0.999)]
    [InlineData(100_000, 0.999822)]
    [InlineData(1_000_000, 0.9999)]
    public void Power_decay_is_diffusion_policys(long counter, double decay) =>
        new PowerEmaConfig().DecayAt(counter).Should().BeApproximately(decay, 5e-7);

    [Theory]
    [InlineData(0, 2.0 / 11)]
    [InlineData(1, 3.0 / 12)]
    [InlineData(89, 91.0 / 100)]
    [InlineData(100_000, 0.999)]
    public void Warm_up_decay_is_torch_emas(long counter, double decay) =>
        new WarmupEmaConfig().DecayAt(counter).Should().BeApproximately(decay, 1e-12);

    [Fact]
    public void Every_fault_is_named() =>
        new PowerEmaConfig { Power = 0, InverseGamma = -1, Maximum = 1 }.Problems().Should().HaveCount(3);
}
