namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>A number in (0, 1). The first concentration pulls towards 1, the second towards 0.</summary>
        public class Beta : distributions.Distribution
        {
            private static readonly Operator DrawGamma = new("_standard_gamma");

            private readonly Tensor toward_one;
            private readonly Tensor toward_zero;

            public Beta(Tensor concentration1, Tensor concentration0, Generator generator = null) : base(generator)
            {
                var parts = Broadcast(concentration1, concentration0);
                (toward_one, toward_zero) = (parts[0], parts[1]);
                batch_shape = new Size(toward_one.shape);
            }

            public override Tensor mean
            {
                get
                {
                    using var total = toward_one.add(toward_zero);
                    return toward_one.div(total);
                }
            }

            public override Tensor variance
            {
                get
                {
                    using var scope = NewDisposeScope();
                    var total = toward_one.add(toward_zero);
                    return toward_one.mul(toward_zero).div(total.pow(2).mul(total.add(1))).MoveToOuterDisposeScope();
                }
            }

            /// <summary>By two gamma variables, drawn as one tensor so that they come in PyTorch's order; gradients are implicit.</summary>
            public override Tensor rsample(params long[] sample_shape)
            {
                using var scope = NewDisposeScope();
                var shape = ExtendedShape(sample_shape);
                var both = stack([toward_one.expand(shape), toward_zero.expand(shape)], -1);
                var gammas = DrawGamma.Call(both, generator).clamp(min: finfo(both.dtype).tiny);
                var shares = gammas.div(gammas.sum([-1], keepdim: true));
                return shares.select(-1, 0).MoveToOuterDisposeScope();
            }

            public override Tensor log_prob(Tensor value)
            {
                using var scope = NewDisposeScope();
                var kernel = value.log().mul(toward_one.sub(1)).add(value.neg().log1p().mul(toward_zero.sub(1)));
                return kernel.sub(LogNormalizer()).MoveToOuterDisposeScope();
            }

            public override Tensor entropy()
            {
                using var scope = NewDisposeScope();
                var total = toward_one.add(toward_zero);
                return LogNormalizer()
                    .sub(toward_one.sub(1).mul(toward_one.digamma()))
                    .sub(toward_zero.sub(1).mul(toward_zero.digamma()))
                    .add(total.sub(2).mul(total.digamma()))
                    .MoveToOuterDisposeScope();
            }

            private Tensor LogNormalizer() =>
                toward_one.lgamma().add(toward_zero.lgamma()).sub(toward_one.add(toward_zero).lgamma());

            public override distributions.Distribution expand(Size batch_shape, distributions.Distribution instance = null)
            {
                using var scope = NewDisposeScope();
                return new Beta(toward_one.expand(batch_shape.Shape), toward_zero.expand(batch_shape.Shape), generator);
            }

            protected override void Dispose(bool disposing)
            {
                if (!disposing) return;
                toward_one.Dispose();
                toward_zero.Dispose();
            }
        }
    }

    public static partial class torch
    {
        public static partial class distributions
        {
            public static Modules.Beta Beta(Tensor concentration1, Tensor concentration0, Generator generator = null) =>
                new(concentration1, concentration0, generator);
        }
    }
}
