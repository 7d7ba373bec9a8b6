namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        public class Normal : distributions.Distribution
        {
            private static readonly Operator Draw = new("normal", "Tensor_Tensor");

            private readonly Tensor loc;
            private readonly Tensor scale;

            public Normal(Tensor loc, Tensor scale, Generator generator = null) : base(generator)
            {
                var parts = Broadcast(loc, scale);
                (this.loc, this.scale) = (parts[0], parts[1]);
                batch_shape = new Size(this.loc.shape);
            }

            public override Tensor mean => loc;

            public override Tensor mode => loc;

            public override Tensor stddev => scale;

            public override Tensor variance => scale.pow(2);

            public override Tensor sample(params long[] sample_shape)
            {
                using (no_grad())
                using (var scope = NewDisposeScope())
                {
                    var shape = ExtendedShape(sample_shape);
                    return Draw.Call(loc.expand(shape), scale.expand(shape), generator).MoveToOuterDisposeScope();
                }
            }

            public override Tensor rsample(params long[] sample_shape)
            {
                using var scope = NewDisposeScope();
                var noise = empty(ExtendedShape(sample_shape), dtype: loc.dtype, device: loc.device).normal_(generator: generator);
                return loc.add(noise.mul(scale)).MoveToOuterDisposeScope();
            }

            public override Tensor log_prob(Tensor value)
            {
                using var scope = NewDisposeScope();
                var exponent = value.sub(loc).pow(2).neg().div(this.scale.pow(2).mul(2));
                return exponent.sub(this.scale.log()).sub(Math.Log(Math.Sqrt(2 * Math.PI))).MoveToOuterDisposeScope();
            }

            public override Tensor entropy()
            {
                using var log = scale.log();
                return log.add(0.5 + 0.5 * Math.Log(2 * Math.PI));
            }

            public override Tensor cdf(Tensor value)
            {
                using var scope = NewDisposeScope();
                return value.sub(loc).mul(this.scale.reciprocal()).div(Math.Sqrt(2)).erf().add(1).mul(0.5).MoveToOuterDisposeScope();
            }

            public override Tensor icdf(Tensor value)
            {
                using var scope = NewDisposeScope();
                return loc.add(this.scale.mul(value.mul(2).sub(1).erfinv()).mul(Math.Sqrt(2))).MoveToOuterDisposeScope();
            }

            public override distributions.Distribution expand(Size batch_shape, distributions.Distribution instance = null) =>
                new Normal(loc.expand(batch_shape.Shape), scale.expand(batch_shape.Shape), generator);

            protected override void Dispose(bool disposing)
            {
                if (!disposing) return;
                loc.Dispose();
                scale.Dispose();
            }
        }
    }

    public static partial class torch
    {
        public static partial class distributions
        {
            public static Modules.Normal Normal(Tensor loc, Tensor scale, Generator generator = null) => new(loc, scale, generator);

            public static Modules.Normal Normal(float loc, float scale = 1.0f, Generator generator = null) => new(tensor(loc), tensor(scale), generator);

            public static Modules.Normal Normal(double loc, double scale = 1.0, Generator generator = null) => new(tensor(loc), tensor(scale), generator);
        }
    }
}
