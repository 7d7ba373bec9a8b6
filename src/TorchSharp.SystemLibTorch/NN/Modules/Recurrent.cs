namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997). Gates in the order input, forget, cell, output.</summary>
        public sealed class LSTM : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
        {
            private static readonly Operator OnTensor = new("lstm", "input");
            private static readonly Operator OnPacked = new("lstm", "data");

            private readonly RecurrentStack stack;

            internal LSTM(RecurrentStack.Sizes sizes, Device device, ScalarType? dtype) : base(nameof(LSTM))
            {
                stack = new RecurrentStack(4, sizes, device, dtype);
                stack.Register(register_parameter);
            }

            public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0 = null)
            {
                if (h0_c0 is { } state)
                    return OnTensor.Call3(input, new[] { state.Item1, state.Item2 }, stack.Parameters, stack.HasBias, stack.Layers, stack.Dropout, training, stack.Bidirectional, stack.BatchFirst);

                using var zeros = stack.InitialState(input, input.size(stack.BatchFirst ? 0 : 1));
                return OnTensor.Call3(input, new[] { zeros, zeros }, stack.Parameters, stack.HasBias, stack.Layers, stack.Dropout, training, stack.Bidirectional, stack.BatchFirst);
            }

            public new (Tensor, Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input, h0_c0);

            public (nn.utils.rnn.PackedSequence, Tensor, Tensor) call(nn.utils.rnn.PackedSequence input, (Tensor, Tensor)? h0_c0 = null)
            {
                using var scope = NewDisposeScope();
                var zeros = h0_c0 is null ? stack.InitialState(input.data, input.BatchSize) : null;
                var h0 = h0_c0 is { } given ? input.Sort(given.Item1) : zeros;
                var c0 = h0_c0 is { } also ? input.Sort(also.Item2) : zeros;
                var (data, hn, cn) = OnPacked.Call3(input.data, input.batch_sizes, new[] { h0, c0 }, stack.Parameters, stack.HasBias, stack.Layers, stack.Dropout, training, stack.Bidirectional);
                var output = input.WithData(data.DetachFromDisposeScope());
                return (output, input.Unsort(hn).MoveToOuterDisposeScope(), input.Unsort(cn).MoveToOuterDisposeScope());
            }

            /// <summary>Nothing to do: only cuDNN wants the weights side by side, and it copies them where they are not.</summary>
            public void flatten_parameters()
            {
            }
        }

        /// <summary>Gated recurrent unit (Cho et al. 2014). Gates in the order reset, update, new.</summary>
        public sealed class GRU : nn.Module<Tensor, Tensor, (Tensor, Tensor)>
        {
            private static readonly Operator OnTensor = new("gru", "input");
            private static readonly Operator OnPacked = new("gru", "data");

            private readonly RecurrentStack stack;

            internal GRU(RecurrentStack.Sizes sizes, Device device, ScalarType? dtype) : base(nameof(GRU))
            {
                stack = new RecurrentStack(3, sizes, device, dtype);
                stack.Register(register_parameter);
            }

            public override (Tensor, Tensor) forward(Tensor input, Tensor h0 = null)
            {
                if (h0 is not null)
                    return OnTensor.Call2(input, h0, stack.Parameters, stack.HasBias, stack.Layers, stack.Dropout, training, stack.Bidirectional, stack.BatchFirst);

                using var zeros = stack.InitialState(input, input.size(stack.BatchFirst ? 0 : 1));
                return OnTensor.Call2(input, zeros, stack.Parameters, stack.HasBias, stack.Layers, stack.Dropout, training, stack.Bidirectional, stack.BatchFirst);
            }

            public new (Tensor, Tensor) call(Tensor input, Tensor h0 = null) => base.call(input, h0);

            public (nn.utils.rnn.PackedSequence, Tensor) call(nn.utils.rnn.PackedSequence input, Tensor h0 = null)
            {
                using var scope = NewDisposeScope();
                var start = h0 is null ? stack.InitialState(input.data, input.BatchSize) : input.Sort(h0);
                var (data, hn) = OnPacked.Call2(input.data, input.batch_sizes, start, stack.Parameters, stack.HasBias, stack.Layers, stack.Dropout, training, stack.Bidirectional);
                var output = input.WithData(data.DetachFromDisposeScope());
                return (output, input.Unsort(hn).MoveToOuterDisposeScope());
            }

            /// <summary>Nothing to do: only cuDNN wants the weights side by side, and it copies them where they are not.</summary>
            public void flatten_parameters()
            {
            }
        }

        /// <summary>Elman's recurrent network.</summary>
        public sealed class RNN : nn.Module<Tensor, Tensor, (Tensor, Tensor)>
        {
            private static readonly Operator OnTanh = new("rnn_tanh", "input");
            private static readonly Operator OnReLU = new("rnn_relu", "input");
            private static readonly Operator OnPackedTanh = new("rnn_tanh", "data");
            private static readonly Operator OnPackedReLU = new("rnn_relu", "data");

            private readonly RecurrentStack stack;
            private readonly Operator OnTensor;
            private readonly Operator OnPacked;

            internal RNN(RecurrentStack.Sizes sizes, nn.NonLinearities nonLinearity, Device device, ScalarType? dtype) : base(nameof(RNN))
            {
                OnTensor = nonLinearity == nn.NonLinearities.ReLU ? OnReLU : OnTanh;
                OnPacked = nonLinearity == nn.NonLinearities.ReLU ? OnPackedReLU : OnPackedTanh;
                stack = new RecurrentStack(1, sizes, device, dtype);
                stack.Register(register_parameter);
            }

            public override (Tensor, Tensor) forward(Tensor input, Tensor h0)
            {
                if (h0 is not null)
                    return OnTensor.Call2(input, h0, stack.Parameters, stack.HasBias, stack.Layers, stack.Dropout, training, stack.Bidirectional, stack.BatchFirst);

                using var zeros = stack.InitialState(input, input.size(stack.BatchFirst ? 0 : 1));
                return OnTensor.Call2(input, zeros, stack.Parameters, stack.HasBias, stack.Layers, stack.Dropout, training, stack.Bidirectional, stack.BatchFirst);
            }

            public new (Tensor, Tensor) call(Tensor input, Tensor h0 = null) => base.call(input, h0);

            public (nn.utils.rnn.PackedSequence, Tensor) call(nn.utils.rnn.PackedSequence input, Tensor h0 = null)
            {
                using var scope = NewDisposeScope();
                var start = h0 is null ? stack.InitialState(input.data, input.BatchSize) : input.Sort(h0);
                var (data, hn) = OnPacked.Call2(input.data, input.batch_sizes, start, stack.Parameters, stack.HasBias, stack.Layers, stack.Dropout, training, stack.Bidirectional);
                var output = input.WithData(data.DetachFromDisposeScope());
                return (output, input.Unsort(hn).MoveToOuterDisposeScope());
            }

            /// <summary>Nothing to do: only cuDNN wants the weights side by side, and it copies them where they are not.</summary>
            public void flatten_parameters()
            {
            }
        }

        /// <summary>Parameters and sizes of a stack of recurrent layers.</summary>
        internal sealed class RecurrentStack
        {
            private readonly List<(string Name, Parameter Parameter)> named = [];
            private readonly Sizes sizes;

            public RecurrentStack(int gates, Sizes sizes, Device device, ScalarType? dtype)
            {
                if (sizes.Hidden <= 0) throw new ArgumentOutOfRangeException("hiddenSize", sizes.Hidden, "The hidden size must be positive.");
                if (sizes.Layers <= 0) throw new ArgumentOutOfRangeException("numLayers", sizes.Layers, "At least one layer is needed.");
                if (sizes.Dropout is < 0 or > 1) throw new ArgumentOutOfRangeException("dropout", sizes.Dropout, "Dropout is a probability.");

                this.sizes = sizes;
                var directions = sizes.Bidirectional ? 2 : 1;

                for (var layer = 0; layer < sizes.Layers; layer++)
                {
                    var width = layer == 0 ? sizes.Input : sizes.Hidden * directions;

                    foreach (var suffix in sizes.Bidirectional ? new[] { $"l{layer}", $"l{layer}_reverse" } : [$"l{layer}"])
                    {
                        Add($"weight_ih_{suffix}", [gates * sizes.Hidden, width], device, dtype);
                        Add($"weight_hh_{suffix}", [gates * sizes.Hidden, sizes.Hidden], device, dtype);
                        if (!sizes.Bias) continue;
                        Add($"bias_ih_{suffix}", [gates * sizes.Hidden], device, dtype);
                        Add($"bias_hh_{suffix}", [gates * sizes.Hidden], device, dtype);
                    }
                }

                var bound = 1 / Math.Sqrt(sizes.Hidden);
                foreach (var (_, parameter) in named) nn.init.uniform_(parameter, -bound, bound);
                Parameters = named.ConvertAll(entry => (Tensor)entry.Parameter).ToArray();
            }

            public sealed record Sizes(long Input, long Hidden, long Layers, bool Bias, bool BatchFirst, double Dropout, bool Bidirectional);

            public Tensor[] Parameters { get; }

            public bool HasBias => sizes.Bias;

            public long Layers => sizes.Layers;

            public double Dropout => sizes.Dropout;

            public bool Bidirectional => sizes.Bidirectional;

            public bool BatchFirst => sizes.BatchFirst;

            public void Register(Action<string, Parameter> register)
            {
                foreach (var (name, parameter) in named) register(name, parameter);
            }

            public Tensor InitialState(Tensor like, long batch) =>
                zeros([sizes.Layers * (sizes.Bidirectional ? 2 : 1), batch, sizes.Hidden], dtype: like.dtype, device: like.device);

            private void Add(string name, long[] shape, Device device, ScalarType? dtype)
            {
                var parameter = new Parameter(empty(shape, dtype: dtype, device: device));
                parameter.DetachFromDisposeScope();
                named.Add((name, parameter));
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public enum NonLinearities
            {
                ReLU = 0,
                Tanh = 1,
            }

            public static Modules.LSTM LSTM(
                long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0.0, bool bidirectional = false,
                Device device = null, ScalarType? dtype = null) =>
                new(new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional), device, dtype);

            public static Modules.GRU GRU(
                long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0.0, bool bidirectional = false,
                Device device = null, ScalarType? dtype = null) =>
                new(new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional), device, dtype);

            public static Modules.RNN RNN(
                long inputSize, long hiddenSize, long numLayers = 1, NonLinearities nonLinearity = NonLinearities.Tanh, bool bias = true, bool batchFirst = false,
                double dropout = 0.0, bool bidirectional = false, Device device = null, ScalarType? dtype = null) =>
                new(new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional), nonLinearity, device, dtype);
        }
    }
}
