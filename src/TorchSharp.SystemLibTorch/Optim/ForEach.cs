namespace TorchSharp
{
    using Modules;
    using static torch;

    /// <summary>Operators over lists of tensors. Except where they return a list they change their first argument.</summary>
    internal static class ForEach
    {
        private static readonly Operator MultiplyByScalar = new("_foreach_mul_", "Scalar");
        private static readonly Operator DivideByScalar = new("_foreach_div_", "Scalar");
        private static readonly Operator AddScalar = new("_foreach_add_", "Scalar");
        private static readonly Operator AddList = new("_foreach_add_", "List");
        private static readonly Operator SumOfLists = new("_foreach_add", "List");
        private static readonly Operator Addcmul = new("_foreach_addcmul_", "Scalar");
        private static readonly Operator Addcdiv = new("_foreach_addcdiv_", "Scalar");
        private static readonly Operator MaximumOfLists = new("_foreach_maximum_", "List");
        private static readonly Operator SquareRoots = new("_foreach_sqrt");
        private static readonly Operator Negatives = new("_foreach_neg");
        private static readonly Operator ZeroAll = new("_foreach_zero_");

        // As many numbers as fit a core's second-level cache with the four or five tensors of an update. On the CPU an optimizer goes
        // through its parameters in portions of about this size: all operators over one portion, then the next.
        private const long PortionOnCpu = 32 * 1024;

        public static void Zero(Tensor[] self) => ZeroAll.Call(self);

        public static void Multiply(Tensor[] self, double scalar) => MultiplyByScalar.Call(self, scalar);

        public static void Divide(Tensor[] self, double scalar) => DivideByScalar.Call(self, scalar);

        public static void Add(Tensor[] self, double scalar) => AddScalar.Call(self, scalar);

        public static void Add(Tensor[] self, Tensor[] other, double alpha = 1) => AddList.Call(self, other, alpha);

        public static void AddProduct(Tensor[] self, Tensor[] first, Tensor[] second, double value) => Addcmul.Call(self, first, second, value);

        public static void AddQuotient(Tensor[] self, Tensor[] numerator, Tensor[] denominator, double value) =>
            Addcdiv.Call(self, numerator, denominator, value);

        public static void Maximum(Tensor[] self, Tensor[] other) => MaximumOfLists.Call(self, other);

        public static Tensor[] Sum(Tensor[] first, Tensor[] second, double alpha) => SumOfLists.CallList(first, second, alpha);

        public static Tensor[] Sqrt(Tensor[] self) => SquareRoots.CallList(self);

        public static Tensor[] Negate(Tensor[] self) => Negatives.CallList(self);

        /// <summary>Calls an update with the parameters that have a gradient, in portions; those of one portion have made the same number of steps.</summary>
        public static void Portion<TState>(IEnumerable<Parameter> parameters, Func<Parameter, TState> state_of, Action<Portion<TState>> update)
            where TState : OptimizerState
        {
            var portion = new Portion<TState>();
            long size = 0;
            long step = 0;

            foreach (var parameter in parameters)
            {
                var grad = parameter.grad;
                if (grad is null) continue;

                var state = state_of(parameter);
                var steps = state is CountingOptimizerState counting ? ++counting.step : 0;

                if (portion.Count > 0 && (steps != step || (size >= PortionOnCpu && parameter.device_type == DeviceType.CPU)))
                {
                    update(portion);
                    portion = new Portion<TState>();
                    size = 0;
                }

                portion.Add(parameter, grad, state, steps);
                step = steps;
                size += parameter.numel();
            }

            if (portion.Count > 0) update(portion);
        }

        /// <summary>Calls an update with each parameter that has a gradient, the gradient and the state.</summary>
        public static void Parameter<TState>(IEnumerable<Parameter> parameters, Func<Parameter, TState> state_of, Action<Tensor, Tensor, TState> update)
            where TState : CountingOptimizerState
        {
            foreach (var parameter in parameters)
            {
                var grad = parameter.grad;
                if (grad is null) continue;
                var state = state_of(parameter);
                state.step++;
                update(parameter, grad, state);
            }
        }
    }

    internal sealed class Portion<TState>
    {
        private readonly List<Tensor> parameters = [];
        private readonly List<Tensor> gradients = [];
        private readonly List<TState> states = [];

        public int Count => parameters.Count;

        public long Step { get; private set; }

        public Tensor[] Parameters => parameters.ToArray();

        public Tensor[] Gradients => gradients.ToArray();

        public List<TState> States => states;

        public Tensor[] State(Func<TState, Tensor> tensor)
        {
            var tensors = new Tensor[states.Count];
            for (var i = 0; i < tensors.Length; i++) tensors[i] = tensor(states[i]);
            return tensors;
        }

        public void Add(Tensor parameter, Tensor gradient, TState state, long step)
        {
            parameters.Add(parameter);
            gradients.Add(gradient);
            states.Add(state);
            Step = step;
        }
    }
}
