using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class MatrixCases
{
    public static void Define(CaseTable table)
    {
        table.Op("addmv", (x, a, b) => x.addmv(a, b, 0.5f, 2f), (x, a, b) => torch.addmv(x, a, b, 0.5f, 2f));
        table.Op("addr", (x, a, b) => x.addr(a, b, 0.5f, 2f));
        table.Op("inner", (x, y) => x.inner(y), (x, y) => torch.inner(x, y));
        table.Op("vdot", (x, y) => x.vdot(y), (x, y) => torch.vdot(x, y));
        table.Op("adjoint", x => x.adjoint());
        table.Op("cross", (a, b) => linalg.cross(a, b, 1));
        table.Op("vector_cross", (a, b) => linalg.cross(a, b));
        table.Op("trace", x => x.trace(), x => torch.trace(x));
        table.Op("det", x => x.det(), x => torch.det(x), x => linalg.det(x));
        table.Op("slogdet", x => linalg.slogdet(x).Item2);
        table.Op("inverse", x => x.inverse(), x => torch.inverse(x), x => linalg.inv(x), x => linalg.inv_ex(x).L);
        table.Op("pinverse", x => x.pinverse(), x => torch.pinverse(x), x => linalg.pinv(x));
        table.Op("matrix_exp", x => x.matrix_exp(), x => torch.matrix_exp(x), x => linalg.matrix_exp(x));
        table.Op("matrix_power", x => x.matrix_power(3), x => torch.matrix_power(x, 3));
        table.Op("cholesky", x => linalg.cholesky(Definite(x)), x => linalg.cholesky_ex(Definite(x)).L);
        table.Op("eigvalsh", x => linalg.eigvalsh(x + x.T));
        table.Op("eigh", x => Magnitudes(linalg.eigh(x + x.T)));
        table.Op("svdvals", x => linalg.svdvals(x));
        table.Op("svd", x => Magnitudes(linalg.svd(x, false)));
        table.Op("qr", x => linalg.qr(x));
        table.Op("solve", (a, b) => linalg.solve(a, b));
        table.Op("solve_triangular", (a, b) => linalg.solve_triangular(a, b, true));
        table.Op("matrix_norm", x => linalg.matrix_norm(x));
        table.Op("matrix_norm.one", x => linalg.matrix_norm(x, 1.0));
        table.Op("linalg_norm", x => linalg.norm(x), x => linalg.norm(x, "fro"));
        table.Op("linalg_norm.nuclear", x => linalg.norm(x, "nuc"));
        table.Op("linalg_norm.one", x => linalg.norm(x, 1.0, [0L, 1L]), x => linalg.norm(x, 1, [0L, 1L]));
        table.Op("vector_norm", x => linalg.vector_norm(x, 3, [1L], true));
        table.Op("linalg_diagonal", x => linalg.diagonal(x, 1));
        table.Op("fft", x => fft.fft_(x).view_as_real());
        table.Op("rfft", x => fft.rfft(x, 5, 1, FFTNormType.Ortho).view_as_real());
        table.Op("irfft", x => fft.irfft(x.view_as_complex(), 6));
        table.Op("ifft", x => fft.ifft(x.view_as_complex(), norm: FFTNormType.Forward).view_as_real());
    }

    private static Tensor Definite(Tensor x) => x.matmul(x.T) + eye(3, dtype: x.dtype);

    /// <summary>Vectors of a decomposition are known up to their sign.</summary>
    private static Outputs Magnitudes((Tensor Values, Tensor Vectors) pair) => new[] { pair.Values.abs(), pair.Vectors.abs() };

    private static Outputs Magnitudes((Tensor Left, Tensor Values, Tensor Right) triple) => new[] { triple.Left.abs(), triple.Values.abs(), triple.Right.abs() };
}
