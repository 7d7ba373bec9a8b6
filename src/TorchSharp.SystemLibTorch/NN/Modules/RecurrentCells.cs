namespace TorchSharp
{
    namespace Modules
    {
        using TorchSharp.Utils;
        using static TorchSharp.torch;

        /// <summary>One step of a long short-term memory.</summary>
        public sealed class LSTMCell : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor)>
        {
            private static readonly Operator Step = new("lstm_cell");
            private readonly long hidden;

            [ComponentName(Name = nameof(weight_ih))]
            private Parameter _weight_ih;

            [ComponentName(Name = nameof(weight_hh))]
            private Parameter _weight_hh;

            [ComponentName(Name = nameof(bias_ih))]
            private Parameter _bias_ih;

            [ComponentName(Name = nameof(bias_hh))]
            private Parameter _bias_hh;

            internal LSTMCell(long inputSize, long hiddenSize, bool bias, Device device, ScalarType? dtype) : base(nameof(LSTMCell))
            {
                hidden = hiddenSize;
                weight_ih = new Parameter(empty([4 * hiddenSize, inputSize], dtype: dtype, device: device));
                weight_hh = new Parameter(empty([4 * hiddenSize, hiddenSize], dtype: dtype, device: device));
                if (bias) bias_ih = new Parameter(empty([4 * hiddenSize], dtype: dtype, device: device));
                if (bias) bias_hh = new Parameter(empty([4 * hiddenSize], dtype: dtype, device: device));

                var bound = 1 / Math.Sqrt(hiddenSize);
                foreach (var (_, parameter) in named_parameters()) nn.init.uniform_(parameter, -bound, bound);
            }

            public Parameter weight_ih
            {
                get => _weight_ih;
                set => ReplaceComponent(nameof(weight_ih), ref _weight_ih, value);
            }

            public Parameter weight_hh
            {
                get => _weight_hh;
                set => ReplaceComponent(nameof(weight_hh), ref _weight_hh, value);
            }

            public Parameter bias_ih
            {
                get => _bias_ih;
                set => ReplaceComponent(nameof(bias_ih), ref _bias_ih, value);
            }

            public Parameter bias_hh
            {
                get => _bias_hh;
                set => ReplaceComponent(nameof(bias_hh), ref _bias_hh, value);
            }

            public override (Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0)
            {
                if (h0_c0 is { } state) return Step.Call2(input, new[] { state.Item1, state.Item2 }, _weight_ih, _weight_hh, _bias_ih, _bias_hh);
                using var start = zeros(input.dim() == 1 ? [hidden] : [input.size(0), hidden], dtype: input.dtype, device: input.device);
                return Step.Call2(input, new[] { start, start }, _weight_ih, _weight_hh, _bias_ih, _bias_hh);
            }

            public new (Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input, h0_c0);
        }

        /// <summary>One step of a gated recurrent unit.</summary>
        public sealed class GRUCell : nn.Module<Tensor, Tensor, Tensor>
        {
            private static readonly Operator Step = new("gru_cell");
            private readonly long hidden;

            [ComponentName(Name = nameof(weight_ih))]
            private Parameter _weight_ih;

            [ComponentName(Name = nameof(weight_hh))]
            private Parameter _weight_hh;

            [ComponentName(Name = nameof(bias_ih))]
            private Parameter _bias_ih;

            [ComponentName(Name = nameof(bias_hh))]
            private Parameter _bias_hh;

            internal GRUCell(long inputSize, long hiddenSize, bool bias, Device device, ScalarType? dtype) : base(nameof(GRUCell))
            {
                hidden = hiddenSize;
                weight_ih = new Parameter(empty([3 * hiddenSize, inputSize], dtype: dtype, device: device));
                weight_hh = new Parameter(empty([3 * hiddenSize, hiddenSize], dtype: dtype, device: device));
                if (bias) bias_ih = new Parameter(empty([3 * hiddenSize], dtype: dtype, device: device));
                if (bias) bias_hh = new Parameter(empty([3 * hiddenSize], dtype: dtype, device: device));

                var bound = 1 / Math.Sqrt(hiddenSize);
                foreach (var (_, parameter) in named_parameters()) nn.init.uniform_(parameter, -bound, bound);
            }

            public Parameter weight_ih
            {
                get => _weight_ih;
                set => ReplaceComponent(nameof(weight_ih), ref _weight_ih, value);
            }

            public Parameter weight_hh
            {
                get => _weight_hh;
                set => ReplaceComponent(nameof(weight_hh), ref _weight_hh, value);
            }

            public Parameter bias_ih
            {
                get => _bias_ih;
                set => ReplaceComponent(nameof(bias_ih), ref _bias_ih, value);
            }

            public Parameter bias_hh
            {
                get => _bias_hh;
                set => ReplaceComponent(nameof(bias_hh), ref _bias_hh, value);
            }

            public override Tensor forward(Tensor input, Tensor h0 = null)
            {
                if (h0 is not null) return Step.Call(input, h0, _weight_ih, _weight_hh, _bias_ih, _bias_hh);
                using var start = zeros(input.dim() == 1 ? [hidden] : [input.size(0), hidden], dtype: input.dtype, device: input.device);
                return Step.Call(input, start, _weight_ih, _weight_hh, _bias_ih, _bias_hh);
            }
        }

        /// <summary>One step of Elman's recurrent network.</summary>
        public sealed class RNNCell : nn.Module<Tensor, Tensor, Tensor>
        {
            private static readonly Operator StepTanh = new("rnn_tanh_cell");
            private static readonly Operator StepReLU = new("rnn_relu_cell");

            private readonly Operator Step;
            private readonly long hidden;

            [ComponentName(Name = nameof(weight_ih))]
            private Parameter _weight_ih;

            [ComponentName(Name = nameof(weight_hh))]
            private Parameter _weight_hh;

            [ComponentName(Name = nameof(bias_ih))]
            private Parameter _bias_ih;

            [ComponentName(Name = nameof(bias_hh))]
            private Parameter _bias_hh;

            internal RNNCell(long inputSize, long hiddenSize, nn.NonLinearities nonLinearity, bool bias, Device device, ScalarType? dtype) : base(nameof(RNNCell))
            {
                Step = nonLinearity == nn.NonLinearities.ReLU ? StepReLU : StepTanh;
                hidden = hiddenSize;
                weight_ih = new Parameter(empty([hiddenSize, inputSize], dtype: dtype, device: device));
                weight_hh = new Parameter(empty([hiddenSize, hiddenSize], dtype: dtype, device: device));
                if (bias) bias_ih = new Parameter(empty([hiddenSize], dtype: dtype, device: device));
                if (bias) bias_hh = new Parameter(empty([hiddenSize], dtype: dtype, device: device));

                var bound = 1 / Math.Sqrt(hiddenSize);
                foreach (var (_, parameter) in named_parameters()) nn.init.uniform_(parameter, -bound, bound);
            }

            public Parameter weight_ih
            {
                get => _weight_ih;
                set => ReplaceComponent(nameof(weight_ih), ref _weight_ih, value);
            }

            public Parameter weight_hh
            {
                get => _weight_hh;
                set => ReplaceComponent(nameof(weight_hh), ref _weight_hh, value);
            }

            public Parameter bias_ih
            {
                get => _bias_ih;
                set => ReplaceComponent(nameof(bias_ih), ref _bias_ih, value);
            }

            public Parameter bias_hh
            {
                get => _bias_hh;
                set => ReplaceComponent(nameof(bias_hh), ref _bias_hh, value);
            }

            public override Tensor forward(Tensor input, Tensor h0 = null)
            {
                if (h0 is not null) return Step.Call(input, h0, _weight_ih, _weight_hh, _bias_ih, _bias_hh);
                using var start = zeros(input.dim() == 1 ? [hidden] : [input.size(0), hidden], dtype: input.dtype, device: input.device);
                return Step.Call(input, start, _weight_ih, _weight_hh, _bias_ih, _bias_hh);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.LSTMCell LSTMCell(long inputSize, long hiddenSize, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(inputSize, hiddenSize, bias, device, dtype);

            public static Modules.GRUCell GRUCell(long inputSize, long hiddenSize, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(inputSize, hiddenSize, bias, device, dtype);

            public static Modules.RNNCell RNNCell(
                long inputSize, long hiddenSize, NonLinearities nonLinearity = NonLinearities.Tanh, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new(inputSize, hiddenSize, nonLinearity, bias, device, dtype);
        }
    }
}
