namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        public sealed class MaxPool1d : ParameterLessModule<Tensor, Tensor>
        {
            internal MaxPool1d(long kernel_size, long? stride, long? padding, long? dilation, bool ceil_mode) : base(nameof(MaxPool1d))
            {
                this.kernel_size = kernel_size;
                this.stride = stride;
                this.padding = padding;
                this.dilation = dilation;
                this.ceil_mode = ceil_mode;
            }

            public long kernel_size { get; set; }

            public long? stride { get; set; }

            public long? padding { get; set; }

            public long? dilation { get; set; }

            public bool ceil_mode { get; set; }

            public override Tensor forward(Tensor input) => nn.functional.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode);

            public (Tensor Values, Tensor Indices) forward_with_indices(Tensor input) =>
                nn.functional.max_pool1d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode);
        }

        public sealed class MaxPool2d : ParameterLessModule<Tensor, Tensor>
        {
            internal MaxPool2d(long[] kernel_size, long[] stride, long[] padding, long[] dilation, bool ceil_mode) : base(nameof(MaxPool2d))
            {
                this.kernel_size = kernel_size;
                this.stride = stride;
                this.padding = padding;
                this.dilation = dilation;
                this.ceil_mode = ceil_mode;
            }

            public long[] kernel_size { get; set; }

            public long[] stride { get; set; }

            public long[] padding { get; set; }

            public long[] dilation { get; set; }

            public bool ceil_mode { get; set; }

            public override Tensor forward(Tensor input) => nn.functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);

            public (Tensor Values, Tensor Indices) forward_with_indices(Tensor input) =>
                nn.functional.max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode);
        }

        public sealed class AvgPool1d : ParameterLessModule<Tensor, Tensor>
        {
            internal AvgPool1d(long kernel_size, long? stride, long? padding, bool ceil_mode, bool count_include_pad) : base(nameof(AvgPool1d))
            {
                this.kernel_size = kernel_size;
                this.stride = stride;
                this.padding = padding;
                this.ceil_mode = ceil_mode;
                this.count_include_pad = count_include_pad;
            }

            public long kernel_size { get; set; }

            public long? stride { get; set; }

            public long? padding { get; set; }

            public bool ceil_mode { get; set; }

            public bool count_include_pad { get; set; }

            public override Tensor forward(Tensor input) =>
                nn.functional.avg_pool1d(input, kernel_size, stride, padding, ceil_mode, count_include_pad);
        }

        public sealed class AvgPool2d : ParameterLessModule<Tensor, Tensor>
        {
            internal AvgPool2d(long[] kernel_size, long[] stride, long[] padding, bool ceil_mode, bool count_include_pad, long? divisor_override)
                : base(nameof(AvgPool2d))
            {
                this.kernel_size = kernel_size;
                this.stride = stride;
                this.padding = padding;
                this.ceil_mode = ceil_mode;
                this.count_include_pad = count_include_pad;
                this.divisor_override = divisor_override;
            }

            public long[] kernel_size { get; set; }

            public long[] stride { get; set; }

            public long[] padding { get; set; }

            public bool ceil_mode { get; set; }

            public bool count_include_pad { get; set; }

            public long? divisor_override { get; set; }

            public override Tensor forward(Tensor input) =>
                nn.functional.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
        }

        public sealed class AdaptiveAvgPool1d : ParameterLessModule<Tensor, Tensor>
        {
            internal AdaptiveAvgPool1d(long output_size) : base(nameof(AdaptiveAvgPool1d)) => this.output_size = output_size;

            public long output_size { get; set; }

            public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool1d(input, output_size);
        }

        public sealed class AdaptiveAvgPool2d : ParameterLessModule<Tensor, Tensor>
        {
            internal AdaptiveAvgPool2d(long[] output_size) : base(nameof(AdaptiveAvgPool2d)) => this.output_size = output_size;

            public long[] output_size { get; set; }

            public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool2d(input, output_size);
        }

        public sealed class AdaptiveMaxPool2d : ParameterLessModule<Tensor, Tensor>
        {
            internal AdaptiveMaxPool2d(long[] output_size) : base(nameof(AdaptiveMaxPool2d)) => this.output_size = output_size;

            public long[] output_size { get; set; }

            public override Tensor forward(Tensor input) => nn.functional.adaptive_max_pool2d(input, output_size);

            public (Tensor output, Tensor indices) forward_with_indices(Tensor input) =>
                nn.functional.adaptive_max_pool2d_with_indices(input, output_size);
        }

        public sealed class Upsample : ParameterLessModule<Tensor, Tensor>
        {
            private readonly long[] _size;
            private readonly double[] _scale_factor;

            internal Upsample(long[] size, double[] scale_factor, UpsampleMode mode, bool? align_corners, bool? recompute_scale_factor) : base(nameof(Upsample))
            {
                _size = size;
                _scale_factor = scale_factor;
                this.mode = mode;
                this.align_corners = align_corners;
                this.recompute_scale_factor = recompute_scale_factor;
            }

            public ReadOnlySpan<long> size => _size;

            public ReadOnlySpan<double> scale_factor => _scale_factor;

            public UpsampleMode mode { get; }

            public bool? align_corners { get; }

            public bool? recompute_scale_factor { get; set; }

            public override Tensor forward(Tensor input) =>
                nn.functional.interpolate(input, _size, _scale_factor, (InterpolationMode)mode, align_corners, recompute_scale_factor ?? false);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.MaxPool1d MaxPool1d(
                long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                new(kernel_size, stride, padding, dilation, ceil_mode);

            public static Modules.MaxPool2d MaxPool2d(
                long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                new([kernel_size, kernel_size], Both(stride), Both(padding), Both(dilation), ceil_mode);

            public static Modules.MaxPool2d MaxPool2d(
                (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
                new(functional.Pair(kernel_size), functional.Pair(stride), functional.Pair(padding), functional.Pair(dilation), ceil_mode);

            public static Modules.MaxPool2d MaxPool2d(
                long[] kernel_size, long[] stride = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false) =>
                new(kernel_size, stride, padding, dilation, ceil_mode);

            public static Modules.AvgPool1d AvgPool1d(
                long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true) =>
                new(kernel_size, stride, padding, ceil_mode, count_include_pad);

            public static Modules.AvgPool2d AvgPool2d(
                (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(functional.Pair(kernel_size), functional.Pair(stride), functional.Pair(padding), ceil_mode, count_include_pad, divisor_override);

            public static Modules.AvgPool2d AvgPool2d(
                long kernel_size, long? stride = null, long? padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new([kernel_size, kernel_size], Both(stride), Both(padding), ceil_mode, count_include_pad, divisor_override);

            public static Modules.AvgPool2d AvgPool2d(
                long[] kernel_size, long[] stride = null, long[] padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static Modules.AdaptiveAvgPool1d AdaptiveAvgPool1d(long output_size) => new(output_size);

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) => new(functional.Pair(output_size));

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new([output_size, output_size]);

            public static Modules.AdaptiveMaxPool2d AdaptiveMaxPool2d(long[] output_size) => new(output_size);

            public static Modules.Upsample Upsample(
                long[] size = null, double[] scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest,
                bool? align_corners = null, bool? recompute_scale_factor = null) =>
                new(size, scale_factor, mode, align_corners, recompute_scale_factor);

            private static long[] Both(long? value) => value is { } given ? [given, given] : null;
        }
    }
}
