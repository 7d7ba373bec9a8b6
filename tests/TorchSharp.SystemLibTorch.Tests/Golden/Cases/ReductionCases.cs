using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class ReductionCases
{
    private static readonly long[] Ends = [0, 2];

    public static void Define(CaseTable table)
    {
        table.Op("mean", x => x.mean(), x => torch.mean(x));
        table.Op("mean.dims", x => x.mean(Ends), x => torch.mean(x, Ends));
        table.Op("mean.keepdim", x => x.mean([1L], true), x => torch.mean(x, [1L], true));
        table.Op("mean.double", x => x.mean([1L], type: ScalarType.Float64), x => torch.mean(x, [1L], false, ScalarType.Float64));
        table.Op("sum", x => x.sum(), x => torch.sum(x));
        table.Op("sum.dim", x => x.sum(1), x => torch.sum(x, 1));
        table.Op("sum.dims", x => x.sum(Ends, true), x => x.sum(Ends.AsSpan(), true), x => torch.sum(x, Ends.AsSpan(), true));
        table.Op("sum.two_dims", x => x.sum(0, 2));
        table.Op("sum.three_dims", x => x.sum(0, 1, 2));
        table.Op("sum.double", x => x.sum(ScalarType.Float64), x => torch.sum(x, ScalarType.Float64));
        table.Op("prod", x => x.prod(), x => torch.prod(x));
        table.Op("prod.dim", x => x.prod(1, true), x => torch.prod(x, 1, true));
        Spread(table);
        Extremes(table);
        table.Op("all", x => x.all(), x => torch.all(x));
        table.Op("all.dim", x => x.all(1, true), x => torch.all(x, 1, true));
        table.Op("any", x => x.any(), x => torch.any(x));
        table.Op("any.dim", x => x.any(1, true), x => torch.any(x, 1, true));
        table.Op("logsumexp", x => x.logsumexp(1, true), x => torch.logsumexp(x, 1, true));
        table.Op("cumsum", x => x.cumsum(1), x => torch.cumsum(x, 1));
        table.Op("cumprod", x => x.cumprod(1), x => torch.cumprod(x, 1));
        table.Op("norm", x => x.norm(), x => torch.norm(x), x => torch.norm(x, 2f));
        table.Op("norm.one", x => x.norm(1f), x => torch.norm(x, 1f));
        table.Op("norm.dim", x => x.norm(1, true), x => torch.norm(x, 1, true));
        table.Op("norm.three", x => x.norm(1, false, 3f), x => torch.norm(x, 1, false, 3f));
        table.Op("count_nonzero", x => x.count_nonzero(), x => torch.count_nonzero(x));
        table.Op("count_nonzero.dim", x => x.count_nonzero([1L]), x => torch.count_nonzero(x, [1L]));
        table.Op("softmax", x => x.softmax(1), x => torch.softmax(x, 1), x => nn.functional.softmax(x, 1),
            x => special.softmax(x, 1));
        table.Op("softmax.double", x => x.softmax(1, ScalarType.Float64), x => torch.softmax(x, 1, ScalarType.Float64), x => nn.functional.softmax(x, 1, ScalarType.Float64));
        table.Op("log_softmax", x => x.log_softmax(1), x => nn.functional.log_softmax(x, 1),
            x => special.log_softmax(x, 1));
    }

    private static void Spread(CaseTable table)
    {
        table.Op("std", x => x.std(), x => torch.std(x));
        table.Op("std.biased", x => x.std(false), x => torch.std(x, false));
        table.Op("std.dim", x => x.std(1, false, true), x => torch.std(x, 1, false, true));
        table.Op("std.dims", x => x.std(Ends), x => x.std(Ends.AsSpan()), x => x.std((0, 2)), x => torch.std(x, Ends), x => torch.std(x, (0, 2)));
        table.Op("std.three_dims", x => x.std((0, 1, 2)), x => torch.std(x, (0, 1, 2)));
        table.Op("var", x => x.var(), x => torch.var(x));
        table.Op("var.biased", x => x.var(false), x => torch.var(x, false));
        table.Op("var.dim", x => x.var(1, false, true), x => torch.var(x, 1, false, true));
        table.Op("var.dims", x => x.var(Ends), x => x.var(Ends.AsSpan()), x => x.var((0, 2)), x => torch.var(x, Ends), x => torch.var(x, (0, 2)));
        table.Op("var.three_dims", x => x.var((0, 1, 2)), x => torch.var(x, (0, 1, 2)));
        table.Op("std_mean", x => torch.std_mean(x, false),
            x => x.std_mean(false));
        table.Op("std_mean.dim", x => torch.std_mean(x, 1, true, true),
            x => x.std_mean(1, true, true));
        table.Op("std_mean.dims", x => torch.std_mean(x, Ends), x => torch.std_mean(x, Ends.AsSpan()), x => torch.std_mean(x, (0, 2)),
            x => x.std_mean(Ends));
        table.Op("std_mean.three_dims", x => torch.std_mean(x, (0, 1, 2)));
        table.Op("var_mean", x => torch.var_mean(x, false),
            x => x.var_mean(false));
        table.Op("var_mean.dim", x => torch.var_mean(x, 1, true, true),
            x => x.var_mean(1, true, true));
        table.Op("var_mean.dims", x => torch.var_mean(x, Ends), x => torch.var_mean(x, Ends.AsSpan()), x => torch.var_mean(x, (0, 2)));
        table.Op("var_mean.three_dims", x => torch.var_mean(x, (0, 1, 2)));
    }

    private static void Extremes(CaseTable table)
    {
        table.Op("min", x => x.min(), x => torch.min(x));
        table.Op("min.dim", x => x.min(1, true), x => torch.min(x, 1, true));
        table.Op("min.other", (x, y) => x.min(y), (x, y) => torch.min(x, y));
        table.Op("max", x => x.max(), x => torch.max(x));
        table.Op("max.dim", x => x.max(1, true), x => torch.max(x, 1, true));
        table.Op("max.other", (x, y) => x.max(y), (x, y) => torch.max(x, y));
        table.Op("amin", x => x.amin(Ends, true), x => x.amin(Ends.AsSpan(), true), x => torch.amin(x, Ends, true), x => torch.amin(x, Ends.AsSpan(), true));
        table.Op("amax", x => x.amax(Ends, true), x => x.amax(Ends.AsSpan(), true), x => torch.amax(x, Ends, true), x => torch.amax(x, Ends.AsSpan(), true));
        table.Op("amin.plain", x => x.amin(0L, 2L));
        table.Op("amax.plain", x => x.amax(0L, 2L), x => torch.amax(x, Ends));
        table.Op("argmin", x => x.argmin(), x => torch.argmin(x));
        table.Op("argmin.dim", x => x.argmin(1, true), x => torch.argmin(x, 1, true));
        table.Op("argmax", x => x.argmax(), x => torch.argmax(x));
        table.Op("argmax.dim", x => x.argmax(1, true), x => torch.argmax(x, 1, true));
        table.Op("fmin", (x, y) => torch.fmin(x, y),
            (x, y) => x.fmin(y));
        table.Op("fmax", (x, y) => torch.fmax(x, y),
            (x, y) => x.fmax(y));
        table.Op("minimum", (x, y) => x.minimum(y), (x, y) => torch.minimum(x, y));
        table.Op("maximum", (x, y) => x.maximum(y), (x, y) => torch.maximum(x, y));
        table.Op("aminmax", x => torch.aminmax(x, 1, true),
            x => x.aminmax(1, true));
        table.Op("aminmax.all", x => torch.aminmax(x));
    }
}

internal static class OrderCases
{
    public static void Define(CaseTable table)
    {
        table.Op("median", x => x.median(), x => torch.median(x));
        table.Op("quantile", (x, q) => x.quantile(q, 1, true), (x, q) => torch.quantile(x, q, 1, true));
        table.Op("nanquantile", (x, q) => torch.nanquantile(x, q, 1),
            (x, q) => x.nanquantile(q, 1));
        table.Op("topk", x => x.topk(2), x => torch.topk(x, 2));
        table.Op("topk.smallest", x => x.topk(2, 0, false, true), x => torch.topk(x, 2, 0, false, true));
        table.Op("sort", x => x.sort(1, true), x => torch.sort(x, 1, true));
        table.Op("sort.stable", x => x.sort(0, false, true), x => torch.sort(x, 0, false, true));
        table.Op("argsort", x => x.argsort(1, true), x => torch.argsort(x, 1, true));
        table.Op("searchsorted", (s, v) => torch.searchsorted(s, v, right: true));
        table.Op("searchsorted.int32", (s, v) => torch.searchsorted(s, v, out_int32: true));
        table.Op("searchsorted.scalar", s => torch.searchsorted(s, 2.0, false, true, null!));
        table.Op("bucketize", (v, b) => torch.bucketize(v, b, right: true),
            (v, b) => v.bucketize(b, right: true));
        table.Op("histc", x => torch.histc(x, 4, -2, 2),
            x => x.histc(4, -2, 2));
        table.Op("unique", x => x.unique(true, true, true), x => torch.unique(x, true, true, true));
        table.Op("unique.dim", x => x.unique(true, true, true, 0), x => torch.unique(x, true, true, true, 0));
        table.Op("bincount", x => torch.bincount(x, minlength: 6),
            x => x.bincount(null!, 6));
        table.Op("bincount.weights", (x, w) => torch.bincount(x, w));
        table.Op("nan_to_num", x => x.nan_to_num(0.5, 9, -9), x => torch.nan_to_num(x, 0.5, 9, -9),
            x => InPlace(x, t => t.nan_to_num_(0.5, 9, -9)));
    }
}
