namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static partial class functional
            {
                private static readonly Operator Op_scaled_dot_product_attention = new("scaled_dot_product_attention");

                /// <summary>
                /// softmax(query key' / sqrt(width)) value. In a boolean mask true means "may attend"; a mask of numbers is added to the scores.
                /// Composed of simpler operators where libtorch is older than 2.0 and has no fused one.
                /// </summary>
                public static Tensor scaled_dot_product_attention(
                    Tensor query, Tensor key, Tensor value, Tensor attn_mask = null, double p = 0.0, bool is_casual = false)
                {
                    if (p < 0) throw new ArgumentException("Dropout probability must be greater than or equal to zero.", nameof(p));
                    if (is_casual && attn_mask is not null) throw new ArgumentException("Causal attention cannot be given a mask as well.", nameof(attn_mask));

                    if (Op_scaled_dot_product_attention.Exists)
                        return Op_scaled_dot_product_attention.Call(query, key, value, attn_mask, p, is_casual);

                    using var scope = NewDisposeScope();
                    var scores = query.mul(1 / Math.Sqrt(query.size(-1))).matmul(key.transpose(-2, -1));

                    if (is_casual)
                    {
                        var allowed = ones([query.size(-2), key.size(-2)], dtype: ScalarType.Bool, device: query.device).tril();
                        scores = scores.masked_fill_(allowed.logical_not(), double.NegativeInfinity);
                    }
                    else if (attn_mask is not null)
                    {
                        scores = attn_mask.dtype == ScalarType.Bool
                            ? scores.masked_fill(attn_mask.logical_not(), double.NegativeInfinity)
                            : scores.add(attn_mask);
                    }

                    var weights = softmax(scores, -1);
                    if (p > 0) weights = dropout(weights, p);
                    return weights.matmul(value).MoveToOuterDisposeScope();
                }
            }
        }
    }
}
