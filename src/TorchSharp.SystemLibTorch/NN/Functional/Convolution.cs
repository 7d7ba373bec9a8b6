namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static partial class functional
            {
                private static readonly Operator Op_conv1d = new("conv1d");
                private static readonly Operator Op_conv2d = new("conv2d");
                private static readonly Operator Op_conv3d = new("conv3d");
                private static readonly Operator Op_conv1d_padding = new("conv1d", "padding");
                private static readonly Operator Op_conv2d_padding = new("conv2d", "padding");
                private static readonly Operator Op_conv3d_padding = new("conv3d", "padding");
                private static readonly Operator Op_conv_transpose1d = new("conv_transpose1d");
                private static readonly Operator Op_conv_transpose2d = new("conv_transpose2d", "input");

                public static Tensor conv1d(
                    Tensor input, Tensor weight, Tensor bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1) =>
                    Op_conv1d.Call(input, weight, bias, stride ?? 1, padding ?? 0, dilation ?? 1, groups);

                public static Tensor conv2d(
                    Tensor input, Tensor weight, Tensor bias = null, long[] strides = null, long[] padding = null, long[] dilation = null, long groups = 1) =>
                    Op_conv2d.Call(input, weight, bias, OrOne(strides), OrZero(padding), OrOne(dilation), groups);

                public static Tensor conv3d(
                    Tensor input, Tensor weight, Tensor bias = null, long[] strides = null, long[] padding = null, long[] dilation = null, long groups = 1) =>
                    Op_conv3d.Call(input, weight, bias, OrOne(strides), OrZero(padding), OrOne(dilation), groups);

                public static Tensor conv1d_padding(
                    Tensor input, Tensor weight, Tensor bias = null, long? stride = null, Padding padding = Padding.Valid, long? dilation = null, long groups = 1) =>
                    Op_conv1d_padding.Call(input, weight, bias, stride ?? 1, PaddingName(padding), dilation ?? 1, groups);

                public static Tensor conv2d_padding(
                    Tensor input, Tensor weight, Tensor bias = null, long[] strides = null, Padding padding = Padding.Valid, long[] dilation = null, long groups = 1) =>
                    Op_conv2d_padding.Call(input, weight, bias, OrOne(strides), PaddingName(padding), OrOne(dilation), groups);

                internal static Tensor conv3d_padding(
                    Tensor input, Tensor weight, Tensor bias = null, long[] strides = null, Padding padding = Padding.Valid, long[] dilation = null, long groups = 1) =>
                    Op_conv3d_padding.Call(input, weight, bias, OrOne(strides), PaddingName(padding), OrOne(dilation), groups);

                public static Tensor conv_transpose1d(
                    Tensor input, Tensor weight, Tensor bias = null,
                    long? stride = null, long? padding = null, long? output_padding = null, long? dilation = null, long groups = 1) =>
                    Op_conv_transpose1d.Call(input, weight, bias, stride ?? 1, padding ?? 0, output_padding ?? 0, groups, dilation ?? 1);

                public static Tensor conv_transpose2d(
                    Tensor input, Tensor weight, Tensor bias = null,
                    long[] strides = null, long[] padding = null, long[] output_padding = null, long[] dilation = null, long groups = 1) =>
                    Op_conv_transpose2d.Call(input, weight, bias, OrOne(strides), OrZero(padding), OrZero(output_padding), groups, OrOne(dilation));

                // One number stands for every dimension in ATen's lists of fixed length.
                private static Arg OrOne(long[] sizes) => sizes is null ? 1L : sizes;

                private static Arg OrZero(long[] sizes) => sizes is null ? 0L : sizes;

                private static string PaddingName(Padding padding) => padding == Padding.Same ? "same" : "valid";
            }
        }
    }
}
