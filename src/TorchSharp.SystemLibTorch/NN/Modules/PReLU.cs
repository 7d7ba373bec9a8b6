namespace TorchSharp
{
    namespace Modules
    {
        using TorchSharp.Utils;
        using static TorchSharp.torch;

        /// <summary>A leaky rectifier that learns its slopes, one for all channels or one for each.</summary>
        public sealed class PReLU : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = nameof(weight))]
            private Parameter _weight;

            internal PReLU(long num_parameters, double init, Device device, ScalarType? dtype) : base(nameof(PReLU))
            {
                this.num_parameters = num_parameters;
                this.init = init;
                weight = new Parameter(full([num_parameters], init, dtype: dtype ?? get_default_dtype(), device: device));
            }

            public Parameter weight
            {
                get => _weight;
                set => ReplaceComponent(nameof(weight), ref _weight, value);
            }

            public long num_parameters { get; }

            public double init { get; }

            public override Tensor forward(Tensor tensor) => nn.functional.prelu(tensor, _weight);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.PReLU PReLU(long num_parameters, double init = 0.25, Device device = null, ScalarType? dtype = null) =>
                new(num_parameters, init, device, dtype);
        }
    }
}
