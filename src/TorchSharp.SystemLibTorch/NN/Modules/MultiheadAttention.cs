namespace TorchSharp
{
    namespace Modules
    {
        using TorchSharp.Utils;
        using static TorchSharp.torch;

        /// <summary>
        /// Attention of several heads (Vaswani et al. 2017) over sequences of shape (length, batch, width). In boolean masks true means "ignore";
        /// masks of numbers are added to the scores. The second result, the weights averaged over the heads, is null unless asked for.
        /// </summary>
        public sealed class MultiheadAttention : nn.Module<Tensor, Tensor, Tensor, Tensor, bool, Tensor, Tuple<Tensor, Tensor>>
        {
            private static readonly Operator Baddbmm = new("baddbmm");

            private readonly long width;
            private readonly long heads;
            private readonly double dropout;
            private readonly bool add_zero_attn;

            [ComponentName(Name = "in_proj_weight")]
            private readonly Parameter in_projection;

            [ComponentName(Name = "q_proj_weight")]
            private readonly Parameter query_projection;

            [ComponentName(Name = "k_proj_weight")]
            private readonly Parameter key_projection;

            [ComponentName(Name = "v_proj_weight")]
            private readonly Parameter value_projection;

            [ComponentName(Name = "in_proj_bias")]
            private readonly Parameter in_bias;

            [ComponentName(Name = "bias_k")]
            private readonly Parameter key_bias;

            [ComponentName(Name = "bias_v")]
            private readonly Parameter value_bias;

            [ComponentName(Name = "out_proj")]
            private readonly Linear out_projection;

            internal MultiheadAttention(
                long embedded_dim, long num_heads, double dropout, bool bias, bool add_bias_kv, bool add_zero_attn, long? kdim, long? vdim)
                : base(nameof(MultiheadAttention))
            {
                if (num_heads <= 0 || embedded_dim % num_heads != 0)
                    throw new ArgumentException($"embed_dim ({embedded_dim}) must be divisible by num_heads ({num_heads}).", nameof(num_heads));

                width = embedded_dim;
                heads = num_heads;
                this.dropout = dropout;
                this.add_zero_attn = add_zero_attn;

                if ((kdim ?? width) == width && (vdim ?? width) == width)
                {
                    in_projection = New(3 * width, width);
                }
                else
                {
                    query_projection = New(width, width);
                    key_projection = New(width, kdim ?? width);
                    value_projection = New(width, vdim ?? width);
                }

                if (bias) in_bias = New(3 * width);
                out_projection = nn.Linear(width, width, bias);
                if (add_bias_kv) key_bias = New(1, 1, width);
                if (add_bias_kv) value_bias = New(1, 1, width);

                // In PyTorch's order, which decides the random numbers.
                if (in_projection is not null)
                {
                    nn.init.xavier_uniform_(in_projection);
                }
                else
                {
                    nn.init.xavier_uniform_(query_projection);
                    nn.init.xavier_uniform_(key_projection);
                    nn.init.xavier_uniform_(value_projection);
                }

                if (bias) nn.init.zeros_(in_bias);
                if (bias) nn.init.zeros_(out_projection.bias);
                if (add_bias_kv) nn.init.xavier_normal_(key_bias);
                if (add_bias_kv) nn.init.xavier_normal_(value_bias);

                RegisterComponents();

                static Parameter New(params long[] shape)
                {
                    var parameter = new Parameter(empty(shape));
                    parameter.DetachFromDisposeScope();
                    return parameter;
                }
            }

            public new Tuple<Tensor, Tensor> call(
                Tensor query, Tensor key, Tensor value, Tensor key_padding_mask = null, bool need_weights = true, Tensor attn_mask = null) =>
                base.call(query, key, value, key_padding_mask, need_weights, attn_mask);

            public override Tuple<Tensor, Tensor> forward(
                Tensor query, Tensor key, Tensor value, Tensor key_padding_mask, bool need_weights, Tensor attn_mask)
            {
                if (query.dim() != 3 || key.dim() != 3 || value.dim() != 3 || query.size(2) != width)
                    throw new ArgumentException($"Expected query, key and value of shape (length, batch, {width}), got [{string.Join(", ", query.shape)}], [{string.Join(", ", key.shape)}] and [{string.Join(", ", value.shape)}].");

                using var scope = NewDisposeScope();
                var length = query.size(0);
                var batch = query.size(1);
                var (q, k, v) = Project(query, key, value);

                if (key_bias is not null)
                {
                    k = cat([k, key_bias.expand(1, batch, width)], 0);
                    v = cat([v, value_bias.expand(1, batch, width)], 0);
                }

                q = SplitHeads(q, batch);
                k = SplitHeads(k, batch);
                v = SplitHeads(v, batch);

                if (add_zero_attn)
                {
                    var zero = zeros([batch * heads, 1, width / heads], dtype: k.dtype, device: k.device);
                    k = cat([k, zero], 1);
                    v = cat([v, zero], 1);
                }

                var mask = CombineMasks(attn_mask, key_padding_mask, batch, k.size(1), q);
                var scaled = q.div(Math.Sqrt(width / heads));
                var keys = k.transpose(1, 2);
                var scores = mask is null ? scaled.bmm(keys) : Baddbmm.Call(mask, scaled, keys);
                var weights = nn.functional.softmax(scores, -1);
                var kept = training && dropout > 0 ? nn.functional.dropout(weights, dropout) : weights;
                var attended = kept.bmm(v).transpose(0, 1).reshape([length * batch, width]);
                var output = out_projection.forward(attended).view([length, batch, width]).MoveToOuterDisposeScope();

                if (!need_weights) return Tuple.Create<Tensor, Tensor>(output, null);
                var averaged = kept.view([batch, heads, length, k.size(1)]).mean([1]);
                return Tuple.Create(output, averaged.MoveToOuterDisposeScope());
            }

            /// <summary>Inputs that are the same tensor share one product: self-attention takes one for all three, other attention one for key and value.</summary>
            private (Tensor, Tensor, Tensor) Project(Tensor query, Tensor key, Tensor value)
            {
                if (in_projection is not null && ReferenceEquals(key, value))
                {
                    if (ReferenceEquals(query, key))
                    {
                        var all = nn.functional.linear(query, in_projection, in_bias).chunk(3, -1);
                        return (all[0], all[1], all[2]);
                    }

                    var q = nn.functional.linear(query, in_projection.narrow(0, 0, width), in_bias?.narrow(0, 0, width));
                    var kv = nn.functional.linear(key, in_projection.narrow(0, width, 2 * width), in_bias?.narrow(0, width, 2 * width)).chunk(2, -1);
                    return (q, kv[0], kv[1]);
                }

                var weights = in_projection?.chunk(3) ?? [query_projection, key_projection, value_projection];
                var biases = in_bias?.chunk(3) ?? [null, null, null];
                return (
                    nn.functional.linear(query, weights[0], biases[0]),
                    nn.functional.linear(key, weights[1], biases[1]),
                    nn.functional.linear(value, weights[2], biases[2]));
            }

            private Tensor SplitHeads(Tensor sequence, long batch) =>
                sequence.reshape([sequence.size(0), batch * heads, width / heads]).transpose(0, 1);

            /// <summary>Both masks as one to add to the scores, (batch x heads or 1, length, keys); columns appended to the keys are never masked.</summary>
            private Tensor CombineMasks(Tensor attn_mask, Tensor key_padding_mask, long batch, long keys, Tensor like)
            {
                var mask = attn_mask is null ? null : Additive(attn_mask, like);
                if (mask?.dim() == 2) mask = mask.unsqueeze(0);
                if (mask is not null) mask = PadColumns(mask, keys);
                if (key_padding_mask is null) return mask;

                var padding = PadColumns(Additive(key_padding_mask, like), keys)
                    .view([batch, 1, 1, keys]).expand(batch, heads, 1, keys).reshape([batch * heads, 1, keys]);
                return mask is null ? padding : mask.add(padding);
            }

            private static Tensor Additive(Tensor mask, Tensor like)
            {
                if (mask.dtype != ScalarType.Bool) return mask.to(like.dtype);
                return zeros(mask.shape, dtype: like.dtype, device: like.device).masked_fill_(mask, double.NegativeInfinity);
            }

            private static Tensor PadColumns(Tensor mask, long keys) =>
                mask.size(-1) == keys ? mask : nn.functional.pad(mask, (0, keys - mask.size(-1)));
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.MultiheadAttention MultiheadAttention(
                long embedded_dim, long num_heads, double dropout = 0.0, bool bias = true, bool add_bias_kv = false, bool add_zero_attn = false,
                long? kdim = null, long? vdim = null) =>
                new(embedded_dim, num_heads, dropout, bias, add_bias_kv, add_zero_attn, kdim, vdim);
        }
    }
}
