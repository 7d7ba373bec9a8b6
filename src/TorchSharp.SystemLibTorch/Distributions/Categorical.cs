namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>One of several classes, by probabilities or by logits (unnormalized logarithms), over the last dimension.</summary>
        public class Categorical : distributions.Distribution
        {
            private Tensor _probs;
            private Tensor _logits;

            public Categorical(Tensor probs = null, Tensor logits = null, Generator generator = null) : base(generator)
            {
                if (probs is null == logits is null) throw new ArgumentException("One and only one of 'probs' and 'logits' should be provided.");

                using var scope = NewDisposeScope();
                if (probs is not null) _probs = probs.div(probs.sum([-1], keepdim: true)).DetachFromDisposeScope();
                else _logits = logits.sub(logits.logsumexp(-1, keepdim: true)).DetachFromDisposeScope();
                batch_shape = new Size(param_shape[..^1]);
            }

            public override Tensor mean => full(ExtendedShape(), double.NaN, dtype: Parameter.dtype, device: Parameter.device);

            public override Tensor variance => mean;

            public override Tensor mode => Parameter.argmax(-1);

            public Tensor probs => _probs ??= LogitsToProbs(_logits).DetachFromDisposeScope();

            public Tensor logits => _logits ??= ProbsToLogits(_probs).DetachFromDisposeScope();

            public long[] param_shape => Parameter.shape;

            private Tensor Parameter => _probs ?? _logits;

            public override Tensor rsample(params long[] sample_shape)
            {
                using var scope = NewDisposeScope();
                var count = sample_shape.Aggregate(1L, (product, size) => product * size);
                var rows = probs.reshape([-1, param_shape[^1]]);
                return multinomial(rows, count, true, generator).t().reshape(ExtendedShape(sample_shape)).MoveToOuterDisposeScope();
            }

            public override Tensor log_prob(Tensor value)
            {
                using var scope = NewDisposeScope();
                var parts = broadcast_tensors(value.to(ScalarType.Int64).unsqueeze(-1), logits);
                return parts[1].gather(-1, parts[0].narrow(-1, 0, 1)).squeeze(-1).MoveToOuterDisposeScope();
            }

            public override Tensor entropy()
            {
                using var scope = NewDisposeScope();
                var finite = logits.clamp(min: finfo(logits.dtype).min);
                return finite.mul(probs).sum([-1]).neg().MoveToOuterDisposeScope();
            }

            public override distributions.Distribution expand(Size batch_shape, distributions.Distribution instance = null)
            {
                using var scope = NewDisposeScope();
                long[] shape = [.. batch_shape.Shape, param_shape[^1]];
                return new Categorical(_probs?.expand(shape), _probs is null ? _logits.expand(shape) : null, generator);
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
            public static Modules.Categorical Categorical(Tensor probs = null, Tensor logits = null, Generator generator = null) =>
                new(probs, logits, generator);

            public static Modules.Categorical Categorical(int categories, Generator generator = null)
            {
                using var uniform = full([categories], 1.0 / categories, dtype: get_default_dtype());
                return new(uniform, null, generator);
            }
        }
    }
}
