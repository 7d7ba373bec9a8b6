namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public enum Reduction : long
            {
                None = 0,
                Mean = 1,
                Sum = 2,
            }

            public static partial class functional
            {
                private static readonly Operator Op_mse_loss = new("mse_loss");
                private static readonly Operator Op_l1_loss = new("l1_loss");
                private static readonly Operator Op_smooth_l1_loss = new("smooth_l1_loss");
                private static readonly Operator Op_huber_loss = new("huber_loss");
                private static readonly Operator Op_kl_div = new("kl_div");
                private static readonly Operator Op_nll_loss = new("nll_loss_nd");
                private static readonly Operator Op_cross_entropy = new("cross_entropy_loss");
                private static readonly Operator Op_binary_cross_entropy = new("binary_cross_entropy");
                private static readonly Operator Op_binary_cross_entropy_with_logits = new("binary_cross_entropy_with_logits");
                private static readonly Operator Op_poisson_nll_loss = new("poisson_nll_loss");
                private static readonly Operator Op_cosine_embedding_loss = new("cosine_embedding_loss");

                public static Tensor mse_loss(
                    Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                    Op_mse_loss.Call(input, target, (long)reduction);

                public static Tensor l1_loss(
                    Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                    Op_l1_loss.Call(input, target, (long)reduction);

                public static Tensor smooth_l1_loss(
                    Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1.0) =>
                    Op_smooth_l1_loss.Call(input, target, (long)reduction, beta);

                public static Tensor huber_loss(
                    Tensor input, Tensor target, double delta = 1.0, Reduction reduction = Reduction.Mean) =>
                    Op_huber_loss.Call(input, target, (long)reduction, delta);

                public static Tensor kl_div(
                    Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) =>
                    Op_kl_div.Call(input, target, (long)reduction, log_target);

                public static Tensor nll_loss(
                    Tensor input, Tensor target, Tensor weight = null, Reduction reduction = Reduction.Mean) =>
                    Op_nll_loss.Call(input, target, weight, (long)reduction);

                public static Tensor cross_entropy(
                    Tensor input, Tensor target, Tensor weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                    Op_cross_entropy.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

                public static Tensor binary_cross_entropy(
                    Tensor input, Tensor target, Tensor weight = null, Reduction reduction = Reduction.Mean) =>
                    Op_binary_cross_entropy.Call(input, target, weight, (long)reduction);

                public static Tensor binary_cross_entropy_with_logits(
                    Tensor input, Tensor target, Tensor weight = null, Reduction reduction = Reduction.Mean, Tensor pos_weights = null) =>
                    Op_binary_cross_entropy_with_logits.Call(input, target, weight, pos_weights, (long)reduction);

                public static Tensor poisson_nll_loss(
                    Tensor input, Tensor target, bool log_input = true, bool full = false, float eps = 1e-8f, Reduction reduction = Reduction.Mean) =>
                    Op_poisson_nll_loss.Call(input, target, log_input, full, eps, (long)reduction);

                public static Tensor cosine_embedding_loss(
                    Tensor input1, Tensor input2, Tensor target, double margin = 0.0, Reduction reduction = Reduction.Mean) =>
                    Op_cosine_embedding_loss.Call(input1, input2, target, margin, (long)reduction);

                /// <summary>
                /// Half of log(variance) + (input - target)^2 / variance, with the variance floored at eps (the floor has no gradient).
                /// </summary>
                public static Tensor gaussian_nll_loss(
                    Tensor input, Tensor target, Tensor variance, bool full = false, float eps = 1e-6f, Reduction reduction = Reduction.Mean)
                {
                    using var scope = NewDisposeScope();
                    if (variance.dim() == input.dim() - 1) variance = variance.unsqueeze(-1);

                    var floored = variance.clone();
                    using (no_grad())
                    {
                        if (variance.lt(0).any().ToBoolean()) throw new ArgumentException("variance has negative entry/entries", nameof(variance));
                        floored.clamp_(min: eps);
                    }

                    var loss = floored.log().add(input.sub(target).square().div(floored)).mul(0.5);
                    if (full) loss = loss.add(0.5 * Math.Log(2 * Math.PI));
                    loss = reduction switch { Reduction.Mean => loss.mean(), Reduction.Sum => loss.sum(), _ => loss };
                    return loss.MoveToOuterDisposeScope();
                }
            }
        }
    }
}
