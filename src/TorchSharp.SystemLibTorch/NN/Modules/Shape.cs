// Layers that only rearrange, drop or compare, and hold no tensors.
namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        public sealed class Identity : ParameterLessModule<Tensor, Tensor>
        {
            internal Identity() : base(nameof(Identity)) { }

            public override Tensor forward(Tensor tensor) => tensor.alias();
        }

        public sealed class Flatten : ParameterLessModule<Tensor, Tensor>
        {
            internal Flatten(long start_dim, long end_dim) : base(nameof(Flatten))
            {
                this.start_dim = start_dim;
                this.end_dim = end_dim;
            }

            public long start_dim { get; set; }

            public long end_dim { get; set; }

            public override Tensor forward(Tensor input) => input.flatten(start_dim, end_dim);
        }

        public sealed class Unflatten : ParameterLessModule<Tensor, Tensor>
        {
            internal Unflatten(long dim, long[] unflattened_size) : base(nameof(Unflatten))
            {
                this.dim = dim;
                this.unflattened_size = unflattened_size;
            }

            public long dim { get; set; }

            public long[] unflattened_size { get; set; }

            public override Tensor forward(Tensor tensor) => tensor.unflatten(dim, unflattened_size);
        }

        public sealed class PixelShuffle : ParameterLessModule<Tensor, Tensor>
        {
            internal PixelShuffle(long upscale_factor) : base(nameof(PixelShuffle)) => this.upscale_factor = upscale_factor;

            public long upscale_factor { get; set; }

            public override Tensor forward(Tensor input) => nn.functional.pixel_shuffle(input, upscale_factor);
        }

        public sealed class CosineSimilarity : ParameterLessModule<Tensor, Tensor, Tensor>
        {
            internal CosineSimilarity(long dim, double eps) : base(nameof(CosineSimilarity))
            {
                this.dim = dim;
                this.eps = eps;
            }

            public long dim { get; set; }

            public double eps { get; set; }

            public override Tensor forward(Tensor input1, Tensor input2) => nn.functional.cosine_similarity(input1, input2, dim, eps);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Identity Identity() => new();

            public static Modules.Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);

            public static Modules.Unflatten Unflatten(long dim, long[] unflattened_size) => new(dim, unflattened_size);

            public static Modules.PixelShuffle PixelShuffle(long upscale_factor) => new(upscale_factor);

            public static Modules.CosineSimilarity CosineSimilarity(long dim = 1, double eps = 1e-8) => new(dim, eps);
        }
    }
}
