namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Divides by a running mean of the gradient's magnitude (Hinton's lecture 6e).</summary>
        public class RMSProp : OptimizerHelper, optim.IMomentum
        {
            public RMSProp(
                IEnumerable<Parameter> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, alpha, eps, weight_decay, momentum, centered, maximize)
            {
            }

            public RMSProp(
                IEnumerable<ParamGroup> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                Setup(new Options { LearningRate = lr, alpha = alpha, eps = eps, weight_decay = weight_decay, momentum = momentum, centered = centered, maximize = maximize }, parameters);

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
                var alpha = o.alpha.Value;
                var lr = o.LearningRate.Value;

                ForEach.Portion(group.Parameters, parameter => (State)_state[parameter.Handle], portion =>
                {
                    var parameters = portion.Parameters;
                    var gradients = o.maximize.Value ? ForEach.Negate(portion.Gradients) : portion.Gradients;
                    if (o.weight_decay.Value != 0) gradients = ForEach.Sum(gradients, parameters, o.weight_decay.Value);

                    var square = portion.State(state => state.square_avg);
                    ForEach.Multiply(square, alpha);
                    ForEach.AddProduct(square, gradients, gradients, 1 - alpha);

                    Tensor[] deviation;

                    if (o.centered.Value)
                    {
                        var mean = portion.State(state => state.grad_avg);
                        ForEach.Multiply(mean, alpha);
                        ForEach.Add(mean, gradients, 1 - alpha);
                        var variance = Array.ConvertAll(square, tensor => tensor.clone());
                        ForEach.AddProduct(variance, mean, mean, -1);
                        deviation = ForEach.Sqrt(variance);
                    }
                    else
                    {
                        deviation = ForEach.Sqrt(square);
                    }

                    ForEach.Add(deviation, o.eps.Value);

                    if (o.momentum.Value > 0)
                    {
                        var buffers = portion.State(state => state.momentum_buffer);
                        ForEach.Multiply(buffers, o.momentum.Value);
                        ForEach.AddQuotient(buffers, gradients, deviation, 1);
                        ForEach.Add(parameters, buffers, -lr);
                    }
                    else
                    {
                        ForEach.AddQuotient(parameters, gradients, deviation, -lr);
                    }
                });
            }

            public sealed class State : CountingOptimizerState
            {
                public Tensor square_avg;
                public Tensor momentum_buffer;
                public Tensor grad_avg;

                public State(Parameter parameter) : base(parameter, 1) { }

                private protected override int Count => 3;

                private protected override ref Tensor At(int index)
                {
                    switch (index)
                    {
                        case 0: return ref square_avg;
                        case 1: return ref momentum_buffer;
                        default: return ref grad_avg;
                    }
                }

                public override void Initialize(OptimizerOptions options)
                {
                    step = 0;
                    Replace(ref square_avg, Zeros());
                    Replace(ref momentum_buffer, ((Options)options).momentum.Value > 0 ? Zeros() : null);
                    Replace(ref grad_avg, ((Options)options).centered.Value ? Zeros() : null);
                }
            }

            public class Options : OptimizerOptions
            {
                public double? alpha;
                public double? eps;
                public double? weight_decay;
                public double? momentum;
                public bool? centered;
                public bool? maximize;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(alpha.Value);
                    writer.Write(eps.Value);
                    writer.Write(weight_decay.Value);
                    writer.Write(momentum.Value);
                    writer.Write(centered.Value);
                    writer.Write(maximize.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    alpha = reader.ReadDouble();
                    eps = reader.ReadDouble();
                    weight_decay = reader.ReadDouble();
                    momentum = reader.ReadDouble();
                    centered = reader.ReadBoolean();
                    maximize = reader.ReadBoolean();
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var other = (Options)source;
                    alpha = other.alpha;
                    eps = other.eps;
                    weight_decay = other.weight_decay;
                    momentum = other.momentum;
                    centered = other.centered;
                    maximize = other.maximize;
                }

                internal override void FillFrom(OptimizerOptions defaults)
                {
                    base.FillFrom(defaults);
                    var other = (Options)defaults;
                    alpha ??= other.alpha;
                    eps ??= other.eps;
                    weight_decay ??= other.weight_decay;
                    momentum ??= other.momentum;
                    centered ??= other.centered;
                    maximize ??= other.maximize;
                }
            }

            public class ParamGroup : ParamGroup<Options>, optim.IMomentum
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(
                    IEnumerable<Parameter> parameters, double lr = 1e-3, double eps = 1e-8, double alpha = 0.99, double weight_decay = 0, double momentum = 0.0, bool centered = false)
                    : base(parameters, new Options { LearningRate = lr, alpha = alpha, eps = eps, weight_decay = weight_decay, momentum = momentum, centered = centered })
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
            public static Modules.RMSProp RMSProp(
                IEnumerable<Modules.Parameter> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static Modules.RMSProp RMSProp(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static Modules.RMSProp RMSProp(
                IEnumerable<Modules.RMSProp.ParamGroup> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);
        }
    }
}
