using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class IndexingCases
{
    public static void Define(CaseTable table)
    {
        table.Op("index.integers", x => x[1, 2], x => x[new long[] { 1, 2 }], x => x[TensorIndex.Single(1), TensorIndex.Single(2)], x => x.index(1, 2));
        table.Op("index.row", x => x[1], x => x[TensorIndex.Single(1)], x => x[(TensorIndex)1]);
        table.Op("index.negative", x => x[-1, -2], x => x[(TensorIndex)(^1), (TensorIndex)(^2)]);
        table.Op("index.three", x => x[1, 0, 2]);
        table.Op("index.four", x => x[1, 0, 2, 1]);
        table.Op("index.five", x => x[1, 0, 2, 1, 0]);
        table.Op("index.six", x => x[1, 0, 2, 1, 0, 1]);
        table.Op("index.slice", x => x[TensorIndex.Slice(1), TensorIndex.Slice(null, 3)], x => x[1.., ..3], x => x[(1, null), (null, 3)],
            x => x.index(TensorIndex.Slice(1..), TensorIndex.Slice((null, 3))));
        table.Op("index.step", x => x[TensorIndex.Slice(step: 2), TensorIndex.Slice(1, null, 2)]);
        table.Op("index.negative_slice", x => x[TensorIndex.Slice(-2), TensorIndex.Slice(stop: -1)], x => x[^2.., ..^1]);
        table.Op("index.none", x => x[TensorIndex.Colon, TensorIndex.None, TensorIndex.Slice(1)], x => x[TensorIndex.Colon, TensorIndex.Null, 1..]);
        table.Op("index.ellipsis", x => x[TensorIndex.Ellipsis, 1]);
        table.Op("index.ellipsis_middle", x => x[1, TensorIndex.Ellipsis, TensorIndex.Slice(step: 2)]);
        table.Op("index.tensor", (x, i) => x[i], (x, i) => x[TensorIndex.Tensor(i)], (x, i) => x.index(i));
        table.Op("index.two_tensors", (x, i, j) => x[i, j], (x, i, j) => x[TensorIndex.Tensor(i), TensorIndex.Tensor(j)], (x, i, j) => x.index(i, j));
        table.Op("index.tensor_after_slice", (x, i) => x[TensorIndex.Slice(1), TensorIndex.Tensor(i)]);
        table.Op("index.mask", (x, m) => x[m], (x, m) => x[TensorIndex.Tensor(m)]);
        table.Op("index.bool", x => x[TensorIndex.Bool(true)]);
        Setters(table);
        table.Op("index_select", (x, i) => x.index_select(1, i), (x, i) => torch.index_select(x, 1, i));
        table.Op("select", x => x.select(1, 2), x => torch.select(x, 1, 2));
        table.Op("narrow", x => x.narrow(1, 1, 2), x => torch.narrow(x, 1, 1, 2));
        table.Op("slice", x => x.slice(1, 0, 4, 2));
        table.Op("take", (x, i) => x.take(i), (x, i) => torch.take(x, i));
        table.Op("take_along_dim", (x, i) => x.take_along_dim(i, 1), (x, i) => torch.take_along_dim(x, i, 1));
        table.Op("take_along_dim.flat", (x, i) => x.take_along_dim(i), (x, _) => x.take_along_dim([0L, 11L, 5L]));
        table.Op("take_along_dim.list", x => x.take_along_dim([2L, 0L], 0), x => torch.take_along_dim(x, [2L, 0L]));
        table.Op("masked_select", (x, m) => x.masked_select(m), (x, m) => torch.masked_select(x, m));
        table.Op("where", (m, x, y) => torch.where(m, x, y), (m, x, y) => x.where(m, y));
        table.Op("where.indices", m => torch.where(m));
        table.Op("nonzero", m => m.nonzero(), m => torch.nonzero(m));
        table.Op("argwhere", m => m.argwhere(), m => torch.argwhere(m));
    }

    private static void Setters(CaseTable table)
    {
        table.Op("index.set_slice", (x, v) => Changed(x, t => t[TensorIndex.Slice(1), TensorIndex.Slice(null, 2)] = v), (x, v) => Changed(x, t => t[1.., ..2] = v),
            (x, v) => InPlace(x, t => t.index_put_(v, TensorIndex.Slice(1), TensorIndex.Slice(null, 2))));
        table.Op("index.set_integer", (x, v) => Changed(x, t => t[1, 2] = v), (x, v) => Changed(x, t => t[new long[] { 1, 2 }] = v));
        table.Op("index.set_mask", (x, m) => Changed(x, t => t[m] = torch.tensor(0.5, x.dtype)), (x, m) => InPlace(x, t => t.index_put_((Scalar)0.5, m)));
        table.Op("index.set_row", (x, v) => Changed(x, t => t[1] = v), (x, v) => Changed(x, t => t[TensorIndex.Single(1)] = v));
        table.Op("index_put.tensor", (x, i, v) => InPlace(x, t => t.index_put_(v, i)), (x, i, v) => InPlace(x, t => t.index_put_(v, TensorIndex.Tensor(i))),
            (x, i, v) => Changed(x, t => t[i] = v));
        table.Op("index_put.accumulate", (x, i, v) => InPlace(x, t => t.index_put_(v, [i], true)), (x, i, v) => InPlace(x, t => t.index_put_(v, [TensorIndex.Tensor(i)], true)));
        table.Op("index_put.scalar", (x, i) => InPlace(x, t => t.index_put_((Scalar)0.5, i)), (x, i) => InPlace(x, t => t.index_put_((Scalar)0.5, TensorIndex.Tensor(i))));
        table.Op("index_put.slice_scalar", x => InPlace(x, t => t.index_put_((Scalar)0.5, TensorIndex.Colon, TensorIndex.Single(1))));
    }

    private static Tensor Changed(Tensor original, Action<Tensor> change)
    {
        Tensor copy = original.clone();
        change(copy);
        return copy;
    }
}

internal static class ScatterCases
{
    public static void Define(CaseTable table)
    {
        table.Op("index_add", (x, i, s) => x.index_add(1, i, s, 0.5), (x, i, s) => torch.index_add(x, 1, i, s, 0.5), (x, i, s) => InPlace(x, t => t.index_add_(1, i, s, 0.5)));
        table.Op("index_copy", (x, i, s) => x.index_copy(0, i, s),
            (x, i, s) => torch.index_copy(x, 0, i, s), (x, i, s) => InPlace(x, t => t.index_copy_(0, i, s)));
        table.Op("index_fill", (x, i) => x.index_fill(1, i, 0.5),
            (x, i) => InPlace(x, t => t.index_fill_(1, i, 0.5)));
        table.Op("gather", (x, i) => x.gather(1, i), (x, i) => torch.gather(x, 1, i), (x, i) => torch.gather(x, 1, i, sparse_grad: false));
        table.Op("scatter", (x, i, s) => x.scatter(1, i, s), (x, i, s) => torch.scatter(x, 1, i, s), (x, i, s) => InPlace(x, t => t.scatter_(1, i, s)));
        table.Op("scatter_add", (x, i, s) => x.scatter_add(1, i, s), (x, i, s) => torch.scatter_add(x, 1, i, s), (x, i, s) => InPlace(x, t => t.scatter_add_(1, i, s)));
        table.Op("masked_fill", (x, m) => x.masked_fill(m, 0.5), (x, m) => InPlace(x, t => t.masked_fill_(m, 0.5)));
        table.Op("masked_scatter", (x, m, s) => x.masked_scatter(m, s),
            (x, m, s) => InPlace(x, t => t.masked_scatter_(m, s)));
    }
}
