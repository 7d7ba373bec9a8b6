namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>A normal vector, by its mean and one of: covariance, precision (its inverse), or the covariance's lower Cholesky factor.</summary>
        public class MultivariateNormal : distributions.Distribution
        {
            private static readonly Operator Cholesky = new("linalg_cholesky");
            private static readonly Operator SolveTriangular = new("linalg_solve_triangular");

            private readonly Tensor loc;
            private readonly Tensor factor;

            public MultivariateNormal(
                Tensor loc, Tensor covariance_matrix = null, Tensor precision_matrix = null, Tensor scale_tril = null, Generator generator = null)
                : base(generator)
            {
                var given = new[] { covariance_matrix, precision_matrix, scale_tril }.Where(matrix => matrix is not null).ToArray();
                if (given.Length != 1) throw new ArgumentException("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.");
                if (given[0].dim() < 2) throw new ArgumentException("The matrix must be at least two-dimensional, with optional leading batch dimensions.");
                if (loc.dim() < 1) throw new ArgumentException("loc must be at least one-dimensional.", nameof(loc));

                using var scope = NewDisposeScope();
                var lower = scale_tril ?? (covariance_matrix is not null ? Cholesky.Call(covariance_matrix) : FactorOfInverse(precision_matrix));
                var width = loc.size(-1);
                var batch = broadcast_tensors(lower.select(-1, 0), loc)[0].shape[..^1];
                this.loc = loc.expand([.. batch, width]).DetachFromDisposeScope();
                factor = lower.expand([.. batch, width, width]).DetachFromDisposeScope();
                _init(new Size(batch), new Size([width]));
            }

            public override Tensor mean => loc;

            public override Tensor mode => loc;

            public override Tensor variance
            {
                get
                {
                    using var squares = factor.pow(2);
                    return squares.sum([-1]);
                }
            }

            public override Tensor rsample(params long[] sample_shape)
            {
                using var scope = NewDisposeScope();
                var noise = empty(ExtendedShape(sample_shape), dtype: loc.dtype, device: loc.device).normal_(generator: generator);
                return loc.add(factor.matmul(noise.unsqueeze(-1)).squeeze(-1)).MoveToOuterDisposeScope();
            }

            public override Tensor log_prob(Tensor value)
            {
                using var scope = NewDisposeScope();
                var whitened = SolveTriangular.Call(factor, value.sub(loc).unsqueeze(-1), false).squeeze(-1);
                var distance = whitened.pow(2).sum([-1]);
                return distance.add(loc.size(-1) * Math.Log(2 * Math.PI)).mul(-0.5).sub(HalfLogDeterminant()).MoveToOuterDisposeScope();
            }

            public override Tensor entropy()
            {
                using var scope = NewDisposeScope();
                return HalfLogDeterminant().add(0.5 * loc.size(-1) * (1 + Math.Log(2 * Math.PI))).MoveToOuterDisposeScope();
            }

            private Tensor HalfLogDeterminant() => factor.diagonal(dim1: -2, dim2: -1).log().sum([-1]);

            /// <summary>L with L L' = P^-1, from the Cholesky factor of P with its rows and columns reversed.</summary>
            private static Tensor FactorOfInverse(Tensor precision)
            {
                var reversed = Cholesky.Call(precision.flip(-2, -1));
                var upper = reversed.flip(-2, -1).transpose(-2, -1);
                var identity = eye(precision.size(-1), dtype: precision.dtype, device: precision.device);
                return SolveTriangular.Call(upper, identity, false);
            }

            public override distributions.Distribution expand(Size batch_shape, distributions.Distribution instance = null)
            {
                using var scope = NewDisposeScope();
                var width = loc.size(-1);
                long[] batch = batch_shape.Shape;
                return new MultivariateNormal(
                    loc.expand([.. batch, width]), scale_tril: factor.expand([.. batch, width, width]), generator: generator);
            }

            protected override void Dispose(bool disposing)
            {
                if (!disposing) return;
                loc.Dispose();
                factor.Dispose();
            }
        }
    }

    public static partial class torch
    {
        public static partial class distributions
        {
            public static Modules.MultivariateNormal MultivariateNormal(
                Tensor loc, Tensor covariance_matrix = null, Tensor precision_matrix = null, Tensor scale_tril = null, Generator generator = null) =>
                new(loc, covariance_matrix, precision_matrix, scale_tril, generator);
        }
    }
}
