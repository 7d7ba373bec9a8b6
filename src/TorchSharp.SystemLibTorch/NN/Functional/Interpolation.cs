namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static partial class functional
            {
                // By number of spatial dimensions, 1 to 3.
                private static readonly Operator[] Op_nearest = Vectorized("upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d");
                private static readonly Operator[] Op_nearest_exact = Vectorized("_upsample_nearest_exact1d", "_upsample_nearest_exact2d", "_upsample_nearest_exact3d");
                private static readonly Operator[] Op_smooth = Vectorized("upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d");
                private static readonly Operator Op_bicubic = new("upsample_bicubic2d", "vec");
                private static readonly Operator Op_bilinear_antialias = new("_upsample_bilinear2d_aa", "vec");
                private static readonly Operator Op_bicubic_antialias = new("_upsample_bicubic2d_aa", "vec");
                private static readonly Operator Op_adaptive_avg_pool3d = new("adaptive_avg_pool3d");

                private static Operator[] Vectorized(params string[] names) => Array.ConvertAll(names, name => new Operator(name, "vec"));

                /// <summary>Resizes the dimensions after batch and channel, to a size or by factors (exactly one of the two).</summary>
                public static Tensor interpolate(
                    Tensor x, long[] size = null, double[] scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest,
                    bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
                {
                    var spatial = (int)x.dim() - 2;
                    if (spatial is < 1 or > 3) throw new ArgumentException($"Input must have 3 to 5 dimensions, got {x.dim()}.", nameof(x));
                    if ((size is null) == (scale_factor is null)) throw new ArgumentException("Exactly one of size and scale_factor must be given.");
                    if ((size?.Length ?? scale_factor.Length) != spatial)
                        throw new ArgumentException($"Expected {spatial} sizes or factors, one for each spatial dimension, got {size?.Length ?? scale_factor.Length}.");
                    if (align_corners is not null && mode is InterpolationMode.Nearest or InterpolationMode.Area or InterpolationMode.NearestExact && align_corners.Value)
                        throw new ArgumentException("align_corners can only be set with the modes linear, bilinear, bicubic and trilinear.", nameof(align_corners));
                    if (antialias && (mode is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic) || spatial != 2))
                        throw new ArgumentException("antialias needs mode bilinear or bicubic and a 4-dimensional input.", nameof(antialias));

                    if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                    {
                        size = new long[spatial];
                        for (var i = 0; i < spatial; i++) size[i] = (long)Math.Floor(x.size(i + 2) * scale_factor[i]);
                        scale_factor = null;
                    }

                    var corners = align_corners ?? false;
                    return mode switch
                    {
                        InterpolationMode.Nearest => Op_nearest[spatial - 1].Call(x, size, scale_factor),
                        InterpolationMode.NearestExact => Op_nearest_exact[spatial - 1].Call(x, size, scale_factor),
                        InterpolationMode.Area when spatial == 1 => Op_adaptive_avg_pool1d.Call(x, size),
                        InterpolationMode.Area when spatial == 2 => Op_adaptive_avg_pool2d.Call(x, size),
                        InterpolationMode.Area => Op_adaptive_avg_pool3d.Call(x, size),
                        InterpolationMode.Bilinear when antialias => Op_bilinear_antialias.Call(x, size, corners, scale_factor),
                        InterpolationMode.Bicubic when antialias => Op_bicubic_antialias.Call(x, size, corners, scale_factor),
                        InterpolationMode.Bicubic when spatial == 2 => Op_bicubic.Call(x, size, corners, scale_factor),
                        InterpolationMode.Linear when spatial == 1 => Op_smooth[0].Call(x, size, corners, scale_factor),
                        InterpolationMode.Bilinear when spatial == 2 => Op_smooth[1].Call(x, size, corners, scale_factor),
                        InterpolationMode.Trilinear when spatial == 3 => Op_smooth[2].Call(x, size, corners, scale_factor),
                        _ => throw new ArgumentException($"Mode {mode} does not fit an input of {x.dim()} dimensions.", nameof(mode)),
                    };
                }

                public static Tensor upsample(
                    Tensor input, long[] size = null, double[] scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest, bool align_corners = false) =>
                    interpolate(input, size, scale_factor, (InterpolationMode)mode, align_corners);
            }
        }
    }
}
