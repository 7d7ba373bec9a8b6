namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static partial class functional
            {
                private static readonly Operator Op_max_pool1d = new("max_pool1d");
                private static readonly Operator Op_max_pool2d = new("max_pool2d");
                private static readonly Operator Op_max_pool1d_with_indices = new("max_pool1d_with_indices");
                private static readonly Operator Op_max_pool2d_with_indices = new("max_pool2d_with_indices");
                private static readonly Operator Op_avg_pool1d = new("avg_pool1d");
                private static readonly Operator Op_avg_pool2d = new("avg_pool2d");
                private static readonly Operator Op_adaptive_avg_pool1d = new("adaptive_avg_pool1d");
                private static readonly Operator Op_adaptive_avg_pool2d = new("adaptive_avg_pool2d");
                private static readonly Operator Op_adaptive_max_pool2d = new("adaptive_max_pool2d");

                public static Tensor max_pool1d(
                    Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                    Op_max_pool1d.Call(input, kernel_size, stride ?? kernel_size, padding ?? 0, dilation ?? 1, ceil_mode);

                internal static (Tensor output, Tensor indices) max_pool1d_with_indices(
                    Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                    Op_max_pool1d_with_indices.Call2(input, kernel_size, stride ?? kernel_size, padding ?? 0, dilation ?? 1, ceil_mode);

                public static Tensor max_pool2d(
                    Tensor input, long[] kernel_size, long[] strides = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false) =>
                    Op_max_pool2d.Call(input, kernel_size, strides ?? kernel_size, OrZero(padding), OrOne(dilation), ceil_mode);

                public static Tensor max_pool2d(
                    Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                    Op_max_pool2d.Call(input, kernel_size, stride ?? kernel_size, padding ?? 0, dilation ?? 1, ceil_mode);

                public static Tensor max_pool2d(
                    Tensor input, (long, long) kernel_size,
                    (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
                    max_pool2d(input, Pair(kernel_size), Pair(stride), Pair(padding), Pair(dilation), ceil_mode);

                internal static (Tensor output, Tensor indices) max_pool2d_with_indices(
                    Tensor input, long[] kernel_size, long[] strides = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false) =>
                    Op_max_pool2d_with_indices.Call2(input, kernel_size, strides ?? kernel_size, OrZero(padding), OrOne(dilation), ceil_mode);

                public static Tensor avg_pool1d(
                    Tensor input, long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true) =>
                    Op_avg_pool1d.Call(input, kernel_size, stride ?? kernel_size, padding ?? 0, ceil_mode, count_include_pad);

                public static Tensor avg_pool2d(
                    Tensor input, long[] kernel_size, long[] stride = null, long[] padding = null,
                    bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                    Op_avg_pool2d.Call(input, kernel_size, stride ?? kernel_size, OrZero(padding), ceil_mode, count_include_pad, divisor_override);

                public static Tensor avg_pool2d(
                    Tensor input, long kernel_size, long? stride = null, long padding = 0,
                    bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                    Op_avg_pool2d.Call(input, kernel_size, stride ?? kernel_size, padding, ceil_mode, count_include_pad, divisor_override);

                public static Tensor avg_pool2d(
                    Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                    bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                    avg_pool2d(input, Pair(kernel_size), Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);

                public static Tensor adaptive_avg_pool1d(Tensor input, long output_size) => Op_adaptive_avg_pool1d.Call(input, output_size);

                public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Op_adaptive_avg_pool2d.Call(input, output_size);

                public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) => adaptive_avg_pool2d(input, Pair(output_size));

                public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, (output_size, output_size));

                internal static Tensor adaptive_max_pool2d(Tensor input, long[] output_size)
                {
                    var (values, indices) = adaptive_max_pool2d_with_indices(input, output_size);
                    indices.Dispose();
                    return values;
                }

                internal static (Tensor Values, Tensor Indices) adaptive_max_pool2d_with_indices(Tensor input, long[] output_size) =>
                    Op_adaptive_max_pool2d.Call2(input, output_size);
            }
        }
    }
}
