namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static partial class functional
            {
                private static readonly Operator Op_layer_norm = new("layer_norm");
                private static readonly Operator Op_group_norm = new("group_norm");
                private static readonly Operator Op_batch_norm = new("batch_norm");
                private static readonly Operator Op_instance_norm = new("instance_norm");
                private static readonly Operator Op_avg_pool3d = new("avg_pool3d");

                public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor weight = null, Tensor bias = null, double eps = 1e-5) =>
                    Op_layer_norm.Call(input, normalized_shape, weight, bias, eps);

                public static Tensor group_norm(Tensor input, long num_groups, Tensor weight = null, Tensor bias = null, double eps = 1e-5) =>
                    Op_group_norm.Call(input, num_groups, weight, bias, eps);

                public static Tensor batch_norm(
                    Tensor input, Tensor running_mean, Tensor running_var, Tensor weight = null, Tensor bias = null,
                    bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                    Op_batch_norm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, true);

                public static Tensor instance_norm(
                    Tensor input, Tensor running_mean = null, Tensor running_var = null, Tensor weight = null, Tensor bias = null,
                    bool use_input_stats = true, double momentum = 0.1, double eps = 1e-5) =>
                    Op_instance_norm.Call(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, true);

                public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1, double eps = 1e-12)
                {
                    using var norm = Op_vector_norm.Call(input, p, dim, true);
                    using var floored = norm.clamp_min(eps);
                    return input.div(floored);
                }

                /// <summary>Divides by a power of the mean square over neighboring channels (Krizhevsky et al. 2012, section 3.3).</summary>
                public static Tensor local_response_norm(Tensor input, long size, double alpha = 0.0001, double beta = 0.75, double k = 1.0)
                {
                    if (input.dim() < 3) throw new ArgumentException($"Expected 3D or higher dimensionality input (got {input.dim()} dimensions)");
                    using var scope = NewDisposeScope();
                    var shape = input.shape;
                    var before = size / 2;
                    var after = (size - 1) / 2;

                    // The channels become a spatial dimension, over which an average pool slides.
                    var squares = input.mul(input).reshape([shape[0], 1, shape[1], -1, 1]);
                    var padded = pad(squares, [0L, 0L, 0L, 0L, before, after]);
                    var mean = Op_avg_pool3d.Call(padded, new[] { size, 1L, 1L }, 1L).reshape(shape);
                    return input.div(mean.mul(alpha).add(k).pow(beta)).MoveToOuterDisposeScope();
                }

                private static readonly Operator Op_vector_norm = new("linalg_vector_norm");
            }
        }
    }
}
