using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static partial class utils
            {
                private static readonly Operator ForEachNorm = new("_foreach_norm", "Scalar");
                private static readonly Operator VectorNorm = new("linalg_vector_norm");
                private static readonly Operator Stack = new("stack");
                private static readonly Operator Cat = new("cat");

                /// <summary>Scales all gradients so that their joint norm is at most <paramref name="max_norm"/>; returns the norm they had.</summary>
                public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
                {
                    using (no_grad())
                    using (NewDisposeScope())
                    {
                        var grads = Gradients(tensors);
                        if (grads.Length == 0) return 0;

                        Tensor norm;
                        if (double.IsPositiveInfinity(norm_type))
                        {
                            norm = Stack.Call(Array.ConvertAll(grads, grad => grad.abs().max())).max();
                        }
                        else
                        {
                            var norms = norm_type is 1 or 2 && ForEachNorm.Exists
                                ? ForEachNorm.CallList(grads, norm_type)
                                : Array.ConvertAll(grads, grad => VectorNorm.Call(grad, norm_type));
                            var device = norms[0].device;
                            norm = VectorNorm.Call(Stack.Call(Array.ConvertAll(norms, each => each.to(device))), norm_type);
                        }

                        var total = norm.ToDouble();
                        var scale = max_norm / (total + 1e-6);
                        if (!(scale >= 1.0)) ForEach.Multiply(grads, scale);
                        return total;
                    }
                }

                public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
                {
                    using (no_grad())
                    using (NewDisposeScope())
                    {
                        foreach (var grad in Gradients(tensors)) grad.clamp_(-clip_value, clip_value);
                    }
                }

                private static Tensor[] Gradients(IEnumerable<Parameter> tensors) =>
                    tensors.Select(parameter => parameter.grad).Where(grad => grad is not null).ToArray();

                /// <summary>All values in one vector, part of the autograd graph.</summary>
                public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
                {
                    using var scope = NewDisposeScope();
                    return Cat.Call(tensors.Select(parameter => parameter.reshape([-1])).ToArray(), 0).MoveToOuterDisposeScope();
                }

                /// <summary>Copies the parts of a vector into parameters, in their order.</summary>
                public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
                {
                    using (no_grad())
                    using (NewDisposeScope())
                    {
                        long start = 0;

                        foreach (var parameter in tensors)
                        {
                            var count = parameter.numel();
                            parameter.copy_(vec.narrow(0, start, count).reshape(parameter.shape));
                            start += count;
                        }
                    }
                }
            }
        }
    }
}
