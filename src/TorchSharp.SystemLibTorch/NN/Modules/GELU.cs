namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>x times the normal distribution function of x: exactly (erf), or by the tanh approximation.</summary>
        public sealed class GELU : ParameterLessModule<Tensor, Tensor>
        {
            public enum Approximate
            {
                none,
                tanh,
            }

            internal GELU(bool inplace, Approximate approximate = Approximate.none) : base(nameof(GELU))
            {
                this.inplace = inplace;
                this.approximate = approximate;
            }

            public bool inplace { get; set; }

            public Approximate approximate { get; set; }

            public override Tensor forward(Tensor tensor) => nn.functional.gelu(tensor, approximate, inplace);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.GELU GELU() => new(false);

            public static Modules.GELU GELU(bool inplace) => new(inplace);

            public static Modules.GELU GELU(Modules.GELU.Approximate approximate, bool inplace = false) => new(inplace, approximate);
        }
    }
}
