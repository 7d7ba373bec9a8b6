namespace TorchSharp.Modules
{
    using static TorchSharp.torch;

    public interface IParameterLessModule
    {
    }

    /// <summary>A module that never holds tensors: there is nothing to move, save or train.</summary>
    public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
    {
        protected ParameterLessModule(string name) : base(name) { }

        protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

        protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

        protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

        public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw ParameterLess.Refuse("buffer");

        public override void register_parameter(string name, Parameter param) => throw ParameterLess.Refuse("parameter");

        public override void register_module(string name, nn.Module submodule)
        {
            ParameterLess.Require(submodule);
            base.register_module(name, submodule);
        }
    }

    /// <summary>A module of two inputs that never holds tensors.</summary>
    public abstract class ParameterLessModule<T1, T2, TResult> : nn.Module<T1, T2, TResult>, IParameterLessModule
    {
        protected ParameterLessModule(string name) : base(name) { }

        protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

        protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

        protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

        public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw ParameterLess.Refuse("buffer");

        public override void register_parameter(string name, Parameter param) => throw ParameterLess.Refuse("parameter");

        public override void register_module(string name, nn.Module submodule)
        {
            ParameterLess.Require(submodule);
            base.register_module(name, submodule);
        }
    }

    internal static class ParameterLess
    {
        public static InvalidOperationException Refuse(string what) =>
            new($"Cannot register a {what} on a module that is declared 'parameter-less.'");

        public static void Require(nn.Module submodule)
        {
            if (submodule is not null and not IParameterLessModule)
                throw new InvalidOperationException("Submodules of a parameter-less module must also be parameter-less.");
        }
    }
}
