using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor index(params TensorIndex[] indices) => Indexing.Get(this, indices);
        public Tensor index(params Tensor[] indices) => Aten.index_Tensor.Call(this, indices);
        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => Indexing.Put(this, indices, value, false);
        public Tensor index_put_(Tensor value, params Tensor[] indices) => Aten.index_put_.CallInPlace(this, indices, value);
        public Tensor index_put_(Scalar value, params TensorIndex[] indices) => Indexing.Put(this, indices, value);

        public Tensor index_put_(Scalar value, params Tensor[] indices)
        {
            using var filler = Filler(value);
            return Aten.index_put_.CallInPlace(this, indices, filler);
        }

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false) => Indexing.Put(this, indices, value, accumulate);
        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) => Aten.index_put_.CallInPlace(this, indices, value, accumulate);
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Aten.index_add.Call(this, dim, index, source, alpha);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => Aten.index_add_.CallInPlace(this, dim, index, source, alpha);
        public Tensor index_copy(long dim, Tensor index, Tensor source) => Aten.index_copy.Call(this, dim, index, source);
        public Tensor index_fill(long dim, Tensor index, Scalar value) => Aten.index_fill_int_Scalar.Call(this, dim, index, value);
        public Tensor index_select(long dim, Tensor index) => Aten.index_select.Call(this, dim, index);
        public Tensor select(long dim, long index) => Aten.select_int.Call(this, dim, index);
        public Tensor narrow(long dim, long start, long length) => Aten.narrow.Call(this, dim, start, length);
        public Tensor slice(long dim, long start, long finish, long step) => Aten.slice_Tensor.Call(this, dim, start, finish, step);
        public Tensor gather(long dim, Tensor index) => Aten.gather.Call(this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.scatter_src.Call(this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Aten.scatter__src.CallInPlace(this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Aten.scatter_add.Call(this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Aten.scatter_add_.CallInPlace(this, dim, index, src);
        public Tensor take(Tensor index) => Aten.take.Call(this, index);
        public Tensor take_along_dim(Tensor indices) => Aten.take_along_dim.Call(this, indices);

        public Tensor take_along_dim(IEnumerable<long> indices)
        {
            using var chosen = tensor(indices.ToArray(), device: device);
            return Aten.take_along_dim.Call(this, chosen);
        }

        public Tensor take_along_dim(Tensor indices, long dim) => Aten.take_along_dim.Call(this, indices, dim);

        public Tensor take_along_dim(IEnumerable<long> indices, long dim)
        {
            using var chosen = tensor(indices.ToArray(), device: device);
            return Aten.take_along_dim.Call(this, chosen, dim);
        }

        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.masked_fill_Scalar.Call(this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => Aten.masked_fill__Scalar.CallInPlace(this, mask, value);
        public Tensor masked_select(Tensor mask) => Aten.masked_select.Call(this, mask);
        public Tensor masked_scatter(Tensor mask, Tensor value) => Aten.masked_scatter.Call(this, mask, value);
        public Tensor where(Tensor condition, Tensor y) => Aten.where_self.Call(condition, this, y);
        public Tensor nonzero() => Aten.nonzero.Call(this);
        public Tensor argwhere() => Aten.argwhere.Call(this);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Aten.index_copy_.CallInPlace(this, dim, index, source);
        public Tensor index_fill_(long dim, Tensor index, Scalar value) => Aten.index_fill__int_Scalar.CallInPlace(this, dim, index, value);
        public Tensor masked_scatter_(Tensor mask, Tensor value) => Aten.masked_scatter_.CallInPlace(this, mask, value);
        public Tensor select_scatter(Tensor src, long dim, long index) => Aten.select_scatter.Call(this, src, dim, index);

        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => Aten.select_int.Call(this, 0, i1);
            set => Indexing.Put(this, [i1], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => Indexing.Get(this, [i1, i2]);
            set => Indexing.Put(this, [i1, i2], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => Indexing.Get(this, [i1, i2, i3]);
            set => Indexing.Put(this, [i1, i2, i3], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => Indexing.Get(this, [i1, i2, i3, i4]);
            set => Indexing.Put(this, [i1, i2, i3, i4], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => Indexing.Get(this, [i1, i2, i3, i4, i5]);
            set => Indexing.Put(this, [i1, i2, i3, i4, i5], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => Indexing.Get(this, [i1, i2, i3, i4, i5, i6]);
            set => Indexing.Put(this, [i1, i2, i3, i4, i5, i6], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => Indexing.Get(this, indices);
            set => Indexing.Put(this, indices, value);
        }

        private Tensor Filler(Scalar value) => scalar_tensor(value, dtype, device);
    }
}
