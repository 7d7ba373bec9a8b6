namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Normalizes each channel over the batch while training, by running statistics otherwise (Ioffe and Szegedy 2015).</summary>
        public abstract class BatchNorm : NormBase
        {
            public BatchNorm(
                long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype, string name)
                : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
            {
            }

            public override Tensor forward(Tensor input)
            {
                ValidateInputDimensions(input);

                var tracks = training && track_running_stats && num_batches_tracked is not null;
                if (tracks) num_batches_tracked.add_(1);

                // Without momentum the running statistics are the plain mean over all batches so far.
                var factor = momentum ?? (tracks ? 1.0 / num_batches_tracked.ToInt64() : 0.0);
                var by_batch = training || (running_mean is null && running_var is null);
                var keeps = !training || track_running_stats;
                return nn.functional.batch_norm(
                    input, keeps ? running_mean : null, keeps ? running_var : null, weight, bias, by_batch, factor, eps);
            }
        }

        /// <summary>Normalizes each channel of each sample.</summary>
        public abstract class InstanceNorm : NormBase
        {
            public InstanceNorm(
                long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype, string name)
                : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
            {
            }

            protected abstract long GetNumberOfBatchDimensions();

            public override Tensor forward(Tensor input)
            {
                ValidateInputDimensions(input);

                var channels = input.dim() - GetNumberOfBatchDimensions();
                if (input.size((int)channels) != num_features)
                    throw new ArgumentException($"expected input's size at dim={channels} to match num_features ({num_features}), but got: {input.size((int)channels)}.");
                if (channels != 0) return Normalize(input);

                using var batch = input.unsqueeze(0);
                using var normalized = Normalize(batch);
                return normalized.squeeze(0);
            }

            private Tensor Normalize(Tensor input) =>
                nn.functional.instance_norm(input, running_mean, running_var, weight, bias, training || !track_running_stats, momentum ?? 0.1, eps);
        }

        public sealed class BatchNorm1d : BatchNorm
        {
            internal BatchNorm1d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype)
                : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm1d))
            {
            }

            protected override void ValidateInputDimensions(Tensor input) => RequireDimensions(input, 2, 3);
        }

        public sealed class BatchNorm2d : BatchNorm
        {
            internal BatchNorm2d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype)
                : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm2d))
            {
            }

            protected override void ValidateInputDimensions(Tensor input) => RequireDimensions(input, 4, 4);
        }

        public sealed class InstanceNorm1d : InstanceNorm
        {
            internal InstanceNorm1d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype)
                : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(InstanceNorm1d))
            {
            }

            protected override long GetNumberOfBatchDimensions() => 2;

            protected override void ValidateInputDimensions(Tensor input) => RequireDimensions(input, 2, 3);
        }

        public sealed class InstanceNorm2d : InstanceNorm
        {
            internal InstanceNorm2d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype)
                : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(InstanceNorm2d))
            {
            }

            protected override long GetNumberOfBatchDimensions() => 3;

            protected override void ValidateInputDimensions(Tensor input) => RequireDimensions(input, 3, 4);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.BatchNorm1d BatchNorm1d(
                long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static Modules.BatchNorm2d BatchNorm2d(
                long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static Modules.InstanceNorm1d InstanceNorm1d(
                long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static Modules.InstanceNorm2d InstanceNorm2d(
                long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);
        }
    }
}
