using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.GaussianMixtures;

public sealed class GaussianMixtureTests
{
    private static readonly GoldenTensors Golden = GoldenTensors.Read("GaussianMixture/golden/mixtures");
    private static readonly HeadShape GoldenShape = new(1, 1, 2, 2), Line = new(1, 1, 1, 1);
    private static readonly MixtureOptions Three = new() { Components = 3 };

    [Fact]
    public void Densities_are_those_of_PyTorchs_distributions()
    {
        Golden.ShouldBe(OfGolden(Three).LogProbability(Golden["actions"]), "log_probability");
        Golden.ShouldBe(OfGolden(Three with { BoundedMeans = true, MinimumScale = 0.01 }).LogProbability(Golden["actions"]), "log_probability_bounded");
    }

    [Fact]
    public void Padded_steps_are_marginalized_exactly()
    {
        using Tensor inside = tensor(new[] { true, false, true, false, true, false, true, false }, [4, 2]), actions = Golden["actions"];
        actions[.., 1].fill_(float.PositiveInfinity);
        Golden.ShouldBe(OfGolden(Three).LogProbability(actions, inside), "log_probability_first_step");
    }

    [Fact]
    public void The_loss_and_its_gradient_are_PyTorchs()
    {
        using Tensor outputs = Golden["outputs"].requires_grad_(), inside = ones(4, 2, ScalarType.Bool);
        Tensor loss = new GaussianMixture(outputs, Three, GoldenShape).Loss(new ActionTarget(Golden["actions"], inside)).Total;
        Golden.ShouldBe(loss, "loss");
        loss.backward();
        Golden.ShouldBe(outputs.grad!, "loss_gradient", 1e-5f);
    }

    [Fact]
    public void Infinite_padding_gives_a_finite_gradient()
    {
        using Tensor outputs = Golden["outputs"].requires_grad_(), actions = Golden["actions"], inside = tensor(new[] { true, false }, [1, 2]).expand(4, 2);
        actions[.., 1].fill_(float.PositiveInfinity);
        new GaussianMixture(outputs, Three, GoldenShape).Loss(new ActionTarget(actions, inside)).Total.backward();
        outputs.grad!.Values().Should().OnlyContain(value => float.IsFinite(value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_density_integrates_to_one(long seed)
    {
        const int count = 40_001;
        using Tensor outputs = Tensors.Normal(seed, 1, 9).expand(count, 9), grid = linspace(-20, 20, count).view(count, 1, 1);
        Tensor density = new GaussianMixture(outputs, Three with { MinimumScale = 0.05 }, Line).LogProbability(grid).exp();
        (density.sum().ToDouble() * 40 / (count - 1)).Should().BeApproximately(1, 1e-4);
    }

    [Fact]
    public void Components_are_drawn_as_often_as_they_weigh()
    {
        const int count = 20_000;
        double[] weights = [0.5, 0.3, 0.2];
        float[] samples = Mixture(count, weights, [-1, 0, 1]).Sample(new Generator(1, CPU)).Values();
        for (int k = 0; k < 3; k++)
        {
            // Within four standard deviations of a binomial count.
            double expected = count * weights[k], tolerance = 4 * Math.Sqrt(expected * (1 - weights[k]));
            samples.Count(a => Math.Abs(a - (k - 1)) < 0.01).Should().BeCloseTo((int)expected, (uint)tolerance);
        }
    }

    [Fact]
    public void The_mode_is_the_mean_of_the_component_of_largest_weight()
    {
        Mixture(1, [0.2, 0.5, 0.3], [-1, 0.25f, 1]).Mode().Values().Should().Equal(0.25f);
        float[] cold = Mixture(100, [0.2, 0.5, 0.3], [-1, 0.25f, 1], Three with { Temperature = 0 }).Sample(new Generator(1, CPU)).Values();
        cold.Should().OnlyContain(a => Math.Abs(a - 0.25) < 1e-3);
    }

    [Fact]
    public void A_lower_temperature_prefers_what_weighs_more()
    {
        // Weights 0.8 and 0.2 to the power 1 / 0.5: 0.64 / 0.68.
        float[] samples = Mixture(10_000, [0.8, 0.2, 0], [-1, 1, 0], Three with { Temperature = 0.5 }).Sample(new Generator(1, CPU)).Values();
        samples.Count(a => a < 0).Should().BeInRange(9_290, 9_530);
    }

    [Fact]
    public void Low_noise_evaluation_stays_within_its_constant_and_learned_noise_does_not()
    {
        float[] low = Mixture(2_000, [1, 0, 0], [0, 5, 5]).Sample(new Generator(1, CPU)).Values();
        Math.Sqrt(low.Average(a => a * a)).Should().BeApproximately(1e-4, 1e-5);
        float[] learned = Mixture(2_000, [1, 0, 0], [0, 5, 5], Three with { LowNoiseEvaluation = false }).Sample(new Generator(1, CPU)).Values();
        // softplus(0) = ln 2 is the standard deviation that raw zeros stand for.
        Math.Sqrt(learned.Average(a => a * a)).Should().BeApproximately(Math.Log(2), 0.04);
    }

    [Fact]
    public void A_component_holds_for_the_whole_chunk()
    {
        // Two components, all steps at -1 or all at +1.
        float[] row = [0, 0, -1, -1, -1, 1, 1, 1, 0, 0, 0, 0, 0, 0];
        using Tensor outputs = tensor(row, [1, 14]).expand(200, 14);
        float[] samples = new GaussianMixture(outputs, new MixtureOptions { Components = 2 }, new HeadShape(1, 1, 3, 1)).Sample(new Generator(1, CPU)).Values();
        float[][] chunks = [.. samples.Chunk(3)];
        chunks.Should().OnlyContain(chunk => chunk.All(a => a < 0) || chunk.All(a => a > 0));
        chunks.Count(chunk => chunk[0] > 0).Should().BeInRange(60, 140);
    }

    [Fact]
    public void A_collapsed_scale_is_held_at_the_minimum_so_the_likelihood_stays_bounded()
    {
        // softplus(-200) is 0 in single precision: without the minimum log N(a; a, 0) would be infinite.
        float[] row = [0, 0, 0, 0.5f, 0.5f, 0.5f, -200, -200, -200];
        using Tensor outputs = tensor(row, [1, 9]).requires_grad_(), at = full(1, 1, 1, 0.5f), off = full(1, 1, 1, 3f);
        var mixture = new GaussianMixture(outputs, Three, Line);
        mixture.LogProbability(at).ToDouble().Should().BeApproximately(-Math.Log(1e-4 * Math.Sqrt(2 * Math.PI)), 1e-3);
        Tensor loss = mixture.LogProbability(off).neg().sum();
        loss.ToDouble().Should().BeApproximately(0.5 * Math.Pow(2.5 / 1e-4, 2), 1e4, "an action that is far off costs much, but a finite number");
        loss.backward();
        outputs.grad!.Values().Should().OnlyContain(value => float.IsFinite(value));
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new MixtureOptions { Components = 0, MinimumScale = 0, Temperature = -1 }.Problems().Should().HaveCount(3);

    private static GaussianMixture OfGolden(MixtureOptions options) => new(Golden["outputs"], options, GoldenShape);

    // The same three components of one value in every row.
    private static GaussianMixture Mixture(int count, double[] weights, float[] means, MixtureOptions? options = null)
    {
        float[] row = [.. weights.Select(w => (float)Math.Log(w + 1e-30)), .. means, 0, 0, 0];
        return new GaussianMixture(tensor(row, [1, 9]).expand(count, 9), options ?? Three, Line);
    }
}
