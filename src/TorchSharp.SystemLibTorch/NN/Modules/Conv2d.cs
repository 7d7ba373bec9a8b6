namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        public sealed class Conv2d : Convolution
        {
            internal Conv2d(
                long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, Padding? padding_type, long[] dilation,
                long groups, bool bias, PaddingModes padding_mode, Device device, ScalarType? dtype)
                : base(
                    nameof(Conv2d), in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, false, new long[2],
                    groups, bias, padding_mode, device, dtype)
            {
            }

            public override Tensor forward(Tensor input)
            {
                RequireShape(input, 2);

                if (padding_mode != PaddingModes.Zeros)
                {
                    using var padded = Pad(input);
                    return nn.functional.conv2d(padded, _weight, _bias, stride, null, dilation, groups);
                }

                return padding_type is { } type
                    ? nn.functional.conv2d_padding(input, _weight, _bias, stride, type, dilation, groups)
                    : nn.functional.conv2d(input, _weight, _bias, stride, padding, dilation, groups);
            }
        }

        public sealed class ConvTranspose2d : ConvolutionTranspose
        {
            internal ConvTranspose2d(
                long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, long[] dilation, long[] output_padding,
                long groups, bool bias, PaddingModes padding_mode, Device device, ScalarType? dtype)
                : base(
                    nameof(ConvTranspose2d), in_channels, out_channels, kernel_size, stride, padding, null, dilation, true, output_padding,
                    groups, bias, padding_mode, device, dtype)
            {
            }

            public override Tensor forward(Tensor input, long[] output_size)
            {
                RequireShape(input, 2);
                return nn.functional.conv_transpose2d(
                    input, _weight, _bias, stride, padding, OutputPadding(input, output_size), dilation, groups);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], [padding, padding], null, [dilation, dilation], groups, bias, padding_mode, device, dtype);

            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], null, padding, [dilation, dilation], groups, bias, padding_mode, device, dtype);

            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(
                    in_channels, out_channels, functional.Pair(kernel_size), functional.Pair(stride ?? (1, 1)), functional.Pair(padding ?? (0, 0)), null,
                    functional.Pair(dilation ?? (1, 1)), groups, bias, padding_mode, device, dtype);

            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, (long, long) kernel_size, Padding padding, (long, long)? stride = null, (long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(
                    in_channels, out_channels, functional.Pair(kernel_size), functional.Pair(stride ?? (1, 1)), null, padding,
                    functional.Pair(dilation ?? (1, 1)), groups, bias, padding_mode, device, dtype);

            public static Modules.ConvTranspose2d ConvTranspose2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(
                    in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], [padding, padding], [dilation, dilation], [output_padding, output_padding],
                    groups, bias, padding_mode, device, dtype);

            public static Modules.ConvTranspose2d ConvTranspose2d(
                long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? output_padding = null, (long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(
                    in_channels, out_channels, functional.Pair(kernel_size), functional.Pair(stride ?? (1, 1)), functional.Pair(padding ?? (0, 0)), functional.Pair(dilation ?? (1, 1)),
                    functional.Pair(output_padding ?? (0, 0)), groups, bias, padding_mode, device, dtype);
        }
    }
}
