namespace TorchSharp
{
    public enum PaddingModes
    {
        Zeros = 0,
        Reflect = 1,
        Replicate = 2,
        Circular = 3,
        Constant = 4,
    }

    public enum Padding
    {
        Valid = 0,
        Same = 1,
    }

    public static partial class torch
    {
        public enum UpsampleMode
        {
            Nearest = 0,
            Linear = 1,
            Bilinear = 2,
            Bicubic = 3,
            Trilinear = 4,
        }

        public enum InterpolationMode
        {
            Nearest = 0,
            Linear = 1,
            Bilinear = 2,
            Bicubic = 3,
            Trilinear = 4,
            Area = 5,
            NearestExact = 6,
        }

        public enum GridSampleMode
        {
            Nearest = 0,
            Bilinear = 2,
        }

        public enum GridSamplePaddingMode
        {
            Zeros = 0,
            Reflection = 1,
            Border = 2,
        }

        public static partial class nn
        {
            public static partial class functional
            {
                private static readonly Operator Op_pad = new("pad");
                private static readonly Operator Op_grid_sampler = new("grid_sampler");
                private static readonly Operator Op_affine_grid = new("affine_grid_generator");

                public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
                {
                    PaddingModes.Reflect => Op_pad.Call(input, pad, "reflect"),
                    PaddingModes.Replicate => Op_pad.Call(input, pad, "replicate"),
                    PaddingModes.Circular => Op_pad.Call(input, pad, "circular"),
                    _ => Op_pad.Call(input, pad, "constant", value),
                };

                public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                    functional.pad(input, pad.ToArray(), mode, value);

                public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                    functional.pad(input, new[] { pad.Item1, pad.Item2 }, mode, value);

                public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                    functional.pad(input, new[] { pad.Item1, pad.Item2, pad.Item3, pad.Item4 }, mode, value);

                public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                {
                    var sides = new long[2 * input.dim()];
                    Array.Fill(sides, pad);
                    return functional.pad(input, sides, mode, value);
                }

                public static Tensor grid_sample(
                    Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                    GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
                {
                    // ATen numbers them otherwise: bilinear 0, nearest 1; zeros 0, border 1, reflection 2.
                    var interpolation = mode == GridSampleMode.Bilinear ? 0 : 1;
                    var padding = padding_mode switch { GridSamplePaddingMode.Border => 1, GridSamplePaddingMode.Reflection => 2, _ => 0 };
                    return Op_grid_sampler.Call(input, grid, interpolation, padding, align_corners ?? false);
                }

                public static Tensor affine_grid(Tensor theta, long[] size = null, bool align_corners = false) =>
                    Op_affine_grid.Call(theta, size ?? [], align_corners);
            }
        }
    }
}
