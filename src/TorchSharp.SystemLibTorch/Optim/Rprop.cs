namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Steps by the gradient's sign alone; they grow while it stays and shrink when it changes (Riedmiller and Braun 1993).</summary>
        public class Rprop : OptimizerHelper
        {
            public Rprop(
                IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, etaminus, etaplus, min_step, max_step, maximize)
            {
            }

            public Rprop(
                IEnumerable<ParamGroup> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
                Setup(new Options { LearningRate = lr, etaminus = etaminus, etaplus = etaplus, min_step = min_step, max_step = max_step, maximize = maximize }, parameters);

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
                    var agreement = grad.mul(state.prev);
                    var changed = agreement.lt(0);
                    var factor = ones_like(grad).masked_fill_(agreement.gt(0), o.etaplus.Value).masked_fill_(changed, o.etaminus.Value);
                    state.step_size.mul_(factor).clamp_(o.min_step.Value, o.max_step.Value);

                    // Where the sign changed the parameter stays, and the next sign counts as new.
                    grad = grad.masked_fill(changed, 0.0);
                    parameter.addcmul_(grad.sign(), state.step_size, -1);
                    state.prev.copy_(grad);
                });
            }

            public sealed class State : CountingOptimizerState
            {
                public Tensor prev;
                public Tensor step_size;

                public State(Parameter parameter) : base(parameter, 2) { }

                private protected override int Count => 2;

                private protected override ref Tensor At(int index)
                {
                    if (index == 0) return ref prev;
                    return ref step_size;
                }

                public override void Initialize(OptimizerOptions options)
                {
                    step = 0;
                    Replace(ref prev, Zeros());
                    Replace(ref step_size, full_like(_parameter, options.LearningRate.Value).detach());
                }
            }

            public class Options : OptimizerOptions
            {
                public double? etaminus;
                public double? etaplus;
                public double? min_step;
                public double? max_step;
                public bool? maximize;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(etaminus.Value);
                    writer.Write(etaplus.Value);
                    writer.Write(min_step.Value);
                    writer.Write(max_step.Value);
                    writer.Write(maximize.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    etaminus = reader.ReadDouble();
                    etaplus = reader.ReadDouble();
                    min_step = reader.ReadDouble();
                    max_step = reader.ReadDouble();
                    maximize = reader.ReadBoolean();
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var other = (Options)source;
                    etaminus = other.etaminus;
                    etaplus = other.etaplus;
                    min_step = other.min_step;
                    max_step = other.max_step;
                    maximize = other.maximize;
                }

                internal override void FillFrom(OptimizerOptions defaults)
                {
                    base.FillFrom(defaults);
                    var other = (Options)defaults;
                    etaminus ??= other.etaminus;
                    etaplus ??= other.etaplus;
                    min_step ??= other.min_step;
                    max_step ??= other.max_step;
                    maximize ??= other.maximize;
                }
            }

            public class ParamGroup : ParamGroup<Options>
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(
                    IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
                    : base(parameters, new Options { LearningRate = lr, etaminus = etaminus, etaplus = etaplus, min_step = min_step, max_step = max_step, maximize = maximize })
                {
                }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Modules.Rprop Rprop(
                IEnumerable<Modules.Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
                new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

            public static Modules.Rprop Rprop(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), lr, etaminus, etaplus, min_step, max_step, maximize);

            public static Modules.Rprop Rprop(
                IEnumerable<Modules.Rprop.ParamGroup> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
                new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);
        }
    }
}
