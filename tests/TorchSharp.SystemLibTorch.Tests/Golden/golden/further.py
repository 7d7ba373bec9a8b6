"""The rarer operators: further elementwise functions, matrices, order statistics and rearrangements (same recorder as operators.py)."""
import torch
import torch.nn.functional as F

from golden import C, P, S, U
from operators import T, op

NAN = float("nan")


def elementwise():
    for name in ("exp2", "sinc", "signbit", "positive", "deg2rad", "rad2deg", "i0"):
        op(name, getattr(torch, name), S(2, 5))
    op("sgn", torch.sgn, S(2, 5))
    op("polygamma", lambda x: torch.polygamma(1, x), P(2, 5))
    op("copysign", torch.copysign, S(2, 3), C(S(3)))
    op("heaviside", torch.heaviside, C([-1.0, 0.0, 2.0]), C([0.5]))
    op("ldexp", torch.ldexp, S(4), C([1, 2, -1, 0]))
    op("logaddexp2", torch.logaddexp2, S(2, 3), S(3))
    op("float_power", torch.float_power, P(3), C([1.0, 2.0, 3.0]))
    op("xlogy.scalar", lambda x: torch.xlogy(x, 1.7), P(4))
    op("threshold", lambda x: F.threshold(x, 0.3, -1.0), S(2, 5))
    op("prelu", lambda x, w: F.prelu(x, w), S(2, 3, 2), S(3))
    op("entr", torch.special.entr, P(4))
    op("ndtr", torch.special.ndtr, S(4))
    op("ndtri", torch.special.ndtri, U(4))
    op("xlog1py", torch.special.xlog1py, P(4), P(4))
    op("complex_parts", lambda x, y: torch.view_as_real(torch.complex(x, y)), S(3), S(3))
    op("complex_view", lambda x: torch.view_as_real(torch.view_as_complex(x) * 2), S(3, 2))


def reductions():
    holes = [[1.0, NAN, 3.0], [0.5, 2.0, NAN]]
    op("nansum", torch.nansum, C(holes))
    op("nanmean", torch.nanmean, C(holes))
    op("nanmean.dim", lambda x: torch.nanmean(x, 1, True), C(holes))
    op("nanmedian", torch.nanmedian, C(holes))
    op("kthvalue", lambda x: tuple(torch.kthvalue(x, 2, 1, True)), S(2, 5))
    op("mode", lambda x: tuple(torch.mode(x, 1, True)), C([[3, 1, 3], [2, 2, 0]]))
    op("cummax", lambda x: tuple(torch.cummax(x, 1)), S(2, 5))
    op("cummin", lambda x: tuple(torch.cummin(x, 1)), S(2, 5))
    op("logcumsumexp", lambda x: torch.logcumsumexp(x, 1), S(2, 5))
    op("msort", torch.msort, S(4, 2))
    op("corrcoef", torch.corrcoef, S(3, 5))
    op("cov", lambda x: torch.cov(x, correction=0), S(3, 5))
    op("cov.weights", lambda x, f, a: torch.cov(x, fweights=f, aweights=a), S(3, 4), C([1, 2, 1, 3]), C([0.5, 1.0, 2.0, 0.25]))
    op("dist", lambda x, y: torch.dist(x, y, 3), S(2, 3), S(2, 3))
    op("diff", lambda x: torch.diff(x), S(2, 5))
    op("diff.ends", lambda x, a, b: torch.diff(x, 2, 1, a, b), S(2, 3), S(2, 1), S(2, 1))


def matrices():
    spd = S(3, 3)
    spd = spd @ spd.T + torch.eye(3)
    op("addmv", lambda x, a, b: torch.addmv(x, a, b, beta=0.5, alpha=2.0), S(3), S(3, 4), S(4))
    op("addr", lambda x, a, b: torch.addr(x, a, b, beta=0.5, alpha=2.0), S(3, 4), S(3), S(4))
    op("inner", torch.inner, S(2, 3), S(4, 3))
    op("vdot", torch.vdot, S(4), S(4))
    op("adjoint", lambda x: x.adjoint(), S(2, 3))
    op("det", torch.det, S(3, 3))
    op("slogdet", lambda x: tuple(torch.linalg.slogdet(x))[1], S(3, 3))
    op("inverse", torch.inverse, spd)
    op("pinverse", torch.pinverse, S(3, 2))
    op("matrix_exp", torch.matrix_exp, S(3, 3) * 0.5)
    op("matrix_power", lambda x: torch.matrix_power(x, 3), S(3, 3))
    op("cholesky", lambda x: torch.linalg.cholesky(x @ x.T + torch.eye(3, dtype=x.dtype)), S(3, 3))
    op("eigvalsh", lambda x: torch.linalg.eigvalsh(x + x.T), S(3, 3))
    op("eigh", lambda x: tuple(v.abs() for v in torch.linalg.eigh(x + x.T)), C(S(3, 3)))
    op("svdvals", torch.linalg.svdvals, S(3, 2))
    op("svd", lambda x: tuple(v.abs() for v in torch.linalg.svd(x, full_matrices=False)), C(S(3, 2)))
    op("qr", lambda x: tuple(torch.linalg.qr(x)), S(3, 2))
    op("solve", torch.linalg.solve, spd, S(3, 2))
    op("solve_triangular", lambda a, b: torch.linalg.solve_triangular(a, b, upper=True), P(3, 3), S(3, 2))
    op("matrix_norm", torch.linalg.matrix_norm, S(3, 2))
    op("matrix_norm.one", lambda x: torch.linalg.matrix_norm(x, 1), S(3, 2))
    op("linalg_norm", torch.linalg.norm, S(3, 2))
    op("linalg_norm.nuclear", lambda x: torch.linalg.norm(x, "nuc"), S(3, 2))
    op("linalg_norm.one", lambda x: torch.linalg.norm(x, 1, (0, 1)), S(3, 2))
    op("vector_norm", lambda x: torch.linalg.vector_norm(x, 3, (1,), True), S(3, 2))
    op("fft", lambda x: torch.view_as_real(torch.fft.fft(x)), S(2, 6))
    op("rfft", lambda x: torch.view_as_real(torch.fft.rfft(x, 5, 1, "ortho")), S(2, 6))
    op("irfft", lambda x: torch.fft.irfft(torch.view_as_complex(x), 6), S(4, 2))
    op("ifft", lambda x: torch.view_as_real(torch.fft.ifft(torch.view_as_complex(x), norm="forward")), S(4, 2))


def distributions():
    d = torch.distributions
    op("Normal", lambda l, s, v: [d.Normal(l, s).log_prob(v), d.Normal(l, s).entropy(), d.Normal(l, s).variance, d.Normal(l, s).cdf(v),
                                  d.Normal(l, s).rsample((2,))], S(3), P(3), S(3))
    op("Normal.icdf", lambda l, s, u: d.Normal(l, s).icdf(u), S(3), P(3), U(3))
    op("Normal.numbers", lambda v: [d.Normal(0.5, 2.0).log_prob(v), d.Normal(0.5, 2.0).sample((4,))], S(3))
    op("Uniform", lambda a, b, v: [d.Uniform(a, b).log_prob(v), d.Uniform(a, b).entropy(), d.Uniform(a, b).mean, d.Uniform(a, b).variance,
                                   d.Uniform(a, b).rsample((2,))], S(3) - 3, P(3) + 1, C(S(3) * 0.4))
    op("Bernoulli", lambda p, v: [d.Bernoulli(p).log_prob(v), d.Bernoulli(p).entropy(), d.Bernoulli(p).variance, d.Bernoulli(p).sample((2,))], U(3), C([1.0, 0.0, 1.0]))
    op("Bernoulli.logits", lambda x, v: [d.Bernoulli(logits=x).log_prob(v), d.Bernoulli(logits=x).entropy(), d.Bernoulli(logits=x).mean], S(3), C([1.0, 0.0, 1.0]))
    op("Bernoulli.number", lambda v: d.Bernoulli(0.3).log_prob(v), C([1.0, 0.0]))
    op("Categorical", lambda p, v: [d.Categorical(p).log_prob(v), d.Categorical(p).entropy(), d.Categorical(p).sample((3,))], P(2, 4), C([3, 0]))
    op("Categorical.logits", lambda x, v: [d.Categorical(logits=x).log_prob(v), d.Categorical(logits=x).entropy()], S(2, 4), C([3, 0]))
    op("Categorical.count", lambda: d.Categorical(torch.full((5,), 0.2)).sample((7,)))
    op("Beta", lambda a, b, v: [d.Beta(a, b).log_prob(v), d.Beta(a, b).entropy(), d.Beta(a, b).mean, d.Beta(a, b).variance],
       P(3), P(3), U(3))
    op("Beta.sample", lambda a, b: d.Beta(a, b).sample((2,)), C(P(3)), C(P(3)))
    op("Independent", lambda l, s, v: [d.Independent(d.Normal(l, s), 1).log_prob(v), d.Independent(d.Normal(l, s), 1).entropy(),
                                       d.Independent(d.Normal(l, s), 1).rsample((2,))], S(2, 3), P(2, 3), S(2, 3))
    op("MultivariateNormal", lambda l, a, v: [(m := d.MultivariateNormal(l, a @ a.T + torch.eye(2, dtype=a.dtype))).log_prob(v), m.entropy(), m.variance, m.rsample((3,))],
       S(2), S(2, 2), S(2))
    op("MultivariateNormal.scale", lambda l, a, v: d.MultivariateNormal(l, scale_tril=a.tril(-1) + torch.diag(a.diagonal().exp())).log_prob(v), S(2), S(2, 2), S(2))
    op("MultivariateNormal.precision", lambda l, a, v: d.MultivariateNormal(l, precision_matrix=a @ a.T + torch.eye(2, dtype=a.dtype)).log_prob(v), S(2), S(2, 2), S(2))


def shape():
    op("column_stack", lambda x, y: torch.column_stack((x, y)), S(2), S(2, 3))
    op("linalg_diagonal", lambda x: torch.linalg.diagonal(x, offset=1), S(2, 3, 3))
    op("randint_int", lambda: torch.randint(-3, 1000, ()))
    op("rand_float", lambda: torch.rand(()).double())
    op("randn_float", lambda: torch.randn(()).double())
    op("atleast_1d", lambda x: torch.atleast_1d(x.sum()), S(2))
    op("atleast_2d", torch.atleast_2d, S(3))
    op("atleast_3d", torch.atleast_3d, S(2, 3))
    op("diag_embed", lambda x: torch.diag_embed(x, 1), S(2, 3))
    op("moveaxis", lambda x: torch.moveaxis(x, 0, 2), S(2, 3, 4))
    op("moveaxis.two", lambda x: torch.moveaxis(x, (0, 1), (1, 2)), S(2, 3, 4))
    op("select_scatter", lambda x, s: torch.select_scatter(x, s, 1, 2), S(3, 4), S(3))
    op("combinations", lambda x: torch.combinations(x, 2), S(4))
    op("rot90.twice", lambda x: torch.rot90(x, 2, (1, 0)), S(2, 3))
    op("pad_sequence", lambda x, y: torch.nn.utils.rnn.pad_sequence([x, y], batch_first=True, padding_value=0.5), S(3, 2), S(1, 2))
    op("poisson", torch.poisson, C(P(4, 5)))
