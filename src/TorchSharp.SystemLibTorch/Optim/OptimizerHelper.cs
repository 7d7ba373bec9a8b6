using TorchSharp.Utils;

namespace TorchSharp.Modules
{
    using static TorchSharp.torch;

    /// <summary>What the optimizers have in common: groups, state by parameter, and their saving and loading.</summary>
    public abstract class OptimizerHelper : optim.Optimizer
    {
        protected OptimizerOptions _defaults;
        protected OrderedDict<IntPtr, OptimizerState> _state = new();

        public override void zero_grad()
        {
            using (no_grad())
            using (NewDisposeScope())
            {
                var grads = parameters().Select(parameter => parameter.grad).Where(grad => grad is not null).ToArray();
                if (grads.Length > 0) ForEach.Zero(grads);
            }
        }

        /// <summary>Fills the options not given from the optimizer's own and makes the state of the parameters.</summary>
        public override void add_param_group(ParamGroup param_group)
        {
            param_group.Parameters = param_group.Parameters.ToList();
            param_group.Options ??= NewOptions();
            param_group.Options.FillFrom(_defaults);
            param_group.Options.InitialLearningRate = param_group.Options.LearningRate.Value;

            foreach (var parameter in param_group.Parameters)
            {
                if (_state.ContainsKey(parameter.Handle)) throw new ArgumentException("Some parameters appear in more than one parameter group.", nameof(param_group));
                var state = NewState(parameter);
                state.Initialize(param_group.Options);
                _state.Add(parameter.Handle, state);
            }

            _parameter_groups.Add(param_group);
        }

        private protected virtual OptimizerOptions NewOptions() => new();

        private protected virtual OptimizerState NewState(Parameter parameter) =>
            throw new NotSupportedException($"{GetType().Name} must override add_param_group and make the state itself.");

        private protected void Setup(OptimizerOptions defaults, IEnumerable<ParamGroup> groups)
        {
            _defaults = defaults;
            foreach (var group in groups) add_param_group(group);
        }

        /// <summary>Calls the closure with gradients on, then the body for each group with gradients off and in a dispose scope of its own.</summary>
        protected Tensor _step<T>(Action<T> body, Func<Tensor> loss_closure = null) where T : ParamGroup
        {
            Tensor loss = null;

            if (loss_closure is not null)
            {
                using (enable_grad()) loss = loss_closure();
            }

            using (no_grad())
            using (NewDisposeScope())
            {
                foreach (var group in _parameter_groups) body((T)group);
            }

            return loss;
        }

        public void to(Device device)
        {
            foreach (var (_, state) in _state) state.to(device);
        }

        public virtual StateDictionary state_dict()
        {
            var dictionary = new StateDictionary();

            foreach (var group in _parameter_groups)
            {
                var indices = new List<int>();
                dictionary.Options.Add(group.Options);
                dictionary.StateIndexRef.Add(indices);

                foreach (var parameter in group.Parameters)
                {
                    indices.Add(dictionary.State.Count);
                    dictionary.State.Add(_state[parameter.Handle]);
                }
            }

            return dictionary;
        }

        public virtual void load_state_dict(StateDictionary state_dict)
        {
            var own = this.state_dict();
            RequireCounts(own, state_dict.Options.Count, state_dict.State.Count);

            for (var i = 0; i < own.Options.Count; i++)
            {
                if (!ReferenceEquals(own.Options[i], state_dict.Options[i])) own.Options[i].LoadStateDict(state_dict.Options[i]);
            }

            for (var i = 0; i < own.State.Count; i++)
            {
                if (!ReferenceEquals(own.State[i], state_dict.State[i])) own.State[i].LoadStateDict(state_dict.State[i]);
            }
        }

        public void save_state_dict(string location)
        {
            using var stream = File.Create(location);
            using var writer = new BinaryWriter(stream);
            save_state_dict(writer);
        }

        public void load_state_dict(string location)
        {
            using var stream = File.OpenRead(location);
            using var reader = new BinaryReader(stream);
            load_state_dict(reader);
        }

        public void save_state_dict(BinaryWriter writer)
        {
            var own = state_dict();
            writer.Write(GetType().Name);
            writer.Write7BitEncodedInt64(own.Options.Count);
            writer.Write7BitEncodedInt64(own.State.Count);
            foreach (var options in own.Options) options.SaveStateDict(writer);
            foreach (var state in own.State) state.SaveStateDict(writer);
        }

        public void load_state_dict(BinaryReader reader)
        {
            var type = reader.ReadString();
            if (type != GetType().Name)
                throw new InvalidDataException($"Mismatched optimizer type: expected '{GetType().Name}', but found '{type}' in the loaded stream.");

            var own = state_dict();
            RequireCounts(own, reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
            foreach (var options in own.Options) options.LoadStateDict(reader);
            foreach (var state in own.State) state.LoadStateDict(reader);
        }

        private static void RequireCounts(StateDictionary own, long groups, long states)
        {
            if (groups != own.Options.Count)
                throw new ArgumentException($"Invalid optimizer state -- different number of parameter groups: expected {own.Options.Count}, got {groups}.");
            if (states != own.State.Count)
                throw new ArgumentException($"Invalid optimizer state -- different number of states: expected {own.State.Count}, got {states}.");
        }

        protected override void Dispose(bool disposing)
        {
            if (!disposing) return;
            foreach (var (_, state) in _state) (state as IDisposable)?.Dispose();
            _state.Clear();
        }
    }
}
