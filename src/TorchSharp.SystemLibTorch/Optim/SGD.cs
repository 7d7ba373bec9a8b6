namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Gradient descent, with momentum as PyTorch defines it: buffer = momentum buffer + gradient, parameter -= lr buffer.</summary>
        public class SGD : OptimizerHelper, optim.IMomentum
        {
            public SGD(
                IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize)
            {
            }

            public SGD(
                IEnumerable<ParamGroup> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                Setup(new Options { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize }, parameters);

            public double Momentum
            {
                get => ((Options)_defaults).momentum.Value;
                set => ((Options)_defaults).momentum = value;
            }

            private protected override OptimizerOptions NewOptions() => new Options();

            private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

            public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(Update, closure);

            private void Update(ParamGroup group)
            {
                var o = group.Options;
                var momentum = o.momentum.Value;

                ForEach.Portion(group.Parameters, parameter => (State)_state[parameter.Handle], portion =>
                {
                    var parameters = portion.Parameters;
                    var gradients = o.maximize.Value ? ForEach.Negate(portion.Gradients) : portion.Gradients;
                    if (o.weight_decay.Value != 0) gradients = ForEach.Sum(gradients, parameters, o.weight_decay.Value);

                    if (momentum != 0)
                    {
                        var buffers = Accumulate(portion.States, gradients, momentum, o.dampening.Value);
                        gradients = o.nesterov.Value ? ForEach.Sum(gradients, buffers, momentum) : buffers;
                    }

                    ForEach.Add(parameters, gradients, -o.LearningRate.Value);
                });
            }

            /// <summary>A parameter's first gradient is its buffer as it is, without dampening.</summary>
            private static Tensor[] Accumulate(List<State> states, Tensor[] gradients, double momentum, double dampening)
            {
                for (var i = 0; i < gradients.Length; i++)
                {
                    if (states[i].momentum_buffer is { } buffer) buffer.mul_(momentum).add_(gradients[i], alpha: 1 - dampening);
                    else states[i].momentum_buffer = gradients[i].clone().DetachFromDisposeScope();
                }

                return states.ConvertAll(state => state.momentum_buffer).ToArray();
            }

            public sealed class State : TensorOptimizerState
            {
                public Tensor momentum_buffer;

                public State(Parameter parameter) : base(parameter, 0) { }

                private protected override int Count => 1;

                private protected override ref Tensor At(int index)
                {
                    return ref momentum_buffer;
                }

                public override void Initialize(OptimizerOptions options)
                {
                    Replace(ref momentum_buffer, null);
                }
            }

            public class Options : OptimizerOptions
            {
                public double? momentum;
                public double? dampening;
                public double? weight_decay;
                public bool? nesterov;
                public bool? maximize;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(momentum.Value);
                    writer.Write(dampening.Value);
                    writer.Write(weight_decay.Value);
                    writer.Write(nesterov.Value);
                    writer.Write(maximize.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    momentum = reader.ReadDouble();
                    dampening = reader.ReadDouble();
                    weight_decay = reader.ReadDouble();
                    nesterov = reader.ReadBoolean();
                    maximize = reader.ReadBoolean();
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var other = (Options)source;
                    momentum = other.momentum;
                    dampening = other.dampening;
                    weight_decay = other.weight_decay;
                    nesterov = other.nesterov;
                    maximize = other.maximize;
                }

                internal override void FillFrom(OptimizerOptions defaults)
                {
                    base.FillFrom(defaults);
                    var other = (Options)defaults;
                    momentum ??= other.momentum;
                    dampening ??= other.dampening;
                    weight_decay ??= other.weight_decay;
                    nesterov ??= other.nesterov;
                    maximize ??= other.maximize;
                }
            }

            public class ParamGroup : ParamGroup<Options>, optim.IMomentum
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(
                    IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
                    : base(parameters, new Options { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize })
                {
                }

                public double Momentum
                {
                    get => Options.momentum.Value;
                    set => Options.momentum = value;
                }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Modules.SGD SGD(
                IEnumerable<Modules.Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static Modules.SGD SGD(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static Modules.SGD SGD(
                IEnumerable<Modules.SGD.ParamGroup> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
