namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor mean() => Aten.mean.Call(this);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Aten.mean_dim.Call(this, dimensions, keepdim, type);
        public Tensor sum(ScalarType? type = null) => Aten.sum.Call(this, type);
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Aten.sum_dim_IntList.Call(this, dim, keepdim, type);
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => Aten.sum_dim_IntList.Call(this, dim, keepdim, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Aten.sum_dim_IntList.Call(this, dim, keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null)
            => Aten.sum_dim_IntList.Call(this, new[] { dim0, dim1 }, keepdim, type);

        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null)
            => Aten.sum_dim_IntList.Call(this, new[] { dim0, dim1, dim2 }, keepdim, type);

        public Tensor prod(ScalarType? type = null) => Aten.prod.Call(this, type);
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Aten.prod_dim_int.Call(this, dim, keepdim, type);
        public Tensor std(bool unbiased = true) => Aten.std.Call(this, unbiased);

        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => AsType(Aten.std_dim.Call(this, dimensions, unbiased, keepdim), type);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => AsType(Aten.std_dim.Call(this, dimensions, unbiased, keepdim), type);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => AsType(Aten.std_dim.Call(this, dim, unbiased, keepdim), type);

        public Tensor std((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => AsType(Aten.std_dim.Call(this, new[] { dim.Item1, dim.Item2 }, unbiased, keepdim), type);

        public Tensor std((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => AsType(Aten.std_dim.Call(this, new[] { dim.Item1, dim.Item2, dim.Item3 }, unbiased, keepdim), type);

        public Tensor var(bool unbiased = true) => Aten.var.Call(this, unbiased);

        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => AsType(Aten.var_dim.Call(this, dimensions, unbiased, keepdim), type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => AsType(Aten.var_dim.Call(this, dimensions, unbiased, keepdim), type);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => AsType(Aten.var_dim.Call(this, dim, unbiased, keepdim), type);

        public Tensor var((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => AsType(Aten.var_dim.Call(this, new[] { dim.Item1, dim.Item2 }, unbiased, keepdim), type);

        public Tensor var((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => AsType(Aten.var_dim.Call(this, new[] { dim.Item1, dim.Item2, dim.Item3 }, unbiased, keepdim), type);

        public Tensor min() => Aten.min.Call(this);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Aten.min_dim.Call2(this, dim, keepdim);
        public Tensor min(Tensor other) => Aten.min_other.Call(this, other);
        public Tensor max() => Aten.max.Call(this);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Aten.max_dim.Call2(this, dim, keepdim);
        public Tensor max(Tensor other) => Aten.max_other.Call(this, other);

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null)
            => @out is null ? Aten.amax.Call(this, dims, keepdim) : WithOut(@out, Aten.amax_out.Call(this, dims, keepdim, @out));

        public Tensor amax(params long[] dims) => Aten.amax.Call(this, dims);

        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null)
            => @out is null ? Aten.amax.Call(this, dims, keepdim) : WithOut(@out, Aten.amax_out.Call(this, dims, keepdim, @out));

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null)
            => @out is null ? Aten.amin.Call(this, dims, keepdim) : WithOut(@out, Aten.amin_out.Call(this, dims, keepdim, @out));

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null)
            => @out is null ? Aten.amin.Call(this, dims, keepdim) : WithOut(@out, Aten.amin_out.Call(this, dims, keepdim, @out));

        public Tensor amin(params long[] dims) => Aten.amin.Call(this, dims);
        public Tensor argmax() => Aten.argmax.Call(this);
        public Tensor argmax(long dim, bool keepdim = false) => Aten.argmax.Call(this, dim, keepdim);
        public Tensor argmin() => Aten.argmin.Call(this);
        public Tensor argmin(long dim, bool keepdim = false) => Aten.argmin.Call(this, dim, keepdim);
        public Tensor all() => Aten.all.Call(this);
        public Tensor all(long dim, bool keepdim = false) => Aten.all_dim.Call(this, dim, keepdim);
        public Tensor any() => Aten.any.Call(this);
        public Tensor any(long dim, bool keepdim = false) => Aten.any_dim.Call(this, dim, keepdim);
        public Tensor logsumexp(long dim, bool keepdim = false) => Aten.logsumexp.Call(this, dim, keepdim);
        public Tensor cumsum(long dim, ScalarType? type = null) => Aten.cumsum.Call(this, dim, type);
        public Tensor cumprod(long dim, ScalarType? type = null) => Aten.cumprod.Call(this, dim, type);
        public Tensor norm(float p = 2) => Aten.norm_Scalar.Call(this, p);
        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Aten.norm_ScalarOpt_dim.Call(this, p, dim, keepdim);
        public Tensor median() => Aten.median.Call(this);
        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Aten.quantile.Call(this, q, dim, keepdim);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
            => Aten.topk.Call2(this, k, dim, largest, sorted);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false)
            => Aten.sort_stable.Call2(this, stable, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => Aten.argsort.Call(this, dim, descending);

        public (Tensor output, Tensor inverse_indices, Tensor counts) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null)
            => dim is { } along ? Aten.unique_dim.Call3(this, along, sorted, return_inverse, return_counts) : Aten._unique2.Call3(this, sorted, return_inverse, return_counts);

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null)
            => Aten.multinomial.Call(this, num_samples, replacement, generator);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Aten.softmax_int.Call(this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Aten.log_softmax_int.Call(this, dim, dtype);
        public Tensor count_nonzero(long[]? dims = null) => dims is null ? Aten.count_nonzero.Call(this) : Aten.count_nonzero_dim_IntList.Call(this, dims);
        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) => Aten.nan_to_num.Call(this, nan, posinf, neginf);
        public (Tensor min, Tensor max) aminmax(long? dim = null, bool keepdim = false) => Aten.aminmax.Call2(this, dim, keepdim);
        public (Tensor values, Tensor indexes) cummax(long dim) => Aten.cummax.Call2(this, dim);
        public (Tensor values, Tensor indexes) cummin(long dim) => Aten.cummin.Call2(this, dim);
        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) => Aten.kthvalue.Call2(this, k, dim ?? -1, keepdim);
        public (Tensor values, Tensor indices) mode(long dim = -1L, bool keepdim = false) => Aten.mode.Call2(this, dim, keepdim);
        public Tensor logcumsumexp(long dim) => Aten.logcumsumexp.Call(this, dim);
        public Tensor nanmean(int? dim = null, bool keepdim = false, ScalarType? dtype = null) => Aten.nanmean.Call(this, dim, keepdim, dtype);
        public Tensor nanmedian() => Aten.nanmedian.Call(this);
        public Tensor nansum() => Aten.nansum.Call(this);
        public Tensor nanquantile(Tensor q, long dim = -1, bool keepdim = false) => Aten.nanquantile.Call(this, q, dim, keepdim);
        public Tensor dist(Tensor other, float p = 2.0f) => Aten.dist.Call(this, other, p);
        public Tensor cov(long correction = 1, Tensor? fweights = null, Tensor? aweights = null) => Aten.cov.Call(this, correction, fweights, aweights);
        public Tensor corrcoef() => Aten.corrcoef.Call(this);
        public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) => Aten.diff.Call(this, n, dim, prepend, append);
        public Tensor histc(long bins = 100, long min = 0, long max = 0) => Aten.histc.Call(this, bins, min, max);
        public Tensor bincount(Tensor weights, long minlength = 0) => Aten.bincount.Call(this, weights, minlength);
        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) => torch.bucketize(this, boundaries, outInt32, right);
        public Tensor msort() => Aten.msort.Call(this);
        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => torch.std_mean(this, unbiased);

        public (Tensor std, Tensor mean) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => torch.std_mean(this, dimensions, unbiased, keepdim, type);

        public (Tensor std, Tensor mean) std_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => torch.std_mean(this, dim, unbiased, keepdim, type);

        public (Tensor var, Tensor mean) var_mean(bool unbiased = true) => torch.var_mean(this, unbiased);

        public (Tensor var, Tensor mean) var_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
            => torch.var_mean(this, dim, unbiased, keepdim, type);

        private static Tensor AsType(Tensor result, ScalarType? type) => torch.AsType(result, type);

        private static Tensor WithOut(Tensor output, Tensor alias) => torch.WithOut(output, alias);
    }
}
