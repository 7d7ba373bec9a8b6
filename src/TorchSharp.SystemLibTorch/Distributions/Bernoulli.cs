namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>0 or 1, by the probability of 1 or by its logit.</summary>
        public class Bernoulli : distributions.Distribution
        {
            private static readonly Operator Draw = new("bernoulli");

            private Tensor _probs;
            private Tensor _logits;

            public Bernoulli(Tensor p = null, Tensor l = null, Generator generator = null) : base(generator)
            {
                if (p is null == l is null) throw new ArgumentException("One and only one of 'probs' and 'logits' should be provided.");
                _probs = p?.alias().DetachFromDisposeScope();
                _logits = l?.alias().DetachFromDisposeScope();
                batch_shape = new Size((p ?? l).shape);
            }

            public Tensor probs => _probs ??= LogitsToProbs(_logits, true).DetachFromDisposeScope();

            public Tensor logits => _logits ??= ProbsToLogits(_probs, true).DetachFromDisposeScope();

            public override Tensor mean => probs;

            public override Tensor mode
            {
                get
                {
                    using var scope = NewDisposeScope();
                    var one = probs.ge(0.5).to(probs.dtype);
                    return one.masked_fill(probs.eq(0.5), double.NaN).MoveToOuterDisposeScope();
                }
            }

            public override Tensor variance
            {
                get
                {
                    using var scope = NewDisposeScope();
                    return probs.mul(probs.neg().add(1)).MoveToOuterDisposeScope();
                }
            }

            public override Tensor rsample(params long[] sample_shape)
            {
                using var scope = NewDisposeScope();
                return Draw.Call(probs.expand(ExtendedShape(sample_shape)), generator).MoveToOuterDisposeScope();
            }

            public override Tensor log_prob(Tensor value)
            {
                using var scope = NewDisposeScope();
                var parts = broadcast_tensors(logits, value);
                return nn.functional.binary_cross_entropy_with_logits(parts[0], parts[1], reduction: nn.Reduction.None).neg().MoveToOuterDisposeScope();
            }

            public override Tensor entropy() =>
                nn.functional.binary_cross_entropy_with_logits(logits, probs, reduction: nn.Reduction.None);

            public override distributions.Distribution expand(Size batch_shape, distributions.Distribution instance = null)
            {
                using var scope = NewDisposeScope();
                return new Bernoulli(_probs?.expand(batch_shape.Shape), _probs is null ? _logits.expand(batch_shape.Shape) : null, generator);
            }

            protected override void Dispose(bool disposing)
            {
                if (!disposing) return;
                _probs?.Dispose();
                _logits?.Dispose();
            }
        }
    }

    public static partial class torch
    {
        public static partial class distributions
        {
            public static Modules.Bernoulli Bernoulli(Tensor probs = null, Tensor logits = null, Generator generator = null) =>
                new(probs, logits, generator);

            public static Modules.Bernoulli Bernoulli(float? probs, float? logits, Generator generator = null) =>
                new(probs is { } p ? tensor(p) : null, logits is { } l ? tensor(l) : null, generator);

            public static Modules.Bernoulli Bernoulli(double? probs, double? logits, Generator generator = null) =>
                new(probs is { } p ? tensor(p) : null, logits is { } l ? tensor(l) : null, generator);
        }
    }
}
