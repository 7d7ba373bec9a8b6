namespace BehaviorCloning.Simulation;

/// <summary>The linear-quadratic regulator of a small system with one input.</summary>
internal static class DiscreteRiccati
{
    /// <summary>
    /// The gain K of u = -K x that minimizes the sum of x'Qx + r u² for x' = A x + b u: the recursion
    /// P = Q + A'PA - A'Pb (r + b'Pb)⁻¹ b'PA, from P = Q until it stands.
    /// </summary>
    /// <param name="a">A, [n, n].</param>
    /// <param name="b">b, [n].</param>
    /// <param name="q">The diagonal of Q, [n].</param>
    /// <param name="r">What an input costs.</param>
    public static double[] Gain(double[,] a, double[] b, double[] q, double r)
    {
        int n = b.Length;
        double[,] p = new double[n, n];
        for (int i = 0; i < n; i++) p[i, i] = q[i];
        double[] gain = new double[n];
        for (int iteration = 0; iteration < 10_000; iteration++)
        {
            double[,] pa = new double[n, n], next = new double[n, n];
            double[] pb = new double[n], bpa = new double[n];
            double scale = r, change = 0;
            for (int i = 0; i < n; i++)
            {
                for (int k = 0; k < n; k++)
                {
                    pb[i] += p[i, k] * b[k];
                    for (int j = 0; j < n; j++) pa[i, j] += p[i, k] * a[k, j];
                }
            }

            for (int i = 0; i < n; i++)
            {
                scale += b[i] * pb[i];
                for (int j = 0; j < n; j++) bpa[j] += b[i] * pa[i, j];
            }

            for (int j = 0; j < n; j++) gain[j] = bpa[j] / scale;
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    double value = i == j ? q[i] : 0;
                    for (int k = 0; k < n; k++) value += a[k, i] * pa[k, j];
                    next[i, j] = value - (bpa[i] * gain[j]);
                    change = Math.Max(change, Math.Abs(next[i, j] - p[i, j]) / (1 + Math.Abs(p[i, j])));
                }
            }

            // P is symmetric; what rounding adds to the other part would grow with an unstable A.
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < i; j++) next[i, j] = next[j, i] = (next[i, j] + next[j, i]) / 2;
            }

            p = next;
            if (change < 1e-13) break;
        }

        return gain;
    }
}
