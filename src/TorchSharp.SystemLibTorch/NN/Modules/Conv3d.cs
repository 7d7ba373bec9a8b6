namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        public sealed class Conv3d : Convolution
        {
            internal Conv3d(
                long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, Padding? padding_type, long[] dilation,
                long groups, bool bias, PaddingModes padding_mode, Device device, ScalarType? dtype)
                : base(
                    nameof(Conv3d), in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, false, new long[3],
                    groups, bias, padding_mode, device, dtype)
            {
            }

            public override Tensor forward(Tensor input)
            {
                RequireShape(input, 3);

                if (padding_mode != PaddingModes.Zeros)
                {
                    using var padded = Pad(input);
                    return nn.functional.conv3d(padded, _weight, _bias, stride, null, dilation, groups);
                }

                return padding_type is { } type
                    ? nn.functional.conv3d_padding(input, _weight, _bias, stride, type, dilation, groups)
                    : nn.functional.conv3d(input, _weight, _bias, stride, padding, dilation, groups);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Conv3d Conv3d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, [kernel_size, kernel_size, kernel_size], [stride, stride, stride], [padding, padding, padding], null, [dilation, dilation, dilation], groups, bias, padding_mode, device, dtype);

            public static Modules.Conv3d Conv3d(
                long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, [kernel_size, kernel_size, kernel_size], [stride, stride, stride], null, padding, [dilation, dilation, dilation], groups, bias, padding_mode, device, dtype);

            public static Modules.Conv3d Conv3d(
                long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(
                    in_channels, out_channels, functional.Triple(kernel_size), functional.Triple(stride ?? (1, 1, 1)), functional.Triple(padding ?? (0, 0, 0)), null,
                    functional.Triple(dilation ?? (1, 1, 1)), groups, bias, padding_mode, device, dtype);

            public static Modules.Conv3d Conv3d(
                long in_channels, long out_channels, (long, long, long) kernel_size, Padding padding, (long, long, long)? stride = null, (long, long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(
                    in_channels, out_channels, functional.Triple(kernel_size), functional.Triple(stride ?? (1, 1, 1)), null, padding,
                    functional.Triple(dilation ?? (1, 1, 1)), groups, bias, padding_mode, device, dtype);
        }
    }
}
