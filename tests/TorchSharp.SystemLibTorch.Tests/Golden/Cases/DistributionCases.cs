using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class DistributionCases
{
    public static void Define(CaseTable table)
    {
        table.Op("Normal", (l, s, v) => With(distributions.Normal(l, s), d => [d.log_prob(v), d.entropy(), d.variance, d.cdf(v), d.rsample(2)]));
        table.Op("Normal.icdf", (l, s, u) => distributions.Normal(l, s).icdf(u));
        table.Op("Normal.numbers", v => With(distributions.Normal(0.5f, 2f), d => [d.log_prob(v), d.sample(4)]));
        table.Op("Uniform", (a, b, v) => With(distributions.Uniform(a, b), d => [d.log_prob(v), d.entropy(), d.mean, d.variance, d.rsample(2)]));
        table.Op("Bernoulli", (p, v) => With(distributions.Bernoulli(p), d => [d.log_prob(v), d.entropy(), d.variance, d.sample(2)]));
        table.Op("Bernoulli.logits", (x, v) => With(distributions.Bernoulli(logits: x), d => [d.log_prob(v), d.entropy(), d.mean]));
        table.Op("Bernoulli.number", v => distributions.Bernoulli(0.3f, null).log_prob(v));
        table.Op("Categorical", (p, v) => With(distributions.Categorical(p), d => [d.log_prob(v), d.entropy(), d.sample(3)]));
        table.Op("Categorical.logits", (x, v) => With(distributions.Categorical(logits: x), d => [d.log_prob(v), d.entropy()]));
        table.Op("Categorical.count", () => distributions.Categorical(5).sample(7));
        table.Op("Beta", (a, b, v) => With(distributions.Beta(a, b), d => [d.log_prob(v), d.entropy(), d.mean, d.variance]));
        table.Op("Beta.sample", (a, b) => distributions.Beta(a, b).sample(2));
        table.Op("Independent", (l, s, v) => With(distributions.Independent(distributions.Normal(l, s), 1), d => [d.log_prob(v), d.entropy(), d.rsample(2)]));
        table.Op("MultivariateNormal", (l, a, v) => With(distributions.MultivariateNormal(l, Definite(a)), d => [d.log_prob(v), d.entropy(), d.variance, d.rsample(3)]));
        table.Op("MultivariateNormal.scale", (l, a, v) => distributions.MultivariateNormal(l, scale_tril: a.tril(-1) + a.diagonal().exp().diag()).log_prob(v));
        table.Op("MultivariateNormal.precision", (l, a, v) => distributions.MultivariateNormal(l, precision_matrix: Definite(a)).log_prob(v));
    }

    private static Outputs With(distributions.Distribution distribution, Func<distributions.Distribution, Tensor[]> ask) => ask(distribution);

    private static Tensor Definite(Tensor a) => a.matmul(a.T) + eye(2, dtype: a.dtype);
}
