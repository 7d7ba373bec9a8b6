namespace TorchSharp
{
    namespace Modules
    {
        using TorchSharp.Utils;
        using static TorchSharp.torch;

        /// <summary>x weight' + bias.</summary>
        public sealed class Linear : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = nameof(weight))]
            private Parameter _weight;

            [ComponentName(Name = nameof(bias))]
            private Parameter _bias;

            internal Linear(Parameter weight, Parameter bias) : base(nameof(Linear))
            {
                in_features = weight.size(1);
                out_features = weight.size(0);
                this.weight = weight;
                this.bias = bias;
            }

            internal Linear(long inputSize, long outputSize, bool hasBias, Device device, ScalarType? dtype) : base(nameof(Linear))
            {
                in_features = inputSize;
                out_features = outputSize;
                weight = new Parameter(empty([outputSize, inputSize], dtype: dtype, device: device));
                if (hasBias) bias = new Parameter(empty([outputSize], dtype: dtype, device: device));
                DefaultInit.WeightAndBias(_weight, _bias);
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

            public long in_features { get; set; }

            public long out_features { get; set; }

            public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, _weight, _bias);
        }

        /// <summary>x1 weight x2 + bias, one matrix for each output.</summary>
        public sealed class Bilinear : nn.Module<Tensor, Tensor, Tensor>
        {
            [ComponentName(Name = nameof(weight))]
            private Parameter _weight;

            [ComponentName(Name = nameof(bias))]
            private Parameter _bias;

            internal Bilinear(long in1_features, long in2_features, long out_features, bool hasBias, Device device, ScalarType? dtype) : base(nameof(Bilinear))
            {
                this.in1_features = in1_features;
                this.in2_features = in2_features;
                this.out_features = out_features;
                weight = new Parameter(empty([out_features, in1_features, in2_features], dtype: dtype, device: device));
                if (hasBias) bias = new Parameter(empty([out_features], dtype: dtype, device: device));

                var bound = 1 / Math.Sqrt(in1_features);
                nn.init.uniform_(_weight, -bound, bound);
                if (_bias is not null) nn.init.uniform_(_bias, -bound, bound);
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

            public long in1_features { get; set; }

            public long in2_features { get; set; }

            public long out_features { get; set; }

            public override Tensor forward(Tensor input1, Tensor input2) => nn.functional.bilinear(input1, input2, _weight, _bias);
        }

        internal static class DefaultInit
        {
            /// <summary>
            /// PyTorch's initial values of linear and convolution layers: weight and bias uniform within 1/sqrt(fan in). PyTorch draws the
            /// weight by kaiming_uniform with a = sqrt(5), which is that; the order (weight, bias) decides which numbers come.
            /// </summary>
            public static void WeightAndBias(Parameter weight, Parameter bias)
            {
                nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
                if (bias is null) return;
                var (fanIn, _) = nn.init.CalculateFanInAndFanOut(weight);
                if (fanIn == 0) nn.init.zeros_(bias);
                else nn.init.uniform_(bias, -1 / Math.Sqrt(fanIn), 1 / Math.Sqrt(fanIn));
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device device = null, ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);

            public static Modules.Linear Linear(Modules.Parameter weight, Modules.Parameter bias = null) => new(weight, bias);

            public static Modules.Bilinear Bilinear(
                long in1_features, long in2_features, long out_features, bool hasBias = true, Device device = null, ScalarType? dtype = null) =>
                new(in1_features, in2_features, out_features, hasBias, device, dtype);

            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
