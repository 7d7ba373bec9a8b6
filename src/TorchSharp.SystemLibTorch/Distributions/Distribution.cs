namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            /// <summary>A probability distribution, or a batch of them. Shapes of samples are sample shape, batch shape, event shape.</summary>
            public abstract class Distribution : IDisposable
            {
                protected const double euler_constant = 0.57721566490153286060;

                protected Generator generator;

                public Distribution(Generator generator, long[] batch_shape = null, long[] event_shape = null)
                    : this(generator, new Size(batch_shape ?? []), new Size(event_shape ?? []))
                {
                }

                public Distribution(Generator generator, Size batch_shape, Size? event_shape = null)
                {
                    this.generator = generator;
                    _init(batch_shape, event_shape);
                }

                public Size batch_shape { get; protected set; }

                public Size event_shape { get; protected set; }

                public abstract Tensor mean { get; }

                public virtual Tensor mode => throw new NotSupportedException($"{GetType().Name} has no mode.");

                public abstract Tensor variance { get; }

                public virtual Tensor stddev
                {
                    get
                    {
                        using var square = variance;
                        return square.sqrt();
                    }
                }

                protected void _init(Size? batch_shape = null, Size? event_shape = null)
                {
                    this.batch_shape = batch_shape ?? new Size(Array.Empty<long>());
                    this.event_shape = event_shape ?? new Size(Array.Empty<long>());
                }

                /// <summary>Draws without gradient.</summary>
                public virtual Tensor sample(params long[] sample_shape)
                {
                    using (no_grad()) return rsample(sample_shape);
                }

                public Tensor sample(Size sample_shape) => sample(sample_shape.Shape);

                /// <summary>Draws so that gradients reach the distribution's parameters, where it can.</summary>
                public abstract Tensor rsample(params long[] sample_shape);

                public Tensor rsample(Size sample_shape) => rsample(sample_shape.Shape);

                public abstract Tensor log_prob(Tensor value);

                public abstract Tensor entropy();

                public abstract Distribution expand(Size batch_shape, Distribution instance = null);

                public virtual Tensor cdf(Tensor value) => throw new NotSupportedException($"{GetType().Name} has no cdf.");

                public virtual Tensor icdf(Tensor value) => throw new NotSupportedException($"{GetType().Name} has no icdf.");

                public virtual Tensor enumerate_support(bool expand = true) => throw new NotSupportedException($"{GetType().Name} has no finite support.");

                public virtual Tensor perplexity()
                {
                    using var bits = entropy();
                    return bits.exp();
                }

                protected long[] ExtendedShape(params long[] sample_shape) => [.. sample_shape, .. batch_shape.Shape, .. event_shape.Shape];

                protected Tensor LogitsToProbs(Tensor logits, bool isBinary = false) => isBinary ? logits.sigmoid() : nn.functional.softmax(logits, -1);

                protected Tensor ProbsToLogits(Tensor probs, bool isBinary = false)
                {
                    using var scope = NewDisposeScope();
                    var clamped = ClampProbs(probs);
                    var logits = isBinary ? clamped.log().sub(clamped.neg().log1p()) : clamped.log();
                    return logits.MoveToOuterDisposeScope();
                }

                protected Tensor ClampProbs(Tensor probs)
                {
                    var eps = finfo(probs.dtype).eps;
                    return probs.clamp(eps, 1 - eps);
                }

                /// <summary>max(x, 0) with the gradient 1/2 at 0.</summary>
                protected Tensor ClampByZero(Tensor x)
                {
                    using var scope = NewDisposeScope();
                    return x.clamp(min: 0).add(x).sub(x.clamp(max: 0)).div(2).MoveToOuterDisposeScope();
                }

                /// <summary>Parameters broadcast to one shape, kept beyond the present dispose scope.</summary>
                private protected static Tensor[] Broadcast(params Tensor[] parameters) =>
                    broadcast_tensors(parameters).Select(parameter => parameter.DetachFromDisposeScope()).ToArray();

                protected virtual void Dispose(bool disposing)
                {
                }

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }
            }
        }
    }
}
