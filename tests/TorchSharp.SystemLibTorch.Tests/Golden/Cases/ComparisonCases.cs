using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class ComparisonCases
{
    public static void Define(CaseTable table)
    {
        table.Op("eq", (x, y) => x.eq(y), (x, y) => torch.eq(x, y), (x, y) => x == y);
        table.Op("ne", (x, y) => x.ne(y), (x, y) => torch.ne(x, y), (x, y) => x != y,
            (x, y) => x.not_equal(y), (x, y) => torch.not_equal(x, y));
        table.Op("lt", (x, y) => x.lt(y), (x, y) => torch.lt(x, y), (x, y) => x < y,
            (x, y) => x.less(y), (x, y) => torch.less(x, y));
        table.Op("le", (x, y) => x.le(y), (x, y) => torch.le(x, y), (x, y) => x <= y,
            (x, y) => x.less_equal(y), (x, y) => torch.less_equal(x, y));
        table.Op("gt", (x, y) => x.gt(y), (x, y) => torch.gt(x, y), (x, y) => x > y,
            (x, y) => x.greater(y), (x, y) => torch.greater(x, y));
        table.Op("ge", (x, y) => x.ge(y), (x, y) => torch.ge(x, y), (x, y) => x >= y,
            (x, y) => x.greater_equal(y), (x, y) => torch.greater_equal(x, y));
        table.Op("eq.scalar", x => x.eq(2.0), x => x == 2.0);
        table.Op("ne.scalar", x => x.ne(2.0), x => x != 2.0);
        table.Op("lt.scalar", x => x.lt(2.0), x => x < 2.0);
        table.Op("le.scalar", x => x.le(2.0), x => x <= 2.0);
        table.Op("gt.scalar", x => x.gt(2.0), x => x > 2.0);
        table.Op("ge.scalar", x => x.ge(2.0), x => x >= 2.0);
        table.Op("eq.scalar_left", x => (Scalar)2.0 == x);
        table.Op("ne.scalar_left", x => (Scalar)2.0 != x);
        table.Op("lt.scalar_left", x => (Scalar)2.0 < x);
        table.Op("le.scalar_left", x => (Scalar)2.0 <= x);
        table.Op("gt.scalar_left", x => (Scalar)2.0 > x);
        table.Op("ge.scalar_left", x => (Scalar)2.0 >= x);
        table.Op("isclose", (x, y) => x.isclose(y, 0.3, 0.1), (x, y) => torch.isclose(x, y, 0.3, 0.1));
        table.Op("allclose", (x, y) => x.allclose(y, 0.3, 0.1), (x, y) => torch.allclose(x, y, 0.3, 0.1));
        table.Op("equal", (x, y) => x.equal(y), (x, y) => torch.equal(x, y));
        table.Op("isnan", x => x.isnan(), x => torch.isnan(x));
        table.Op("isinf", x => x.isinf(), x => torch.isinf(x));
        table.Op("isposinf", x => x.isposinf(), x => torch.isposinf(x));
        table.Op("isneginf", x => x.isneginf(), x => torch.isneginf(x));
        table.Op("isfinite", x => x.isfinite(), x => torch.isfinite(x));
        table.Op("isin", (x, y) => x.isin(y), (x, y) => torch.isin(x, y));
        table.Op("isin.invert", (x, y) => x.isin(y, false, true), (x, y) => torch.isin(x, y, false, true));
        table.Op("logical_and", (x, y) => x.logical_and(y), (x, y) => torch.logical_and(x, y),
            (x, y) => InPlace(x, t => t.logical_and_(y)));
        table.Op("logical_or", (x, y) => x.logical_or(y), (x, y) => torch.logical_or(x, y),
            (x, y) => InPlace(x, t => t.logical_or_(y)));
        table.Op("logical_xor", (x, y) => x.logical_xor(y), (x, y) => torch.logical_xor(x, y),
            (x, y) => InPlace(x, t => t.logical_xor_(y)));
        table.Op("logical_not", x => x.logical_not(), x => torch.logical_not(x),
            x => InPlace(x, t => t.logical_not_()));
        table.Op("bitwise_and", (x, y) => x & y,
            (x, y) => x.bitwise_and(y), (x, y) => torch.bitwise_and(x, y));
        table.Op("bitwise_or", (x, y) => x | y,
            (x, y) => x.bitwise_or(y), (x, y) => torch.bitwise_or(x, y));
        table.Op("bitwise_xor", (x, y) => x ^ y,
            (x, y) => x.bitwise_xor(y), (x, y) => torch.bitwise_xor(x, y));
        table.Op("bitwise_not", x => ~x,
            x => x.bitwise_not(), x => torch.bitwise_not(x));
        table.Op("bitwise.integers", (x, y) => new[] { x & y, x | y, x ^ y });
    }
}

internal static class ConversionCases
{
    public static void Define(CaseTable table)
    {
        table.Op("to.half", x => x.half(), x => x.to(ScalarType.Float16));
        table.Op("to.bfloat16", x => x.to(ScalarType.BFloat16), x => x.to_type(ScalarType.BFloat16),
            x => x.bfloat16());
        table.Op("to.double", x => x.@double(), x => x.to(ScalarType.Float64, CPU), x => x.type(ScalarType.Float64));
        table.Op("to.float", x => x.@float(), x => x.to(CPU), x => x.to("cpu"), x => x.to(DeviceType.CPU), x => x.cpu(), x => x.type_as(x));
        table.Op("to.int", x => x.@int(), x => x.type(t => t.@int()));
        table.Op("to.long", x => x.@long());
        table.Op("to.short", x => x.to(ScalarType.Int16));
        table.Op("to.bool", x => x.@bool());
        table.Op("to.byte", x => x.@byte());
        table.Op("to.char", x => x.to(ScalarType.Int8),
            x => x.@char());
        table.Op("to.double_gradient", x => x.@double() * 3);
        table.Op("to.other", (x, y) => x.to(y));
        table.Op("detach", x => x.detach(), x => InPlace(x, t => t.detach_()));
        table.Op("copy", (x, y) => InPlace(y, t => t.copy_(x)));
        table.Op("fill", x => InPlace(x, t => t.fill_(0.25)));
        table.Op("zero", x => InPlace(x, t => t.zero_()));
    }
}
