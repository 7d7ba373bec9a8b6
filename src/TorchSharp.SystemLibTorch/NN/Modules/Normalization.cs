namespace TorchSharp
{
    namespace Modules
    {
        using TorchSharp.Utils;
        using static TorchSharp.torch;

        /// <summary>Normalizes groups of channels of each sample (Wu and He 2018).</summary>
        public sealed class GroupNorm : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = nameof(weight))]
            private Parameter _weight;

            [ComponentName(Name = nameof(bias))]
            private Parameter _bias;

            internal GroupNorm(long num_groups, long num_channels, double eps, bool affine, Device device, ScalarType? dtype) : base(nameof(GroupNorm))
            {
                if (num_groups <= 0 || num_channels % num_groups != 0)
                    throw new ArgumentException($"num_channels ({num_channels}) must be divisible by num_groups ({num_groups}).", nameof(num_groups));

                this.num_groups = num_groups;
                this.eps = eps;
                this.affine = affine;
                if (!affine) return;
                weight = new Parameter(ones([num_channels], dtype: dtype, device: device));
                bias = new Parameter(zeros([num_channels], dtype: dtype, device: device));
            }

            public Parameter weight
            {
                get => _weight;
                set => ReplaceComponent(nameof(weight), ref _weight, value);
            }

            public Parameter bias
            {
                get => _bias;
                set => ReplaceComponent(nameof(bias), ref _bias, value);
            }

            public long num_groups { get; set; }

            public double eps { get; set; }

            public bool affine { get; set; }

            public override Tensor forward(Tensor tensor) => nn.functional.group_norm(tensor, num_groups, _weight, _bias, eps);
        }

        /// <summary>Normalizes over the last dimensions of each sample (Ba, Kiros and Hinton 2016).</summary>
        public sealed class LayerNorm : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = nameof(weight))]
            private Parameter _weight;

            [ComponentName(Name = nameof(bias))]
            private Parameter _bias;

            internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device device, ScalarType? dtype) : base(nameof(LayerNorm))
            {
                this.normalized_shape = normalized_shape;
                this.eps = eps;
                this.elementwise_affine = elementwise_affine;
                if (!elementwise_affine) return;
                weight = new Parameter(ones(normalized_shape, dtype: dtype, device: device));
                if (bias) this.bias = new Parameter(zeros(normalized_shape, dtype: dtype, device: device));
            }

            public Parameter weight
            {
                get => _weight;
                set => ReplaceComponent(nameof(weight), ref _weight, value);
            }

            public Parameter bias
            {
                get => _bias;
                set => ReplaceComponent(nameof(bias), ref _bias, value);
            }

            public long[] normalized_shape { get; set; }

            public double eps { get; set; }

            public bool elementwise_affine { get; set; }

            public void reset_parameters()
            {
                if (_weight is not null) nn.init.ones_(_weight);
                if (_bias is not null) nn.init.zeros_(_bias);
            }

            public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, normalized_shape, _weight, _bias, eps);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.GroupNorm GroupNorm(
                long num_groups, long num_channels, double eps = 1e-5, bool affine = true, Device device = null, ScalarType? dtype = null) =>
                new(num_groups, num_channels, eps, affine, device, dtype);

            public static Modules.LayerNorm LayerNorm(
                long[] normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

            public static Modules.LayerNorm LayerNorm(
                long normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new([normalized_shape], eps, elementwise_affine, bias, device, dtype);
        }
    }
}
