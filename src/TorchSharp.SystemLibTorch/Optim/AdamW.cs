namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2017): the parameters shrink by lr times the decay before the step.</summary>
        public class AdamW : OptimizerHelper, optim.IBetas
        {
            public AdamW(
                IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
            {
            }

            public AdamW(
                IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                Setup(new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize }, parameters);

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
                var (beta1, beta2) = group.Betas;

                ForEach.Portion(group.Parameters, parameter => (State)_state[parameter.Handle], portion =>
                {
                    var parameters = portion.Parameters;
                    var gradients = o.maximize.Value ? ForEach.Negate(portion.Gradients) : portion.Gradients;
                    if (o.weight_decay.Value != 0) ForEach.Multiply(parameters, 1 - o.LearningRate.Value * o.weight_decay.Value);

                    var mean = portion.State(state => state.exp_avg);
                    var square = portion.State(state => state.exp_avg_sq);
                    ForEach.Multiply(mean, beta1);
                    ForEach.Add(mean, gradients, 1 - beta1);
                    ForEach.Multiply(square, beta2);
                    ForEach.AddProduct(square, gradients, gradients, 1 - beta2);

                    if (o.amsgrad.Value)
                    {
                        var largest = portion.State(state => state.max_exp_avg_sq);
                        ForEach.Maximum(largest, square);
                        square = largest;
                    }

                    var correction1 = 1 - Math.Pow(beta1, portion.Step);
                    var correction2 = 1 - Math.Pow(beta2, portion.Step);
                    var deviation = ForEach.Sqrt(square);
                    ForEach.Divide(deviation, Math.Sqrt(correction2));
                    ForEach.Add(deviation, o.eps.Value);
                    ForEach.AddQuotient(parameters, mean, deviation, -o.LearningRate.Value / correction1);
                });
            }

            public sealed class State : CountingOptimizerState
            {
                public Tensor exp_avg;
                public Tensor exp_avg_sq;
                public Tensor max_exp_avg_sq;

                public State(Parameter parameter) : base(parameter, 2) { }

                private protected override int Count => 3;

                private protected override ref Tensor At(int index)
                {
                    switch (index)
                    {
                        case 0: return ref exp_avg;
                        case 1: return ref exp_avg_sq;
                        default: return ref max_exp_avg_sq;
                    }
                }

                public override void Initialize(OptimizerOptions options)
                {
                    step = 0;
                    Replace(ref exp_avg, Zeros());
                    Replace(ref exp_avg_sq, Zeros());
                    Replace(ref max_exp_avg_sq, ((Options)options).amsgrad.Value ? Zeros() : null);
                }
            }

            public class Options : OptimizerOptions
            {
                public double? beta1;
                public double? beta2;
                public double? eps;
                public double? weight_decay;
                public bool? amsgrad;
                public bool? maximize;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(beta1.Value);
                    writer.Write(beta2.Value);
                    writer.Write(eps.Value);
                    writer.Write(weight_decay.Value);
                    writer.Write(amsgrad.Value);
                    writer.Write(maximize.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    beta1 = reader.ReadDouble();
                    beta2 = reader.ReadDouble();
                    eps = reader.ReadDouble();
                    weight_decay = reader.ReadDouble();
                    amsgrad = reader.ReadBoolean();
                    maximize = reader.ReadBoolean();
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var other = (Options)source;
                    beta1 = other.beta1;
                    beta2 = other.beta2;
                    eps = other.eps;
                    weight_decay = other.weight_decay;
                    amsgrad = other.amsgrad;
                    maximize = other.maximize;
                }

                internal override void FillFrom(OptimizerOptions defaults)
                {
                    base.FillFrom(defaults);
                    var other = (Options)defaults;
                    beta1 ??= other.beta1;
                    beta2 ??= other.beta2;
                    eps ??= other.eps;
                    weight_decay ??= other.weight_decay;
                    amsgrad ??= other.amsgrad;
                    maximize ??= other.maximize;
                }
            }

            public class ParamGroup : ParamGroup<Options>, optim.IBetas
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(
                    IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                    : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize })
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
            public static Modules.AdamW AdamW(
                IEnumerable<Modules.Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Modules.AdamW AdamW(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Modules.AdamW AdamW(
                IEnumerable<Modules.AdamW.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}
