using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads.Diffusion;

public sealed class NoiseLevelsTests
{
    // diffusers' "squaredcos_cap_v2" with 100 steps, whose products are rounded to floats on the way.
    [Theory]
    [InlineData(0, 0.999368727)]
    [InlineData(10, 0.966716588)]
    [InlineData(25, 0.835620403)]
    [InlineData(49, 0.493843377)]
    [InlineData(50, 0.478264421)]
    [InlineData(75, 0.133494794)]
    [InlineData(90, 0.0195443723)]
    [InlineData(98, 2.42857e-4)]
    [InlineData(99, 2.42854e-7)]
    public void Squared_cosine_leaves_what_diffusers_leaves(int k, double remaining) =>
        new NoiseLevels(new SquaredCosineSchedule()).Remaining(k).Should().BeApproximately(remaining, Math.Min(4e-7, 2e-6 * remaining));

    [Theory]
    [InlineData(0, 6.3128e-4)]
    [InlineData(1, 1.11694e-3)]
    [InlineData(50, 0.0315463)]
    [InlineData(98, 0.749939)]
    [InlineData(99, 0.999)]
    public void Squared_cosine_betas_are_diffusers(int k, double beta) => new SquaredCosineSchedule().Betas()[k].Should().BeApproximately(beta, 5e-6 * beta);

    [Theory]
    [InlineData("cosine")]
    [InlineData("linear")]
    public void All_levels_are_the_golden_ones(string name)
    {
        var levels = new NoiseLevels(name == "cosine" ? new SquaredCosineSchedule() : new LinearSchedule());
        float[] golden = GoldenFile.Json("samplers.json").GetProperty("remaining").GetProperty(name).Floats();
        for (int k = 0; k < 100; k++) levels.Remaining(k).Should().BeApproximately(golden[k], 1e-6 * golden[k]);
    }

    [Fact]
    public void Signal_and_noise_share_the_variance_and_there_is_no_noise_before_the_first_step()
    {
        var levels = new NoiseLevels(new LinearSchedule());
        for (int k = 0; k < levels.Count; k++) ((levels.Signal(k) * levels.Signal(k)) + (levels.Noise(k) * levels.Noise(k))).Should().BeApproximately(1, 1e-12);
        levels.Noise(-1).Should().Be(0);
    }

    [Fact]
    public void Bad_schedules_are_refused()
    {
        new SquaredCosineSchedule().Problems().Should().BeEmpty();
        new LinearSchedule { TrainingSteps = 1000, First = 1e-4, Last = 0.02 }.Problems().Should().BeEmpty("these are the paper's");
        new LinearSchedule { First = 1e-4, Last = 0.02 }.Problems().Should().ContainSingle().Which.Should().Contain("still shows");
        new LinearSchedule { First = 0.3, Last = 0.2 }.Problems().Should().ContainSingle();
        new SquaredCosineSchedule { TrainingSteps = 1 }.Problems().Should().ContainSingle();
    }
}
