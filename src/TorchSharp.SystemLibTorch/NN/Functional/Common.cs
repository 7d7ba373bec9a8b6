namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static partial class functional
            {
                private static readonly Operator Op_linear = new("linear");
                private static readonly Operator Op_bilinear = new("bilinear");
                private static readonly Operator Op_one_hot = new("one_hot");
                private static readonly Operator Op_dropout = new("dropout");
                private static readonly Operator Op_dropout_ = new("dropout_");
                private static readonly Operator Op_alpha_dropout = new("alpha_dropout");
                private static readonly Operator Op_alpha_dropout_ = new("alpha_dropout_");
                private static readonly Operator Op_feature_dropout = new("feature_dropout");
                private static readonly Operator Op_feature_dropout_ = new("feature_dropout_");
                private static readonly Operator Op_cosine_similarity = new("cosine_similarity");
                private static readonly Operator Op_pairwise_distance = new("pairwise_distance");
                private static readonly Operator Op_pixel_shuffle = new("pixel_shuffle");
                private static readonly Operator Op_im2col = new("im2col");
                private static readonly Operator Op_col2im = new("col2im");

                public static Tensor linear(Tensor input, Tensor weights, Tensor bias = null) => Op_linear.Call(input, weights, bias);

                public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor bias = null) =>
                    Op_bilinear.Call(input1, input2, weight, bias);

                public static Tensor one_hot(Tensor x, long num_classes = -1) => Op_one_hot.Call(x, num_classes);

                public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                    (inplace ? Op_dropout_ : Op_dropout).Call(input, p, training);

                public static Tensor alpha_dropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false) =>
                    (inplace ? Op_alpha_dropout_ : Op_alpha_dropout).Call(input, p, training);

                /// <summary>Zeroes whole channels, the second dimension of a batch.</summary>
                internal static Tensor ChannelDropout(Tensor input, double p, bool training, bool inplace) =>
                    (inplace ? Op_feature_dropout_ : Op_feature_dropout).Call(input, p, training);

                public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) =>
                    Op_cosine_similarity.Call(x1, x2, dim, eps);

                public static Tensor pairwise_distance(Tensor input1, Tensor input2, double p = 2.0, double eps = 1e-6, bool keepdim = false) =>
                    Op_pairwise_distance.Call(input1, input2, p, eps, keepdim);

                public static Tensor pixel_shuffle(Tensor input, long upscale_factor) => Op_pixel_shuffle.Call(input, upscale_factor);

                public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                    unfold(input, (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

                public static Tensor unfold(
                    Tensor input, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
                    Op_im2col.Call(input, Pair(kernel_size), Pair(dilation ?? (1, 1)), Pair(padding ?? (0, 0)), Pair(stride ?? (1, 1)));

                public static Tensor fold(Tensor input, long output_size, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                    fold(input, (output_size, output_size), (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

                public static Tensor fold(
                    Tensor input, (long, long) output_size, (long, long) kernel_size,
                    (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
                    Op_col2im.Call(
                        input, Pair(output_size), Pair(kernel_size), Pair(dilation ?? (1, 1)), Pair(padding ?? (0, 0)), Pair(stride ?? (1, 1)));

                internal static long[] Pair((long, long) value) => [value.Item1, value.Item2];

                internal static long[] Pair((long, long)? value) => value is { } given ? Pair(given) : null;

                internal static long[] Triple((long, long, long) value) => [value.Item1, value.Item2, value.Item3];

                internal static long[] Triple((long, long, long)? value) => value is { } given ? Triple(given) : null;
            }
        }
    }
}
