namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Limited-memory BFGS without line search (Nocedal 1980), in PyTorch's variant. It evaluates the closure several times a step.</summary>
        public class LBFGS : optim.Optimizer, optim.ILearningRateController
        {
            private readonly List<Parameter> all;
            private readonly long max_iter;
            private readonly long max_eval;
            private readonly double tolerance_grad;
            private readonly double tolerance_change;
            private readonly long history_size;

            // The latest changes of gradient and parameters, and 1 / (change of gradient . change of parameters).
            private readonly List<(Tensor Gradient, Tensor Step, Tensor Weight)> history = [];
            private Tensor direction;
            private Tensor previous_gradient;
            private double previous_loss;
            private double length;
            private Tensor scale;
            private long iterations;

            internal LBFGS(
                IEnumerable<Parameter> parameters, double lr, long max_iter, long? max_eval, double tolerance_grad, double tolerance_change, long history_size)
            {
                all = parameters.ToList();
                this.max_iter = max_iter;
                this.max_eval = max_eval ?? 5 * max_iter / 4;
                this.tolerance_grad = tolerance_grad;
                this.tolerance_change = tolerance_change;
                this.history_size = history_size;
                _parameter_groups.Add(new ParamGroup { Parameters = all, Options = new OptimizerOptions { LearningRate = lr, InitialLearningRate = lr } });
            }

            public double LearningRate
            {
                get => _parameter_groups[0].LearningRate;
                set => _parameter_groups[0].LearningRate = value;
            }

            public double InitialLearningRate
            {
                get => _parameter_groups[0].InitialLearningRate;
                set => _parameter_groups[0].InitialLearningRate = value;
            }

            public override void add_param_group(ParamGroup param_group) =>
                throw new NotSupportedException("LBFGS takes all parameters as one group.");

            public override void zero_grad()
            {
                using (no_grad())
                using (NewDisposeScope())
                {
                    foreach (var parameter in all) parameter.grad?.zero_();
                }
            }

            public override Tensor step(Func<Tensor> closure)
            {
                ArgumentNullException.ThrowIfNull(closure);
                Tensor first;
                using (enable_grad()) first = closure();

                using (no_grad())
                using (NewDisposeScope())
                {
                    var loss = first.ToDouble();
                    var gradient = Gradient();
                    var converged = Largest(gradient) <= tolerance_grad;

                    for (long iteration = 1, evaluations = 1; !converged && iteration <= max_iter; iteration++)
                    {
                        iterations++;
                        Keep(ref direction, iterations == 1 ? gradient.neg() : NewDirection(gradient));
                        Keep(ref previous_gradient, gradient.clone());
                        previous_loss = loss;
                        length = iterations == 1 ? Math.Min(1, gradient.abs().sum().reciprocal().ToDouble()) * LearningRate : LearningRate;

                        var slope = gradient.dot(direction).ToDouble();
                        if (slope > -tolerance_change) break;
                        Move();
                        if (iteration == max_iter) break;

                        using (enable_grad()) loss = closure().ToDouble();
                        gradient = Gradient();
                        if (++evaluations >= max_eval || Largest(gradient) <= tolerance_grad) break;
                        if (Largest(direction) * length <= tolerance_change || Math.Abs(loss - previous_loss) < tolerance_change) break;
                    }
                }

                return first;
            }

            /// <summary>Minus the inverse Hessian, as the history approximates it, times the gradient: the two-loop recursion.</summary>
            private Tensor NewDirection(Tensor gradient)
            {
                var change = gradient.sub(previous_gradient);
                var step = direction.mul(length);
                var product = change.dot(step);

                if (product.ToDouble() > 1e-10)
                {
                    if (history.Count == history_size) Forget();
                    Keep(ref scale, product.div(change.dot(change)));
                    history.Add((change.DetachFromDisposeScope(), step.DetachFromDisposeScope(), product.reciprocal().DetachFromDisposeScope()));
                }

                var result = gradient.neg();
                var weights = new Tensor[history.Count];

                for (var i = history.Count - 1; i >= 0; i--)
                {
                    weights[i] = history[i].Step.dot(result).mul(history[i].Weight);
                    result.add_(history[i].Gradient, alpha: -weights[i].ToDouble());
                }

                if (scale is not null) result.mul_(scale);

                for (var i = 0; i < history.Count; i++)
                {
                    var correction = history[i].Gradient.dot(result).mul(history[i].Weight);
                    result.add_(history[i].Step, alpha: weights[i].sub(correction).ToDouble());
                }

                return result;
            }

            private void Move()
            {
                long start = 0;

                foreach (var parameter in all)
                {
                    parameter.add_(direction.narrow(0, start, parameter.numel()).view_as(parameter), alpha: length);
                    start += parameter.numel();
                }
            }

            private Tensor Gradient() => cat(all.ConvertAll(parameter => (parameter.grad ?? zeros_like(parameter)).reshape([-1])).ToArray(), 0);

            private static double Largest(Tensor tensor) => tensor.abs().max().ToDouble();

            private static void Keep(ref Tensor current, Tensor value)
            {
                current?.Dispose();
                current = value.DetachFromDisposeScope();
            }

            private void Forget()
            {
                history[0].Gradient.Dispose();
                history[0].Step.Dispose();
                history[0].Weight.Dispose();
                history.RemoveAt(0);
            }

            protected override void Dispose(bool disposing)
            {
                if (!disposing) return;
                while (history.Count > 0) Forget();
                direction?.Dispose();
                previous_gradient?.Dispose();
                scale?.Dispose();
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Modules.LBFGS LBFGS(
                IEnumerable<Modules.Parameter> parameters, double lr = 0.01, long max_iter = 20, long? max_eval = null,
                double tolerange_grad = 1e-5, double tolerance_change = 1e-9, long history_size = 100) =>
                new(parameters, lr, max_iter, max_eval, tolerange_grad, tolerance_change, history_size);

            public static Modules.LBFGS LBFGS(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double lr = 0.01, long max_iter = 20, long? max_eval = null,
                double tolerange_grad = 1e-5, double tolerance_change = 1e-9, long history_size = 100) =>
                new(parameters.Select(entry => entry.parameter), lr, max_iter, max_eval, tolerange_grad, tolerance_change, history_size);
        }
    }
}
