using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class FurtherReductionCases
{
    public static void Define(CaseTable table)
    {
        table.Op("nansum", x => x.nansum(), x => torch.nansum(x));
        table.Op("nanmean", x => x.nanmean(), x => torch.nanmean(x));
        table.Op("nanmean.dim", x => x.nanmean(1, true), x => torch.nanmean(x, 1, true));
        table.Op("nanmedian", x => x.nanmedian(), x => torch.nanmedian(x));
        table.Op("kthvalue", x => x.kthvalue(2, 1, true), x => torch.kthvalue(x, 2, 1, true));
        table.Op("mode", x => x.mode(1, true), x => torch.mode(x, 1, true));
        table.Op("cummax", x => x.cummax(1), x => torch.cummax(x, 1));
        table.Op("cummin", x => x.cummin(1), x => torch.cummin(x, 1));
        table.Op("logcumsumexp", x => x.logcumsumexp(1), x => torch.logcumsumexp(x, 1));
        table.Op("msort", x => x.msort(), x => torch.msort(x));
        table.Op("corrcoef", x => x.corrcoef(), x => torch.corrcoef(x));
        table.Op("cov", x => x.cov(0), x => torch.cov(x, 0));
        table.Op("cov.weights", (x, f, a) => x.cov(1, f, a), (x, f, a) => torch.cov(x, 1, f, a));
        table.Op("dist", (x, y) => x.dist(y, 3), (x, y) => torch.dist(x, y, 3));
        table.Op("diff", x => x.diff(), x => torch.diff(x));
        table.Op("diff.ends", (x, a, b) => x.diff(2, 1, a, b), (x, a, b) => torch.diff(x, 2, 1, a, b));
    }
}

internal static class FurtherShapeCases
{
    public static void Define(CaseTable table)
    {
        table.Op("atleast_1d", x => x.sum().atleast_1d());
        table.Op("atleast_2d", x => x.atleast_2d());
        table.Op("atleast_3d", x => x.atleast_3d());
        table.Op("diag_embed", x => x.diag_embed(1), x => torch.diag_embed(x, 1));
        table.Op("moveaxis", x => x.moveaxis([0L], [2L]), x => torch.moveaxis(x, 0, 2));
        table.Op("moveaxis.two", x => x.moveaxis([0L, 1L], [1L, 2L]), x => torch.moveaxis(x, [0L, 1L], [1L, 2L]));
        table.Op("select_scatter", (x, s) => x.select_scatter(s, 1, 2), (x, s) => torch.select_scatter(x, s, 1, 2));
        table.Op("combinations", x => torch.combinations(x));
        table.Op("cartesian_prod", (x, y) => torch.cartesian_prod(x, y));
        table.Op("block_diag", (x, y) => torch.block_diag(x, y));
        table.Op("dstack", (x, y) => torch.dstack(x, y), (x, y) => torch.dstack(new List<Tensor> { x, y }));
        table.Op("column_stack", (x, y) => torch.column_stack(x, y), (x, y) => torch.column_stack(new List<Tensor> { x, y }));
        table.Op("randint_int", () => torch.tensor((long)torch.randint_int(-3, 1000)), () => torch.tensor(torch.randint_long(-3, 1000)),
            () => torch.tensor((long)torch.randint_int(1003) - 3), () => torch.tensor(torch.randint_long(1003) - 3));
        table.Op("rand_float", () => torch.rand_float());
        table.Op("randn_float", () => torch.randn_float());
        table.Op("fliplr", x => x.fliplr(), x => torch.fliplr(x));
        table.Op("flipud", x => x.flipud(), x => torch.flipud(x));
        table.Op("rot90", x => x.rot90(), x => torch.rot90(x));
        table.Op("rot90.twice", x => x.rot90(2, (1, 0)), x => torch.rot90(x, 2, (1, 0)));
        table.Op("pad_sequence", (x, y) => nn.utils.rnn.pad_sequence([x, y], true, 0.5));
        table.Op("poisson", x => x.poisson(), x => torch.poisson(x), x => torch.poisson(x, new Generator((ulong)GoldenFile.Seed)));
        table.Op("cauchy_", x => InPlace(x, t => t.cauchy_(0.5, 1.5)));
        table.Op("geometric_", x => InPlace(x, t => t.geometric_(0.3)));
        table.Op("log_normal_", x => InPlace(x, t => t.log_normal_(0.5, 1.5)));
    }
}
