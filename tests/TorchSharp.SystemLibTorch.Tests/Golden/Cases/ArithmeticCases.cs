using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class ArithmeticCases
{
    public static void Define(CaseTable table)
    {
        table.Op("add", (x, y) => x.add(y), (x, y) => torch.add(x, y), (x, y) => x + y, (x, y) => InPlace(x, t => t.add_(y)));
        table.Op("add.alpha", (x, y) => x.add(y, 0.5), (x, y) => torch.add(x, y, 0.5), (x, y) => InPlace(x, t => t.add_(y, 0.5)));
        table.Op("add.scalar", x => x.add(1.5), x => torch.add(x, 1.5), x => x + (Scalar)1.5, x => x + 1.5, x => x + 1.5f,
            x => (Scalar)1.5 + x, x => 1.5 + x, x => 1.5f + x, x => InPlace(x, t => t.add_(1.5)));
        table.Op("add.scalar_alpha", x => x.add(1.5, 2), x => torch.add(x, 1.5, 2), x => InPlace(x, t => t.add_(1.5, 2)));
        table.Op("add.integer", x => x + 3, x => x + 3L, x => 3 + x, x => 3L + x);
        table.Op("sub", (x, y) => x.sub(y), (x, y) => torch.sub(x, y), (x, y) => x - y, (x, y) => InPlace(x, t => t.sub_(y)),
            (x, y) => x.subtract(y), (x, y) => torch.subtract(x, y));
        table.Op("sub.scalar", x => x.sub(1.5), x => torch.sub(x, 1.5), x => x - (Scalar)1.5, x => x - 1.5, x => x - 1.5f, x => InPlace(x, t => t.sub_(1.5)),
            x => x.subtract(1.5), x => torch.subtract(x, 1.5));
        table.Op("sub.integer", x => x - 3, x => x - 3L);
        table.Op("rsub", x => (Scalar)1.5 - x, x => 1.5 - x, x => 1.5f - x);
        table.Op("rsub.integer", x => 3 - x, x => 3L - x);
        table.Op("mul", (x, y) => x.mul(y), (x, y) => torch.mul(x, y), (x, y) => x * y, (x, y) => InPlace(x, t => t.mul_(y)),
            (x, y) => x.multiply(y), (x, y) => torch.multiply(x, y));
        table.Op("mul.scalar", x => x.mul(1.5), x => torch.mul(x, 1.5), x => x * (Scalar)1.5, x => x * 1.5, x => x * 1.5f,
            x => (Scalar)1.5 * x, x => 1.5 * x, x => 1.5f * x, x => InPlace(x, t => t.mul_(1.5)),
            x => x.multiply(1.5), x => torch.multiply(x, 1.5));
        table.Op("mul.integer", x => x * 3, x => x * 3L, x => 3 * x, x => 3L * x);
        table.Op("div", (x, y) => x.div(y), (x, y) => torch.div(x, y), (x, y) => x / y, (x, y) => InPlace(x, t => t.div_(y)),
            (x, y) => x.divide(y), (x, y) => torch.divide(x, y));
        table.Op("div.scalar", x => x.div(1.5), x => torch.div(x, 1.5), x => x / (Scalar)1.5, x => x / 1.5, x => x / 1.5f, x => InPlace(x, t => t.div_(1.5)),
            x => x.divide(1.5), x => torch.divide(x, 1.5));
        table.Op("div.integer", x => x / 3, x => x / 3L);
        table.Op("rdiv", x => (Scalar)1.5 / x, x => 1.5 / x, x => 1.5f / x);
        table.Op("rdiv.integer", x => 3 / x, x => 3L / x);
        table.Op("div.floor", (x, y) => x.div(y, RoundingMode.floor), (x, y) => torch.div(x, y, RoundingMode.floor), (x, y) => InPlace(x, t => t.div_(y, RoundingMode.floor)));
        table.Op("div.trunc", (x, y) => x.div(y, RoundingMode.trunc), (x, y) => torch.div(x, y, RoundingMode.trunc));
        table.Op("div.floor_scalar", x => x.div(0.7, RoundingMode.floor), x => torch.div(x, 0.7, RoundingMode.floor), x => InPlace(x, t => t.div_(0.7, RoundingMode.floor)));
        table.Op("remainder", (x, y) => x.remainder(y), (x, y) => x % y,
            (x, y) => torch.remainder(x, y), (x, y) => InPlace(x, t => t.remainder_(y)));
        table.Op("remainder.scalar", x => x.remainder(0.7), x => x % (Scalar)0.7, x => x % 0.7, x => x % 0.7f,
            x => torch.remainder(x, 0.7), x => InPlace(x, t => t.remainder_(0.7)));
        table.Op("remainder.integer", x => x % 2, x => x % 2L);
        table.Op("fmod", (x, y) => x.fmod(y),
            (x, y) => torch.fmod(x, y), (x, y) => InPlace(x, t => t.fmod_(y)));
        table.Op("fmod.scalar", x => x.fmod(0.7),
            x => torch.fmod(x, 0.7), x => InPlace(x, t => t.fmod_(0.7)));
        table.Op("floor_divide", (x, y) => x.floor_divide(y),
            (x, y) => torch.floor_divide(x, y), (x, y) => InPlace(x, t => t.floor_divide_(y)));
        table.Op("floor_divide.scalar", x => x.floor_divide(2),
            x => InPlace(x, t => t.floor_divide_(2)));
        table.Op("neg", x => x.neg(), x => -x,
            x => torch.neg(x), x => x.negative(), x => torch.negative(x), x => InPlace(x, t => t.neg_()));
        table.Op("reciprocal", x => x.reciprocal(),
            x => torch.reciprocal(x), x => InPlace(x, t => t.reciprocal_()));
        table.Op("addcmul", (x, a, b) => x.addcmul(a, b, 0.5), (x, a, b) => torch.addcmul(x, a, b, 0.5), (x, a, b) => InPlace(x, t => t.addcmul_(a, b, 0.5)));
        table.Op("addcdiv", (x, a, b) => x.addcdiv(a, b, 0.5), (x, a, b) => torch.addcdiv(x, a, b, 0.5), (x, a, b) => InPlace(x, t => t.addcdiv_(a, b, 0.5)));
        table.Op("addcdiv.one", (x, a, b) => x.addcdiv(a, b), (x, a, b) => InPlace(x, t => t.addcdiv_(a, b)));
        table.Op("lerp", (x, y, w) => x.lerp(y, w), (x, y, w) => torch.lerp(x, y, w), (x, y, w) => InPlace(x, t => t.lerp_(y, w)));
        table.Op("lerp.scalar", (x, y) => x + 0.3 * (y - x));
    }
}

internal static class LinearAlgebraCases
{
    public static void Define(CaseTable table)
    {
        table.Op("matmul", (x, y) => x.matmul(y), (x, y) => torch.matmul(x, y));
        table.Op("matmul.vector", (x, y) => x.matmul(y), (x, y) => torch.matmul(x, y));
        table.Op("mm", (x, y) => x.mm(y), (x, y) => torch.mm(x, y));
        table.Op("bmm", (x, y) => x.bmm(y), (x, y) => torch.bmm(x, y));
        table.Op("mv", (x, y) => x.mv(y), (x, y) => torch.mv(x, y));
        table.Op("dot", (x, y) => x.dot(y), (x, y) => torch.dot(x, y));
        table.Op("outer", (x, y) => x.outer(y), (x, y) => torch.outer(x, y));
        table.Op("einsum", (x, y) => torch.einsum("bij,bjk->bik", x, y));
        table.Op("einsum.trace", x => torch.einsum("ii->", x));
        table.Op("addmm", (x, a, b) => x.addmm(a, b, 0.5f, 2f), (x, a, b) => torch.addmm(x, a, b, 0.5f, 2f),
            (x, a, b) => InPlace(x, t => t.addmm_(a, b, 0.5f, 2f)));
        table.Op("baddbmm", (x, a, b) => x.baddbmm(a, b, 0.5f, 2f), (x, a, b) => torch.baddbmm(x, a, b, 0.5f, 2f));
        table.Op("tensordot", (a, b) => torch.tensordot(a, b), (a, b) => torch.tensordot(a, b, 2),
            (a, b) => a.tensordot(b, 2));
        table.Op("tensordot.dims", (a, b) => torch.tensordot(a, b, [1L, 0L], [0L, 2L]), (a, b) => torch.tensordot(a, b, [(1L, 0L), (0L, 2L)]),
            (a, b) => a.tensordot(b, [1L, 0L], [0L, 2L]));
        table.Op("kron", (a, b) => torch.kron(a, b),
            (a, b) => a.kron(b));
    }
}
