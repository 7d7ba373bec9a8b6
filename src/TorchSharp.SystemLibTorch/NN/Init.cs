namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Ways to fill a tensor with initial values, in place and without gradient.</summary>
            public static class init
            {
                private static readonly Operator Uniform = new("uniform_");
                private static readonly Operator Normal = new("normal_");
                private static readonly Operator Fill = new("fill_", "Scalar");
                private static readonly Operator Qr = new("linalg_qr");
                private static readonly Operator InverseErf = new("erfinv_");
                private static readonly Operator FillRows = new("index_fill_", "int_Scalar");

                public enum NonlinearityType
                {
                    Linear = 0,
                    Conv1D = 1,
                    Conv2D = 2,
                    Conv3D = 3,
                    ConvTranspose1D = 4,
                    ConvTranspose2D = 5,
                    ConvTranspose3D = 6,
                    Sigmoid = 7,
                    Tanh = 8,
                    ReLU = 9,
                    LeakyReLU = 10,
                }

                public enum FanInOut
                {
                    FanIn = 0,
                    FanOut = 1,
                }

                /// <summary>The factor by which a nonlinearity shrinks the standard deviation, and initial weights make up for it.</summary>
                public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
                {
                    NonlinearityType.Tanh => 5.0 / 3.0,
                    NonlinearityType.ReLU => Math.Sqrt(2.0),
                    NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + param * param)),
                    _ => 1.0,
                };

                public static Tensor ones_(Tensor tensor) => FillWith(tensor, 1.0);

                public static Tensor zeros_(Tensor tensor) => FillWith(tensor, 0.0);

                public static Tensor constant_(Tensor tensor, Scalar val) => FillWith(tensor, val);

                private static Tensor FillWith(Tensor tensor, Arg value)
                {
                    using (no_grad()) return Fill.CallInPlace(tensor, value);
                }

                public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator generator = null)
                {
                    using (no_grad()) return Uniform.CallInPlace(tensor, low, high, generator);
                }

                public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator generator = null)
                {
                    using (no_grad()) return Normal.CallInPlace(tensor, mean, std, generator);
                }

                /// <summary>Normal values within [a, b], by the inverse of the distribution function.</summary>
                public static Tensor trunc_normal_(
                    Tensor tensor, double mean = 0.0, double std = 1.0, double a = -2.0, double b = 2.0, Generator generator = null)
                {
                    var below_a = NormalDistribution((a - mean) / std);
                    var below_b = NormalDistribution((b - mean) / std);

                    using (no_grad())
                    {
                        Uniform.CallInPlace(tensor, 2 * below_a - 1, 2 * below_b - 1, generator);
                        InverseErf.CallInPlace(tensor);
                        tensor.mul_(std * Math.Sqrt(2.0));
                        tensor.add_(mean);
                        return tensor.clamp_(a, b);
                    }
                }

                private static double NormalDistribution(double x)
                {
                    using var argument = torch.tensor(x / Math.Sqrt(2.0), ScalarType.Float64);
                    using var erf = argument.erf();
                    return (1 + erf.ToDouble()) / 2;
                }

                public static Tensor eye_(Tensor tensor)
                {
                    if (tensor.dim() != 2) throw new ArgumentException("Only tensors with 2 dimensions are supported", nameof(tensor));
                    using (no_grad())
                    using (var identity = torch.eye(tensor.size(0), tensor.size(1), dtype: tensor.dtype, device: tensor.device))
                    {
                        return tensor.copy_(identity);
                    }
                }

                /// <summary>The kernel of a convolution that passes its inputs on, as many channels as possible.</summary>
                public static Tensor dirac_(Tensor tensor)
                {
                    if (tensor.dim() is < 3 or > 5) throw new ArgumentException("Only tensors with 3, 4, or 5 dimensions are supported", nameof(tensor));

                    using (no_grad())
                    using (NewDisposeScope())
                    {
                        tensor.zero_();

                        for (long channel = 0; channel < Math.Min(tensor.size(0), tensor.size(1)); channel++)
                        {
                            var element = tensor.select(0, channel).select(0, channel);
                            while (element.dim() > 0) element = element.select(0, element.size(0) / 2);
                            element.fill_(1);
                        }

                        return tensor;
                    }
                }

                /// <summary>A (semi-)orthogonal matrix, from the QR decomposition of a normal one (Saxe et al. 2013).</summary>
                public static Tensor orthogonal_(Tensor tensor, double gain = 1.0)
                {
                    if (tensor.dim() < 2) throw new ArgumentException("Only tensors with 2 or more dimensions are supported", nameof(tensor));

                    using (no_grad())
                    using (NewDisposeScope())
                    {
                        var rows = tensor.size(0);
                        var columns = tensor.numel() / rows;
                        var flattened = empty([rows, columns], dtype: tensor.dtype, device: tensor.device);
                        Normal.CallInPlace(flattened, 0.0, 1.0);
                        if (rows < columns) flattened = flattened.t();

                        var (q, r) = Qr.Call2(flattened);
                        q = q.mul(r.diag(0).sign());
                        if (rows < columns) q = q.t();
                        tensor.copy_(q.reshape(tensor.shape));
                        return tensor.mul_(gain);
                    }
                }

                /// <summary>Normal values, of which in each column a share is zero.</summary>
                public static Tensor sparse_(Tensor tensor, double sparsity, double std = 0.01)
                {
                    if (tensor.dim() != 2) throw new ArgumentException("Only tensors with 2 dimensions are supported", nameof(tensor));

                    using (no_grad())
                    using (NewDisposeScope())
                    {
                        var rows = tensor.size(0);
                        var zeros = (long)Math.Ceiling(sparsity * rows);
                        Normal.CallInPlace(tensor, 0.0, std);

                        for (long column = 0; column < tensor.size(1); column++)
                        {
                            var chosen = randperm(rows, device: tensor.device).slice(0, 0, zeros, 1);
                            FillRows.CallInPlace(tensor.select(1, column), 0, chosen, 0.0);
                        }

                        return tensor;
                    }
                }

                public static Tensor kaiming_uniform_(
                    Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
                {
                    var bound = Math.Sqrt(3.0) * KaimingDeviation(tensor, a, mode, nonlinearity);
                    return tensor.numel() == 0 ? tensor : uniform_(tensor, -bound, bound);
                }

                public static Tensor kaiming_normal_(
                    Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                    tensor.numel() == 0 ? tensor : normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

                private static double KaimingDeviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
                {
                    var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                    return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
                }

                public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
                {
                    var bound = Math.Sqrt(3.0) * XavierDeviation(tensor, gain);
                    return uniform_(tensor, -bound, bound);
                }

                public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0) => normal_(tensor, 0, XavierDeviation(tensor, gain));

                public static Tensor glorot_uniform_(Tensor tensor, double gain = 1.0) => xavier_uniform_(tensor, gain);

                public static Tensor glorot_normal_(Tensor tensor, double gain = 1.0) => xavier_normal_(tensor, gain);

                private static double XavierDeviation(Tensor tensor, double gain)
                {
                    var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                    return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
                }

                /// <summary>How many inputs an output sums over, and how many outputs an input reaches.</summary>
                public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
                {
                    var shape = tensor.shape;
                    if (shape.Length < 2) throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions", nameof(tensor));
                    var receptive_field = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
                    return (shape[1] * receptive_field, shape[0] * receptive_field);
                }
            }
        }
    }
}
