namespace TorchSharp
{
    namespace Modules
    {
        using TorchSharp.Utils;
        using static TorchSharp.torch;

        /// <summary>Rows of a learned table, looked up by index.</summary>
        public sealed class Embedding : nn.Module<Tensor, Tensor>
        {
            private static readonly Operator Lookup = new("embedding");
            private static readonly Operator Renormalize = new("embedding_renorm_");

            private readonly long padding_idx;
            private readonly double? max_norm;
            private readonly double norm_type;
            private readonly bool scale_grad_by_freq;
            private readonly bool sparse;

            [ComponentName(Name = nameof(weight))]
            private Parameter _weight;

            internal Embedding(
                long num_embeddings, long embedding_dims, long? padding_idx, double? max_norm, double norm_type,
                bool scale_grad_by_freq, bool sparse, Device device, ScalarType? dtype) : base(nameof(Embedding))
            {
                if (padding_idx < -num_embeddings || padding_idx >= num_embeddings)
                    throw new ArgumentOutOfRangeException(nameof(padding_idx), padding_idx, $"padding_idx must be within the {num_embeddings} embeddings.");

                this.padding_idx = padding_idx is null ? -1 : (padding_idx.Value + num_embeddings) % num_embeddings;
                this.max_norm = max_norm;
                this.norm_type = norm_type;
                this.scale_grad_by_freq = scale_grad_by_freq;
                this.sparse = sparse;

                weight = new Parameter(empty([num_embeddings, embedding_dims], dtype: dtype, device: device));
                nn.init.normal_(_weight);
                if (padding_idx is null) return;

                using (no_grad())
                using (var row = _weight.select(0, this.padding_idx))
                {
                    row.zero_();
                }
            }

            public Parameter weight
            {
                get => _weight;
                set => ReplaceComponent(nameof(weight), ref _weight, value);
            }

            public override Tensor forward(Tensor input)
            {
                if (max_norm is { } limit)
                {
                    using (no_grad()) Renormalize.CallInPlace(_weight, input.contiguous(), limit, norm_type);
                }

                return Lookup.Call(_weight, input, padding_idx, scale_grad_by_freq, sparse);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Embedding Embedding(
                long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0,
                bool scale_grad_by_freq = false, bool sparse = false, Device device = null, ScalarType? dtype = null) =>
                new(num_embeddings, embedding_dims, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, device, dtype);
        }
    }
}
