namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Gradient descent that also averages the parameters (Polyak and Juditsky 1992).</summary>
        public class ASGD : OptimizerHelper
        {
            public ASGD(
                IEnumerable<Parameter> parameters, double lr = 1e-2, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, lambd, alpha, t0, weight_decay, maximize)
            {
            }

            public ASGD(
                IEnumerable<ParamGroup<Options>> parameters, double lr = 1e-2, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0, bool maximize = false) =>
                Setup(new Options { LearningRate = lr, lambd = lambd, alpha = alpha, t0 = t0, weight_decay = weight_decay, maximize = maximize }, parameters);

            private protected override OptimizerOptions NewOptions() => new Options();

            private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

            public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup<Options>>(Update, closure);

            private void Update(ParamGroup<Options> group)
            {
                var o = group.Options;
                var lr = o.LearningRate.Value;

                ForEach.Parameter(group.Parameters, parameter => (State)_state[parameter.Handle], (parameter, grad, state) =>
                {
                    if (o.maximize.Value) grad = grad.neg();
                    if (o.weight_decay.Value != 0) grad = grad.add(parameter, alpha: o.weight_decay.Value);
                    parameter.mul_(1 - o.lambd.Value * state.eta);
                    parameter.add_(grad, alpha: -state.eta);
                    if (state.mu == 1) state.ax.copy_(parameter);
                    else state.ax.add_(parameter.sub(state.ax), alpha: state.mu);

                    state.eta = lr / Math.Pow(1 + o.lambd.Value * lr * state.step, o.alpha.Value);
                    state.mu = 1 / Math.Max(1, state.step - o.t0.Value);
                });
            }

            public sealed class State : CountingOptimizerState
            {
                public double eta;
                public double mu;
                public Tensor ax;

                public State(Parameter parameter) : base(parameter, 1) { }

                private protected override int Count => 1;

                private protected override ref Tensor At(int index)
                {
                    return ref ax;
                }

                public override void Initialize(OptimizerOptions options)
                {
                    step = 0;
                    eta = options.LearningRate.Value;
                    mu = 1;
                    Replace(ref ax, Zeros());
                }

                public override void SaveStateDict(BinaryWriter writer)
                {
                    writer.Write(eta);
                    writer.Write(mu);
                    base.SaveStateDict(writer);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    eta = reader.ReadDouble();
                    mu = reader.ReadDouble();
                    base.LoadStateDict(reader);
                }

                public override void LoadStateDict(OptimizerState source)
                {
                    eta = ((State)source).eta;
                    mu = ((State)source).mu;
                    base.LoadStateDict(source);
                }
            }

            public class Options : OptimizerOptions
            {
                public double? lambd;
                public double? alpha;
                public double? t0;
                public double? weight_decay;
                public bool? maximize;

                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(lambd.Value);
                    writer.Write(alpha.Value);
                    writer.Write(t0.Value);
                    writer.Write(weight_decay.Value);
                    writer.Write(maximize.Value);
                }

                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    lambd = reader.ReadDouble();
                    alpha = reader.ReadDouble();
                    t0 = reader.ReadDouble();
                    weight_decay = reader.ReadDouble();
                    maximize = reader.ReadBoolean();
                }

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var other = (Options)source;
                    lambd = other.lambd;
                    alpha = other.alpha;
                    t0 = other.t0;
                    weight_decay = other.weight_decay;
                    maximize = other.maximize;
                }

                internal override void FillFrom(OptimizerOptions defaults)
                {
                    base.FillFrom(defaults);
                    var other = (Options)defaults;
                    lambd ??= other.lambd;
                    alpha ??= other.alpha;
                    t0 ??= other.t0;
                    weight_decay ??= other.weight_decay;
                    maximize ??= other.maximize;
                }
            }

            public class ParamGroup : ParamGroup<Options>
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(
                    IEnumerable<Parameter> parameters, double lr = 0.01, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0)
                    : base(parameters, new Options { LearningRate = lr, lambd = lambd, alpha = alpha, t0 = t0, weight_decay = weight_decay })
                {
                }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Modules.ASGD ASGD(
                IEnumerable<Modules.Parameter> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, lambd, alpha, t0, weight_decay, maximize);

            public static Modules.ASGD ASGD(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), lr, lambd, alpha, t0, weight_decay, maximize);

            public static Modules.ASGD ASGD(
                IEnumerable<Modules.ParamGroup<Modules.ASGD.Options>> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, lambd, alpha, t0, weight_decay, maximize);
        }
    }
}
