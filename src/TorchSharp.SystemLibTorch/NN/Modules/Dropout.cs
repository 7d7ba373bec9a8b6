namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Zeroes elements while training and scales the others by 1/(1 - p).</summary>
        public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
        {
            internal Dropout(double p, bool inplace) : base(nameof(Dropout))
            {
                this.p = p;
                this.inplace = inplace;
            }

            public double p { get; set; }

            public bool inplace { get; set; }

            public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
        }

        /// <summary>Zeroes whole channels of (N, C, L) while training.</summary>
        public sealed class Dropout1d : ParameterLessModule<Tensor, Tensor>
        {
            internal Dropout1d(double p, bool inplace) : base(nameof(Dropout1d))
            {
                this.p = p;
                this.inplace = inplace;
            }

            public double p { get; set; }

            public bool inplace { get; set; }

            public override Tensor forward(Tensor tensor) => nn.functional.ChannelDropout(tensor, p, training, inplace);
        }

        /// <summary>Zeroes whole channels of (N, C, H, W) while training.</summary>
        public sealed class Dropout2d : ParameterLessModule<Tensor, Tensor>
        {
            internal Dropout2d(double p, bool inplace) : base(nameof(Dropout2d))
            {
                this.p = p;
                this.inplace = inplace;
            }

            public double p { get; set; }

            public bool inplace { get; set; }

            public override Tensor forward(Tensor input) => nn.functional.ChannelDropout(input, p, training, inplace);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

            public static Modules.Dropout1d Dropout1d(double p = 0.5, bool inplace = false) => new(p, inplace);

            public static Modules.Dropout2d Dropout2d(double p = 0.5, bool inplace = false) => new(p, inplace);
        }
    }
}
