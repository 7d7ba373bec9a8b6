namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Divides by the root of the sum of all squared gradients so far (Duchi, Hazan and Singer 2011).</summary>
        public class Adagrad : OptimizerHelper
        {
            public Adagrad(
                IEnumerable<Parameter> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10)
                : this([new ParamGroup { Parameters = parameters }], lr, lr_decay, weight_decay, initial_accumulator_value, eps)
            {
            }

            public Adagrad(
                IEnumerable<ParamGroup> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10) =>
                Setup(new Options { LearningRate = lr, lr_decay = lr_decay, weight_decay = weight_decay, initial_accumulator_value = initial_accumulator_value, eps = eps }, parameters);

            private protected override OptimizerOptions NewOptions() => new Options();

            private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

            public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(Update, closure);

            private void Update(ParamGroup group)
            {
                var o = group.Options;

                ForEach.Portion(group.Parameters, parameter => (State)_state[parameter.Handle], portion =>
                {
                    var parameters = portion.Parameters;
                    var gradients = portion.Gradients;
                    if (o.weight_decay.Value != 0) gradients = ForEach.Sum(gradients, parameters, o.weight_decay.Value);

                    var sums = portion.State(state => state.sum);
                    ForEach.AddProduct(sums, gradients, gradients, 1);
                    var deviation = ForEach.Sqrt(sums);
                    ForEach.Add(deviation, o.eps.Value);
                    ForEach.AddQuotient(parameters, gradients, deviation, -o.LearningRate.Value / (1 + (portion.Step - 1) * o.lr_decay.Value));
                });
            }

            public sealed class State : CountingOptimizerState
            {
                public Tensor sum;

                public State(Parameter parameter) : base(parameter, 1) { }

                private protected override int Count => 1;

                private protected override ref Tensor At(int index)
                {
                    return ref sum;
                }

                public override void Initialize(OptimizerOptions options)
                {
                    step = 0;
                    Replace(ref sum, full_like(_parameter, ((Options)options).initial_accumulator_value.Value).detach());
                }
            }

            public class Options : OptimizerOptions
            {
                public double? lr_decay;
                public double? initial_accumulator_value;
                public double? eps;
                public double? weight_decay;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(lr_decay.Value);
                    writer.Write(initial_accumulator_value.Value);
                    writer.Write(eps.Value);
                    writer.Write(weight_decay.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    lr_decay = reader.ReadDouble();
                    initial_accumulator_value = reader.ReadDouble();
                    eps = reader.ReadDouble();
                    weight_decay = reader.ReadDouble();
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var other = (Options)source;
                    lr_decay = other.lr_decay;
                    initial_accumulator_value = other.initial_accumulator_value;
                    eps = other.eps;
                    weight_decay = other.weight_decay;
                }

                internal override void FillFrom(OptimizerOptions defaults)
                {
                    base.FillFrom(defaults);
                    var other = (Options)defaults;
                    lr_decay ??= other.lr_decay;
                    initial_accumulator_value ??= other.initial_accumulator_value;
                    eps ??= other.eps;
                    weight_decay ??= other.weight_decay;
                }
            }

            public class ParamGroup : ParamGroup<Options>
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(
                    IEnumerable<Parameter> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10)
                    : base(parameters, new Options { LearningRate = lr, lr_decay = lr_decay, weight_decay = weight_decay, initial_accumulator_value = initial_accumulator_value, eps = eps })
                {
                }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Modules.Adagrad Adagrad(
                IEnumerable<Modules.Parameter> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10) =>
                new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Modules.Adagrad Adagrad(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10) =>
                new(parameters.Select(entry => entry.parameter), lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Modules.Adagrad Adagrad(
                IEnumerable<Modules.Adagrad.ParamGroup> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10) =>
                new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);
        }
    }
}
