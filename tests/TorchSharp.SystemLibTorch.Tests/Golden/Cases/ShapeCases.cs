using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class ShapeCases
{
    private static readonly long[] Columns = [-1, 4];

    public static void Define(CaseTable table)
    {
        table.Op("reshape", x => x.reshape(4, 6), x => torch.reshape(x, 4, 6), x => x.view(4, 6));
        table.Op("view_as", (x, y) => x.view_as(y));
        table.Op("permute", x => x.permute(2, 0, 1), x => x.permute((IEnumerable<long>)[2, 0, 1]), x => torch.permute(x, 2, 0, 1));
        table.Op("transpose", x => x.transpose(0, 2), x => torch.transpose(x, 0, 2), x => InPlace(x, t => t.transpose_(0, 2)));
        table.Op("t", x => x.t(), x => x.T, x => torch.t(x));
        table.Op("mT", x => x.mT);
        table.Op("swapaxes", x => x.swapaxes(0, 1), x => x.swapdims(0, 1), x => torch.swapaxes(x, 0, 1), x => torch.swapdims(x, 0, 1));
        table.Op("unsqueeze", x => x.unsqueeze(1), x => torch.unsqueeze(x, 1), x => InPlace(x, t => t.unsqueeze_(1)));
        table.Op("squeeze", x => x.squeeze(1), x => torch.squeeze(x, 1), x => InPlace(x, t => t.squeeze_(1)));
        table.Op("squeeze.all", x => x.squeeze(), x => torch.squeeze(x), x => InPlace(x, t => t.squeeze_()));
        table.Op("expand", x => x.expand(2, 3, 4), x => x.expand((Size)new long[] { 2, 3, 4 }));
        table.Op("expand.keep", x => x.expand(Columns), x => x.expand(Columns, false), x => x.expand(Columns.AsSpan()));
        table.Op("expand_as", (x, y) => x.expand_as(y));
        table.Op("repeat", x => x.repeat(2, 1, 2));
        table.Op("repeat_interleave", x => x.repeat_interleave(2, 1), x => torch.repeat_interleave(x, 2, 1));
        table.Op("repeat_interleave.flat", x => x.repeat_interleave(2), x => torch.repeat_interleave(x, 2));
        table.Op("repeat_interleave.tensor", (x, r) => x.repeat_interleave(r, 0), (x, r) => torch.repeat_interleave(x, r, 0));
        table.Op("flatten", x => x.flatten(1, 2), x => torch.flatten(x, 1, 2), x => x.flatten(1));
        table.Op("flatten.all", x => x.flatten(), x => torch.flatten(x));
        table.Op("unflatten", x => x.unflatten(1, 3, 2), x => torch.unflatten(x, 1, 3, 2), x => x.unflatten(1, (Size)new long[] { 3, 2 }),
            x => torch.unflatten(x, 1, (Size)new long[] { 3, 2 }));
        table.Op("ravel", x => x.ravel(), x => torch.ravel(x));
        table.Op("roll", x => x.roll(1, 1), x => torch.roll(x, 1, 1));
        table.Op("roll.flat", x => x.roll(2), x => torch.roll(x, 2), x => x.roll([2L]), x => torch.roll(x, [2L]),
            x => x.roll(new long[] { 2 }), x => torch.roll(x, new long[] { 2 }));
        table.Op("roll.two", x => x.roll((1, 2), (0, 1)), x => torch.roll(x, (1, 2), (0, 1)), x => x.roll([1L, 2L], [0L, 1L]), x => torch.roll(x, [1L, 2L], [0L, 1L]),
            x => x.roll(new long[] { 1, 2 }, new long[] { 0, 1 }), x => torch.roll(x, new long[] { 1, 2 }, new long[] { 0, 1 }));
        table.Op("roll.three", x => x.roll((1, 2, 1), (0, 1, 2)), x => torch.roll(x, (1, 2, 1), (0, 1, 2)));
        table.Op("flip", x => x.flip(0, 1), x => torch.flip(x, 0, 1));
        table.Op("tile", x => x.tile([2L, 2L]), x => torch.tile(x, [2L, 2L]));
        table.Op("movedim", x => x.movedim([0L], [2L]), x => torch.movedim(x, 0, 2));
        table.Op("movedim.two", x => x.movedim([0L, 1L], [1L, 2L]), x => torch.movedim(x, [0L, 1L], [1L, 2L]));
        table.Op("broadcast_to", x => x.broadcast_to(2, 3, 4), x => torch.broadcast_to(x, 2, 3, 4));
        table.Op("broadcast_tensors", (x, y) => Outputs.Of(torch.broadcast_tensors(x, y)));
        table.Op("diagonal", x => x.diagonal(1), x => torch.diagonal(x, 1));
        table.Op("diag", x => x.diag(1), x => torch.diag(x, 1));
        table.Op("diag.vector", x => x.diag(), x => torch.diag(x));
        table.Op("tril", x => x.tril(1), x => torch.tril(x, 1),
            x => InPlace(x, t => t.tril_(1)));
        table.Op("triu", x => x.triu(1), x => torch.triu(x, 1),
            x => InPlace(x, t => t.triu_(1)));
        table.Op("as_strided", x => x.as_strided([2L, 2L], [1L, 3L], 1));
        table.Op("unfold_dimension", x => x.unfold(1, 3, 2));
        table.Op("contiguous", x => x.transpose(0, 1).contiguous());
        table.Op("clone", x => x.clone(), x => x.alias(),
            x => torch.clone(x));
    }
}

internal static class JoiningCases
{
    public static void Define(CaseTable table)
    {
        table.Op("cat", (x, y) => torch.cat([x, y], 1), (x, y) => torch.cat(new[] { x, y }, 1), (x, y) => torch.cat(new List<Tensor> { x, y }, 1),
            (x, y) => torch.concat(new[] { x, y }, 1), (x, y) => torch.concat(new List<Tensor> { x, y }, 1), (x, y) => torch.concat([x, y], 1),
            (x, y) => torch.concatenate(new[] { x, y }, 1), (x, y) => torch.concatenate(new List<Tensor> { x, y }, 1), (x, y) => torch.concatenate([x, y], 1));
        table.Op("stack", (x, y) => torch.stack([x, y], 1));
        table.Op("hstack", (x, y) => torch.hstack(x, y), (x, y) => torch.hstack(new List<Tensor> { x, y }), (x, y) => torch.hstack((IEnumerable<Tensor>)[x, y]),
            (x, y) => torch.hstack((ReadOnlySpan<Tensor>)[x, y]));
        table.Op("vstack", (x, y) => torch.vstack(new[] { x, y }), (x, y) => torch.vstack(new List<Tensor> { x, y }), (x, y) => torch.vstack((ReadOnlySpan<Tensor>)[x, y]));
        table.Op("split", x => x.split(2, 1));
        table.Op("split.rows", x => x.split(2));
        table.Op("split.sizes", x => x.split([1L, 3L, 1L], 1), x => x.split(new long[] { 1, 3, 1 }.AsSpan(), 1), x => torch.split(x, [1L, 3L, 1L], 1),
            x => x.split(new long[] { 1, 3, 1 }, 1));
        table.Op("split.sizes_rows", x => x.split(new long[] { 1, 3, 1 }), x => x.split(1L, 3L, 1L));
        table.Op("tensor_split", x => x.tensor_split(2, 1), x => torch.tensor_split(x, 2, 1));
        table.Op("tensor_split.sizes", x => x.tensor_split([1L, 3L], 1), x => torch.tensor_split(x, [1L, 3L], 1),
            x => x.tensor_split(torch.tensor(new long[] { 1, 3 }), 1), x => torch.tensor_split(x, torch.tensor(new long[] { 1, 3 }), 1));
        table.Op("chunk", x => x.chunk(2, 1), x => torch.chunk(x, 2, 1));
        table.Op("unbind", x => x.unbind(1), x => torch.unbind(x, 1), x => torch.unbind(x, 1L));
        table.Op("meshgrid", (x, y) => torch.meshgrid([x, y]));
        table.Op("meshgrid.xy", (x, y) => torch.meshgrid([x, y], "xy"));
    }
}
