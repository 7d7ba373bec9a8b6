namespace TorchSharp.Modules
{
    using static TorchSharp.torch;

    /// <summary>What an optimizer remembers about one parameter.</summary>
    public abstract class OptimizerState
    {
        protected Parameter _parameter;

        protected OptimizerState(Parameter parameter) => _parameter = parameter;

        public abstract void Initialize(OptimizerOptions options);

        public abstract void SaveStateDict(BinaryWriter writer);

        public abstract void LoadStateDict(BinaryReader reader);

        public abstract void LoadStateDict(OptimizerState source);

        public virtual bool ApproximatelyEquals(OptimizerState other) => false;

        public virtual void to(Device device)
        {
        }

        protected static void SaveConditionalStateTensor(BinaryWriter writer, Tensor tensor)
        {
            writer.Write(tensor is not null);
            if (tensor is not null) writer.WriteTensor(tensor);
        }

        protected static void LoadConditionalStateTensor(BinaryReader reader, ref Tensor result, Device device)
        {
            result?.Dispose();
            result = reader.ReadBoolean() ? reader.ReadTensor(device) : null;
        }
    }

    /// <summary>State made of tensors of the parameter's shape. The first ones are always there, the others as the options ask.</summary>
    public abstract class TensorOptimizerState : OptimizerState, IDisposable
    {
        private readonly int required;

        private protected TensorOptimizerState(Parameter parameter, int required) : base(parameter) => this.required = required;

        private protected abstract int Count { get; }

        private protected abstract ref Tensor At(int index);

        /// <summary>Puts a new tensor, out of reach of dispose scopes, in the place of an old one.</summary>
        private protected static void Replace(ref Tensor current, Tensor value)
        {
            current?.Dispose();
            current = value?.DetachFromDisposeScope();
        }

        private protected Tensor Zeros() => zeros_like(_parameter).detach();

        public override void SaveStateDict(BinaryWriter writer)
        {
            for (var i = 0; i < Count; i++)
            {
                if (i < required) writer.WriteTensor(At(i));
                else SaveConditionalStateTensor(writer, At(i));
            }
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            for (var i = 0; i < Count; i++)
            {
                if (i < required) reader.ReadTensor(At(i));
                else LoadConditionalStateTensor(reader, ref At(i), _parameter.device);
            }
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var other = (TensorOptimizerState)source;

            using (no_grad())
            {
                for (var i = 0; i < Count; i++) Replace(ref At(i), other.At(i)?.to(_parameter.device).clone());
            }
        }

        public override bool ApproximatelyEquals(OptimizerState other)
        {
            if (other is not TensorOptimizerState rest || rest.GetType() != GetType()) return false;

            for (var i = 0; i < Count; i++)
            {
                if (At(i) is null != rest.At(i) is null) return false;
                if (At(i) is not null && !At(i).allclose(rest.At(i))) return false;
            }

            return true;
        }

        public override void to(Device device)
        {
            for (var i = 0; i < Count; i++)
            {
                if (At(i) is { } tensor) Replace(ref At(i), tensor.to(device).clone());
            }
        }

        public void Dispose()
        {
            for (var i = 0; i < Count; i++) At(i)?.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>State that also counts the steps.</summary>
    public abstract class CountingOptimizerState : TensorOptimizerState
    {
        public long step;

        private protected CountingOptimizerState(Parameter parameter, int required) : base(parameter, required) { }

        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            base.SaveStateDict(writer);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            base.LoadStateDict(reader);
        }

        public override void LoadStateDict(OptimizerState source)
        {
            step = ((CountingOptimizerState)source).step;
            base.LoadStateDict(source);
        }

        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is CountingOptimizerState rest && step == rest.step && base.ApproximatelyEquals(other);
    }
}
