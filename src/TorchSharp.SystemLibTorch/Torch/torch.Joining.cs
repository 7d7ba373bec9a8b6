namespace TorchSharp;

public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Aten.cat.Call(Arg.List(tensors), dim);
    public static Tensor cat(Tensor[] tensors, long dim = 0) => Aten.cat.Call(tensors, dim);
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Aten.cat.Call(tensors.ToArray(), dim);
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor concatenate(Tensor[] tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor concatenate(ReadOnlySpan<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Aten.stack.Call(Arg.List(tensors), dim);
    public static Tensor hstack(IList<Tensor> tensors) => Aten.hstack.Call(Arg.List(tensors));
    public static Tensor hstack(params Tensor[] tensors) => Aten.hstack.Call(Arg.List(tensors));
    public static Tensor hstack(IEnumerable<Tensor> tensors) => Aten.hstack.Call(Arg.List(tensors));
    public static Tensor hstack(ReadOnlySpan<Tensor> tensors) => Aten.hstack.Call(tensors.ToArray());
    public static Tensor vstack(IList<Tensor> tensors) => Aten.vstack.Call(Arg.List(tensors));
    public static Tensor vstack(Tensor[] tensors) => Aten.vstack.Call(Arg.List(tensors));
    public static Tensor vstack(ReadOnlySpan<Tensor> tensors) => Aten.vstack.Call(tensors.ToArray());
    public static Tensor[] split(Tensor tensor, long[] split_size_or_sections, long dim = 0) => tensor.split(split_size_or_sections, dim);
    public static Tensor[] tensor_split(Tensor input, long indices_or_sections, long dim = 0) => input.tensor_split(indices_or_sections, dim);
    public static Tensor[] tensor_split(Tensor input, long[] indices_or_sections, long dim = 0) => input.tensor_split(indices_or_sections, dim);
    public static Tensor[] tensor_split(Tensor input, Tensor indices_or_sections, long dim = 0) => input.tensor_split(indices_or_sections, dim);
    public static Tensor[] chunk(Tensor input, long chunks, long dim = 0) => input.chunk(chunks, dim);
    public static Tensor[] unbind(Tensor tensor, int dim = 0) => tensor.unbind(dim);
    public static Tensor[] unbind(Tensor input, long dim = 0) => input.unbind(dim);
    public static Tensor column_stack(params Tensor[] tensors) => Aten.column_stack.Call(Arg.List(tensors));
    public static Tensor column_stack(IList<Tensor> tensors) => Aten.column_stack.Call(Arg.List(tensors));
    public static Tensor dstack(params Tensor[] tensors) => Aten.dstack.Call(Arg.List(tensors));
    public static Tensor dstack(IList<Tensor> tensors) => Aten.dstack.Call(Arg.List(tensors));
}
