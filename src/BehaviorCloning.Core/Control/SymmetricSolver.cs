namespace BehaviorCloning.Control;

/// <summary>
/// Solves <c>A x = b</c> for the small symmetric positive definite matrices of robots (mass matrices, damped <c>J Jᵀ</c>) by Cholesky's
/// factorization, in place and without memory of its own. Golub and Van Loan, Matrix Computations, algorithm 4.2.2.
/// </summary>
public static class SymmetricSolver
{
    /// <summary>Replaces the lower triangle of A by its factor L with <c>A = L Lᵀ</c>.</summary>
    /// <param name="matrix">Row-major [n, n]; only the lower triangle is read and written.</param>
    /// <param name="size">n.</param>
    /// <returns>False if A is not positive definite (or not finite): what is in the matrix then is of no use.</returns>
    public static bool TryFactor(Span<double> matrix, int size)
    {
        Shapes.Require(matrix.Length, size * size, "matrix");
        for (int j = 0; j < size; j++)
        {
            double pivot = matrix[(j * size) + j];
            for (int k = 0; k < j; k++) pivot -= matrix[(j * size) + k] * matrix[(j * size) + k];
            if (!(pivot > 0) || double.IsInfinity(pivot)) return false;
            pivot = Math.Sqrt(pivot);
            matrix[(j * size) + j] = pivot;
            for (int i = j + 1; i < size; i++)
            {
                double value = matrix[(i * size) + j];
                for (int k = 0; k < j; k++) value -= matrix[(i * size) + k] * matrix[(j * size) + k];
                matrix[(i * size) + j] = value / pivot;
            }
        }

        return true;
    }

    /// <summary>Replaces b by x with <c>L Lᵀ x = b</c>.</summary>
    /// <param name="factor">What <see cref="TryFactor"/> left.</param>
    /// <param name="vector">b, n values; receives x.</param>
    public static void Solve(ReadOnlySpan<double> factor, Span<double> vector)
    {
        int n = vector.Length;
        Shapes.Require(factor.Length, n * n, "factor");
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++) vector[i] -= factor[(i * n) + k] * vector[k];
            vector[i] /= factor[(i * n) + i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++) vector[i] -= factor[(k * n) + i] * vector[k];
            vector[i] /= factor[(i * n) + i];
        }
    }
}
