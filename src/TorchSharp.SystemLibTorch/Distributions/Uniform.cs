namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Any number in [low, high), all equally likely.</summary>
        public class Uniform : distributions.Distribution
        {
            private readonly Tensor low;
            private readonly Tensor high;

            public Uniform(Tensor low, Tensor high, Generator generator = null) : base(generator)
            {
                var parts = Broadcast(low, high);
                (this.low, this.high) = (parts[0], parts[1]);
                batch_shape = new Size(this.low.shape);
            }

            public override Tensor mean
            {
                get
                {
                    using var sum = high.add(low);
                    return sum.div(2);
                }
            }

            public override Tensor mode => high.mul(double.NaN);

            public override Tensor variance
            {
                get
                {
                    using var scope = NewDisposeScope();
                    return high.sub(low).pow(2).div(12).MoveToOuterDisposeScope();
                }
            }

            public override Tensor rsample(params long[] sample_shape)
            {
                using var scope = NewDisposeScope();
                var share = rand(ExtendedShape(sample_shape), dtype: low.dtype, device: low.device, generator: generator);
                return low.add(share.mul(high.sub(low))).MoveToOuterDisposeScope();
            }

            public override Tensor log_prob(Tensor value)
            {
                using var scope = NewDisposeScope();
                var inside = low.le(value).to(low.dtype).mul(high.gt(value).to(low.dtype));
                return inside.log().sub(high.sub(low).log()).MoveToOuterDisposeScope();
            }

            public override Tensor cdf(Tensor value)
            {
                using var scope = NewDisposeScope();
                return value.sub(low).div(high.sub(low)).clamp(0, 1).MoveToOuterDisposeScope();
            }

            public override Tensor icdf(Tensor value)
            {
                using var scope = NewDisposeScope();
                return value.mul(high.sub(low)).add(low).MoveToOuterDisposeScope();
            }

            public override Tensor entropy()
            {
                using var width = high.sub(low);
                return width.log();
            }

            public override distributions.Distribution expand(Size batch_shape, distributions.Distribution instance = null)
            {
                using var scope = NewDisposeScope();
                return new Uniform(low.expand(batch_shape.Shape), high.expand(batch_shape.Shape), generator);
            }

            protected override void Dispose(bool disposing)
            {
                if (!disposing) return;
                low.Dispose();
                high.Dispose();
            }
        }
    }

    public static partial class torch
    {
        public static partial class distributions
        {
            public static Modules.Uniform Uniform(Tensor low, Tensor high, Generator generator = null) => new(low, high, generator);
        }
    }
}
