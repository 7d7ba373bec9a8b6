namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Steps without a unit: root mean squares of earlier steps over those of gradients (Zeiler 2012).</summary>
        public class Adadelta : OptimizerHelper
        {
            public Adadelta(
                IEnumerable<Parameter> parameters, double lr, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, rho, eps, weight_decay, maximize)
            {
            }

            public Adadelta(
                IEnumerable<ParamGroup> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                Setup(new Options { LearningRate = lr, rho = rho, eps = eps, weight_decay = weight_decay, maximize = maximize }, parameters);

            private protected override OptimizerOptions NewOptions() => new Options();

            private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

            public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(Update, closure);

            private void Update(ParamGroup group)
            {
                var o = group.Options;
                var lr = o.LearningRate.Value;

                ForEach.Parameter(group.Parameters, parameter => (State)_state[parameter.Handle], (parameter, grad, state) =>
                {
                    if (o.maximize.Value) grad = grad.neg();
                    if (o.weight_decay.Value != 0) grad = grad.add(parameter, alpha: o.weight_decay.Value);
                    var (rho, eps) = (o.rho.Value, o.eps.Value);
                    state.square_avg.mul_(rho).addcmul_(grad, grad, 1 - rho);
                    var deviation = state.square_avg.add(eps).sqrt_();
                    var delta = state.acc_delta.add(eps).sqrt_().div_(deviation).mul_(grad);
                    state.acc_delta.mul_(rho).addcmul_(delta, delta, 1 - rho);
                    parameter.add_(delta, alpha: -lr);
                });
            }

            public sealed class State : CountingOptimizerState
            {
                public Tensor square_avg;
                public Tensor acc_delta;

                public State(Parameter parameter) : base(parameter, 2) { }

                private protected override int Count => 2;

                private protected override ref Tensor At(int index)
                {
                    if (index == 0) return ref square_avg;
                    return ref acc_delta;
                }

                public override void Initialize(OptimizerOptions options)
                {
                    step = 0;
                    Replace(ref square_avg, Zeros());
                    Replace(ref acc_delta, Zeros());
                }
            }

            public class Options : OptimizerOptions
            {
                public double? rho;
                public double? eps;
                public double? weight_decay;
                public bool? maximize;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(rho.Value);
                    writer.Write(eps.Value);
                    writer.Write(weight_decay.Value);
                    writer.Write(maximize.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    rho = reader.ReadDouble();
                    eps = reader.ReadDouble();
                    weight_decay = reader.ReadDouble();
                    maximize = reader.ReadBoolean();
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var other = (Options)source;
                    rho = other.rho;
                    eps = other.eps;
                    weight_decay = other.weight_decay;
                    maximize = other.maximize;
                }

                internal override void FillFrom(OptimizerOptions defaults)
                {
                    base.FillFrom(defaults);
                    var other = (Options)defaults;
                    rho ??= other.rho;
                    eps ??= other.eps;
                    weight_decay ??= other.weight_decay;
                    maximize ??= other.maximize;
                }
            }

            public class ParamGroup : ParamGroup<Options>
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(
                    IEnumerable<Parameter> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
                    : base(parameters, new Options { LearningRate = lr, rho = rho, eps = eps, weight_decay = weight_decay, maximize = maximize })
                {
                }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Modules.Adadelta Adadelta(
                IEnumerable<Modules.Parameter> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, rho, eps, weight_decay, maximize);

            public static Modules.Adadelta Adadelta(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), lr, rho, eps, weight_decay, maximize);

            public static Modules.Adadelta Adadelta(
                IEnumerable<Modules.Adadelta.ParamGroup> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, rho, eps, weight_decay, maximize);
        }
    }
}
