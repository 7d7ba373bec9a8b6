namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static partial class functional
            {
                // An operator that works in place is called through Call, not CallInPlace: the result is then a second tensor object
                // over the same data, and the caller may dispose input and result each on its own.

                private static readonly Operator Op_relu = new("relu");
                private static readonly Operator Op_relu_ = new("relu_");

                public static Tensor relu(Tensor x, bool inplace = false) => (inplace ? Op_relu_ : Op_relu).Call(x);

                private static readonly Operator Op_relu6 = new("relu6");
                private static readonly Operator Op_relu6_ = new("relu6_");

                public static Tensor relu6(Tensor x, bool inplace = false) => (inplace ? Op_relu6_ : Op_relu6).Call(x);

                private static readonly Operator Op_leaky_relu = new("leaky_relu");
                private static readonly Operator Op_leaky_relu_ = new("leaky_relu_");

                public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) => (inplace ? Op_leaky_relu_ : Op_leaky_relu).Call(input, negative_slope);

                private static readonly Operator Op_elu = new("elu");
                private static readonly Operator Op_elu_ = new("elu_");

                public static Tensor elu(Tensor x, double alpha, bool inplace = false) => (inplace ? Op_elu_ : Op_elu).Call(x, alpha);

                private static readonly Operator Op_silu = new("silu");
                private static readonly Operator Op_silu_ = new("silu_");

                public static Tensor silu(Tensor x, bool inplace = false) => (inplace ? Op_silu_ : Op_silu).Call(x);

                private static readonly Operator Op_mish = new("mish");
                private static readonly Operator Op_mish_ = new("mish_");

                public static Tensor mish(Tensor x, bool inplace = false) => (inplace ? Op_mish_ : Op_mish).Call(x);

                private static readonly Operator Op_tanh = new("tanh");
                private static readonly Operator Op_tanh_ = new("tanh_");

                public static Tensor tanh(Tensor x, bool inplace = false) => (inplace ? Op_tanh_ : Op_tanh).Call(x);

                private static readonly Operator Op_hardtanh = new("hardtanh");
                private static readonly Operator Op_hardtanh_ = new("hardtanh_");

                public static Tensor hardtanh(Tensor x, double min_val = -1.0, double max_val = 1.0, bool inplace = false) => (inplace ? Op_hardtanh_ : Op_hardtanh).Call(x, min_val, max_val);

                private static readonly Operator Op_softplus = new("softplus");

                public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Op_softplus.Call(x, beta, threshold);

                private static readonly Operator Op_glu = new("glu");

                public static Tensor glu(Tensor input, long dim = -1) => Op_glu.Call(input, dim);

                private static readonly Operator Op_sigmoid = new("sigmoid");
                private static readonly Operator Op_sigmoid_ = new("sigmoid_");

                public static Tensor sigmoid(Tensor x, bool inplace) => (inplace ? Op_sigmoid_ : Op_sigmoid).Call(x);

                public static Tensor sigmoid(Tensor x) => Op_sigmoid.Call(x);

                private static readonly Operator Op_gelu = new("gelu");
                private static readonly Operator Op_gelu_ = new("gelu_");

                public static Tensor gelu(Tensor x) => Op_gelu.Call(x);

                public static Tensor gelu(Tensor x, bool inplace) => (inplace ? Op_gelu_ : Op_gelu).Call(x);

                public static Tensor gelu(Tensor x, Modules.GELU.Approximate approximate, bool inplace = false) =>
                    (inplace ? Op_gelu_ : Op_gelu).Call(x, approximate == Modules.GELU.Approximate.tanh ? "tanh" : "none");

                private static readonly Operator Op_softmax = new("softmax", "int");
                private static readonly Operator Op_log_softmax = new("log_softmax", "int");

                public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => Op_softmax.Call(input, dim, dtype);

                public static Tensor log_softmax(Tensor x, long dim) => Op_log_softmax.Call(x, dim);

                [Obsolete("Use silu.", false)]
                public static Tensor SiLU(Tensor x, bool inplace = false) => silu(x, inplace);

                [Obsolete("Use mish.", false)]
                public static Tensor Mish(Tensor x) => mish(x);
            }
        }
    }
}
