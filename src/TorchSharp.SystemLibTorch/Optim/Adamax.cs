namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Adam by the largest gradient instead of the root mean square (Kingma and Ba 2014, section 7).</summary>
        public class Adamax : OptimizerHelper, optim.IBetas
        {
            public Adamax(
                IEnumerable<Parameter> parameters, double lr, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
                : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay)
            {
            }

            public Adamax(
                IEnumerable<ParamGroup> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                Setup(new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay }, parameters);

            public (double, double) Betas
            {
                get => (((Options)_defaults).beta1.Value, ((Options)_defaults).beta2.Value);
                set => (((Options)_defaults).beta1, ((Options)_defaults).beta2) = value;
            }

            private protected override OptimizerOptions NewOptions() => new Options();

            private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

            public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(Update, closure);

            private void Update(ParamGroup group)
            {
                var o = group.Options;
                var lr = o.LearningRate.Value;
                var (beta1, beta2) = (o.beta1.Value, o.beta2.Value);

                ForEach.Parameter(group.Parameters, parameter => (State)_state[parameter.Handle], (parameter, grad, state) =>
                {
                    if (o.weight_decay.Value != 0) grad = grad.add(parameter, alpha: o.weight_decay.Value);
                    state.exp_avg.mul_(beta1).add_(grad, alpha: 1 - beta1);
                    var largest = state.exp_inf.mul_(beta2).maximum(grad.abs().add_(o.eps.Value));
                    state.exp_inf.copy_(largest);
                    parameter.addcdiv_(state.exp_avg, state.exp_inf, -lr / (1 - Math.Pow(beta1, state.step)));
                });
            }

            public sealed class State : CountingOptimizerState
            {
                public Tensor exp_avg;
                public Tensor exp_inf;

                public State(Parameter parameter) : base(parameter, 2) { }

                private protected override int Count => 2;

                private protected override ref Tensor At(int index)
                {
                    if (index == 0) return ref exp_avg;
                    return ref exp_inf;
                }

                public override void Initialize(OptimizerOptions options)
                {
                    step = 0;
                    Replace(ref exp_avg, Zeros());
                    Replace(ref exp_inf, Zeros());
                }
            }

            public class Options : OptimizerOptions
            {
                public double? beta1;
                public double? beta2;
                public double? eps;
                public double? weight_decay;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(beta1.Value);
                    writer.Write(beta2.Value);
                    writer.Write(eps.Value);
                    writer.Write(weight_decay.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    beta1 = reader.ReadDouble();
                    beta2 = reader.ReadDouble();
                    eps = reader.ReadDouble();
                    weight_decay = reader.ReadDouble();
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var other = (Options)source;
                    beta1 = other.beta1;
                    beta2 = other.beta2;
                    eps = other.eps;
                    weight_decay = other.weight_decay;
                }

                internal override void FillFrom(OptimizerOptions defaults)
                {
                    base.FillFrom(defaults);
                    var other = (Options)defaults;
                    beta1 ??= other.beta1;
                    beta2 ??= other.beta2;
                    eps ??= other.eps;
                    weight_decay ??= other.weight_decay;
                }
            }

            public class ParamGroup : ParamGroup<Options>, optim.IBetas
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(
                    IEnumerable<Parameter> parameters, double lr = 1.0, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
                    : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay })
                {
                }

                public (double, double) Betas
                {
                    get => (Options.beta1.Value, Options.beta2.Value);
                    set => (Options.beta1, Options.beta2) = value;
                }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Modules.Adamax Adamax(
                IEnumerable<Modules.Parameter> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);

            public static Modules.Adamax Adamax(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters.Select(entry => entry.parameter), lr, beta1, beta2, eps, weight_decay);

            public static Modules.Adamax Adamax(
                IEnumerable<Modules.Adamax.ParamGroup> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}
