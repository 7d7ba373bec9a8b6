namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Adam with Nesterov momentum (Dozat 2016).</summary>
        public class NAdam : OptimizerHelper, optim.IBetas
        {
            public NAdam(
                IEnumerable<Parameter> parameters, double lr, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3)
                : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, momentum_decay)
            {
            }

            public NAdam(
                IEnumerable<ParamGroup> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3) =>
                Setup(new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, momentum_decay = momentum_decay }, parameters);

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
                    var mu = beta1 * (1 - 0.5 * Math.Pow(0.96, state.step * o.momentum_decay.Value));
                    var mu_next = beta1 * (1 - 0.5 * Math.Pow(0.96, (state.step + 1) * o.momentum_decay.Value));
                    state.mu_product *= mu;

                    state.exp_avg.mul_(beta1).add_(grad, alpha: 1 - beta1);
                    state.exp_avg_sq.mul_(beta2).addcmul_(grad, grad, 1 - beta2);
                    var deviation = state.exp_avg_sq.div(1 - Math.Pow(beta2, state.step)).sqrt_().add_(o.eps.Value);
                    parameter.addcdiv_(grad, deviation, -lr * (1 - mu) / (1 - state.mu_product));
                    parameter.addcdiv_(state.exp_avg, deviation, -lr * mu_next / (1 - state.mu_product * mu_next));
                });
            }

            public sealed class State : CountingOptimizerState
            {
                public double mu_product;
                public Tensor exp_avg;
                public Tensor exp_avg_sq;

                public State(Parameter parameter) : base(parameter, 2) { }

                private protected override int Count => 2;

                private protected override ref Tensor At(int index)
                {
                    if (index == 0) return ref exp_avg;
                    return ref exp_avg_sq;
                }

                public override void Initialize(OptimizerOptions options)
                {
                    step = 0;
                    mu_product = 1;
                    Replace(ref exp_avg, Zeros());
                    Replace(ref exp_avg_sq, Zeros());
                }

                public override void SaveStateDict(BinaryWriter writer)
                {
                    writer.Write(mu_product);
                    base.SaveStateDict(writer);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    mu_product = reader.ReadDouble();
                    base.LoadStateDict(reader);
                }

                public override void LoadStateDict(OptimizerState source)
                {
                    mu_product = ((State)source).mu_product;
                    base.LoadStateDict(source);
                }
            }

            public class Options : OptimizerOptions
            {
                public double? beta1;
                public double? beta2;
                public double? eps;
                public double? weight_decay;
                public double? momentum_decay;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(beta1.Value);
                    writer.Write(beta2.Value);
                    writer.Write(eps.Value);
                    writer.Write(weight_decay.Value);
                    writer.Write(momentum_decay.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    beta1 = reader.ReadDouble();
                    beta2 = reader.ReadDouble();
                    eps = reader.ReadDouble();
                    weight_decay = reader.ReadDouble();
                    momentum_decay = reader.ReadDouble();
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var other = (Options)source;
                    beta1 = other.beta1;
                    beta2 = other.beta2;
                    eps = other.eps;
                    weight_decay = other.weight_decay;
                    momentum_decay = other.momentum_decay;
                }

                internal override void FillFrom(OptimizerOptions defaults)
                {
                    base.FillFrom(defaults);
                    var other = (Options)defaults;
                    beta1 ??= other.beta1;
                    beta2 ??= other.beta2;
                    eps ??= other.eps;
                    weight_decay ??= other.weight_decay;
                    momentum_decay ??= other.momentum_decay;
                }
            }

            public class ParamGroup : ParamGroup<Options>, optim.IBetas
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(
                    IEnumerable<Parameter> parameters, double lr = 1.0, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3)
                    : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, momentum_decay = momentum_decay })
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
            public static Modules.NAdam NAdam(
                IEnumerable<Modules.Parameter> named_parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3) =>
                new(named_parameters, lr, beta1, beta2, eps, weight_decay, momentum_decay);

            public static Modules.NAdam NAdam(
                IEnumerable<(string name, Modules.Parameter parameter)> named_parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3) =>
                new(named_parameters.Select(entry => entry.parameter), lr, beta1, beta2, eps, weight_decay, momentum_decay);

            public static Modules.NAdam NAdam(
                IEnumerable<Modules.NAdam.ParamGroup> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, momentum_decay);
        }
    }
}
