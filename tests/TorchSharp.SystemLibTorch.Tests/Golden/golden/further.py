"""The rarer operators: further elementwise functions, matrices, order statistics and rearrangements (same recorder as operators.py)."""
import torch
import torch.nn.functional as F

from golden import C, P, S, U
from operators import T, op

NAN = float("nan")


def elementwise():
    for name in ("exp2", "sinc", "sgn", "signbit", "positive", "deg2rad", "rad2deg", "i0"):
        op(name, getattr(torch, name), S(2, 5))
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


def shape():
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
