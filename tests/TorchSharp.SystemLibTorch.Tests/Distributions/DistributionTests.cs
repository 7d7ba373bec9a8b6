using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Distributions;

public sealed class DistributionTests
{
    private static void Near(Tensor actual, params double[] expected)
    {
        var values = actual.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
        values.Should().HaveCount(expected.Length);
        for (var i = 0; i < expected.Length; i++) values[i].Should().BeApproximately(expected[i], 1e-5);
    }

    [Fact]
    public void Normal_density_entropy_and_quantiles()
    {
        using var normal = distributions.Normal(tensor(new[] { 0f, 1f }), tensor(new[] { 1f, 2f }));
        Near(normal.log_prob(tensor(new[] { 1f, 1f })), -1.418938533, -1.612085714);
        Near(normal.entropy(), 1.418938533, 2.112085714);
        Near(normal.cdf(tensor(new[] { 0f, 3f })), 0.5, 0.841344746);
        Near(normal.icdf(normal.cdf(tensor(new[] { 0.3f, 2f }))), 0.3, 2);
        normal.rsample(7).shape.Should().Equal(7, 2);
        normal.expand(new Size([3L, 2L])).sample().shape.Should().Equal(3, 2);
    }

    [Fact]
    public void Normal_draws_PyTorch_s_numbers_and_passes_gradients_where_asked()
    {
        using var loc = tensor(2f, requires_grad: true);
        using var normal = distributions.Normal(loc, tensor(3f));
        manual_seed(6);
        using var noise = randn(4);
        manual_seed(6);
        using var drawn = normal.rsample(4);
        drawn.allclose(noise.mul(3).add(2)).Should().BeTrue();
        drawn.requires_grad.Should().BeTrue();
        normal.sample(4).requires_grad.Should().BeFalse();
    }

    [Fact]
    public void Categorical_normalizes_either_form()
    {
        using var byProbability = distributions.Categorical(tensor(new[] { 1f, 3f }));
        using var byLogit = distributions.Categorical(logits: tensor(new[] { 0f, MathF.Log(3) }));
        foreach (var categorical in new[] { byProbability, byLogit })
        {
            Near(categorical.probs, 0.25, 0.75);
            Near(categorical.log_prob(tensor(new long[] { 0, 1 })), Math.Log(0.25), Math.Log(0.75));
            Near(categorical.entropy(), -0.25 * Math.Log(0.25) - 0.75 * Math.Log(0.75));
        }

        manual_seed(7);
        byLogit.sample(4000).to(ScalarType.Float32).mean().ToSingle().Should().BeApproximately(0.75f, 0.03f);
        FluentActions.Invoking(() => distributions.Categorical()).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Independent_sums_over_the_event()
    {
        using var normal = distributions.Normal(zeros(3, 2), ones(3, 2));
        using var independent = distributions.Independent(normal, 1);
        independent.batch_shape.Shape.Should().Equal(3);
        independent.event_shape.Shape.Should().Equal(2);
        Near(independent.log_prob(zeros(3, 2)), [.. Enumerable.Repeat(-Math.Log(2 * Math.PI), 3)]);
        independent.sample(5).shape.Should().Equal(5, 3, 2);
    }

    [Fact]
    public void Bernoulli_uniform_and_beta_by_hand()
    {
        using var coin = distributions.Bernoulli(tensor(new[] { 0.25f }));
        Near(coin.log_prob(tensor(new[] { 1f })), Math.Log(0.25));
        Near(coin.variance, 0.1875);
        using var uniform = distributions.Uniform(tensor(1f), tensor(3f));
        Near(uniform.log_prob(tensor(new[] { 2f, 4f }).reshape(2)[..1]), Math.Log(0.5));
        double.IsNegativeInfinity(uniform.log_prob(tensor(4f)).ToDouble()).Should().BeTrue();
        Near(uniform.variance, 1.0 / 3);
        using var beta = distributions.Beta(tensor(2f), tensor(3f));
        Near(beta.mean, 0.4);
        Near(beta.variance, 0.04);
        Near(beta.log_prob(tensor(0.5f)), Math.Log(12 * 0.5 * 0.25));
        Near(beta.entropy(), -0.2349066);
        manual_seed(8);
        beta.sample(4000).mean().ToSingle().Should().BeApproximately(0.4f, 0.02f);
    }

    [Fact]
    public void Multivariate_normal_is_the_same_by_covariance_precision_and_factor()
    {
        using var factor = tensor(new float[,] { { 1, 0 }, { 0.5f, 2 } });
        using var covariance = factor.matmul(factor.t());
        using var precision = covariance.inverse();
        using var loc = tensor(new[] { 1f, -1f });
        using var x = tensor(new[] { 0f, 1f });

        // (x - loc) = (-1, 2) = L (-1, 1.25): -(1 + 1.5625)/2 - log 2 - log 2 pi
        var expected = -2.5625 / 2 - Math.Log(2) - Math.Log(2 * Math.PI);
        Near(distributions.MultivariateNormal(loc, scale_tril: factor).log_prob(x), expected);
        Near(distributions.MultivariateNormal(loc, covariance_matrix: covariance).log_prob(x), expected);
        Near(distributions.MultivariateNormal(loc, precision_matrix: precision).log_prob(x), expected);
        Near(distributions.MultivariateNormal(loc, covariance).variance, 1, 4.25);
        Near(distributions.MultivariateNormal(loc, covariance).entropy(), 1 + Math.Log(2 * Math.PI) + Math.Log(2));
        distributions.MultivariateNormal(loc, covariance).sample(3).shape.Should().Equal(3, 2);
        FluentActions.Invoking(() => distributions.MultivariateNormal(loc)).Should().Throw<ArgumentException>();
    }
}
