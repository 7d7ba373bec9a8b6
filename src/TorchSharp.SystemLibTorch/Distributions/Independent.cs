namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Counts the last batch dimensions of another distribution as dimensions of one event. The base stays its owner's to dispose.</summary>
        public class Independent : distributions.Distribution
        {
            private readonly distributions.Distribution source;
            private readonly int reinterpreted;

            public Independent(distributions.Distribution base_distribution, int reinterpreted_batch_ndims, Generator generator = null) : base(generator)
            {
                var batch = base_distribution.batch_shape.Shape;
                if (reinterpreted_batch_ndims < 0 || reinterpreted_batch_ndims > batch.Length)
                    throw new ArgumentException($"Expected at most {batch.Length} batch dimensions to reinterpret, got {reinterpreted_batch_ndims}.", nameof(reinterpreted_batch_ndims));

                source = base_distribution;
                reinterpreted = reinterpreted_batch_ndims;
                var kept = batch.Length - reinterpreted;
                _init(new Size(batch[..kept]), new Size([.. batch[kept..], .. base_distribution.event_shape.Shape]));
            }

            public override Tensor mean => source.mean;

            public override Tensor mode => source.mode;

            public override Tensor variance => source.variance;

            public override Tensor sample(params long[] sample_shape) => source.sample(sample_shape);

            public override Tensor rsample(params long[] sample_shape) => source.rsample(sample_shape);

            public override Tensor log_prob(Tensor value)
            {
                using var each = source.log_prob(value);
                return SumReinterpreted(each);
            }

            public override Tensor entropy()
            {
                using var each = source.entropy();
                return SumReinterpreted(each);
            }

            private Tensor SumReinterpreted(Tensor each) =>
                reinterpreted == 0 ? each.alias() : each.sum(Enumerable.Range(1, reinterpreted).Select(i => (long)-i).ToArray());

            public override distributions.Distribution expand(Size batch_shape, distributions.Distribution instance = null) =>
                new Independent(source.expand(new Size([.. batch_shape.Shape, .. source.batch_shape.Shape[^reinterpreted..]])), reinterpreted, generator);
        }
    }

    public static partial class torch
    {
        public static partial class distributions
        {
            public static Modules.Independent Independent(Distribution base_distribution, int reinterpreted_batch_dims, Generator generator = null) =>
                new(base_distribution, reinterpreted_batch_dims, generator);
        }
    }
}
