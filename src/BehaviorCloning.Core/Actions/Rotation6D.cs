namespace BehaviorCloning.Actions;

/// <summary>
/// Rotations as six numbers, the first two rows of the rotation matrix: a continuous representation, which angles and quaternions
/// are not (Zhou et al., arXiv 1812.07035). Rows, as PyTorch3D and diffusion_policy have it; the paper itself takes columns.
/// </summary>
public static class Rotation6D
{
    // Below this length a vector's direction is rounding noise.
    private const double SmallestLength = 1e-6;

    /// <summary>The first two rows of a rotation matrix.</summary>
    /// <param name="matrix">Row-major 3 x 3.</param>
    /// <param name="six">Receives 6 values.</param>
    public static void FromMatrix(ReadOnlySpan<float> matrix, Span<float> six)
    {
        Require(matrix.Length, 9, "rotation matrix");
        Require(six.Length, 6, "6-D rotation");
        matrix[..6].CopyTo(six);
    }

    /// <summary>The rotation matrix nearest in the Gram-Schmidt sense: first row kept in direction, second made orthogonal, third their cross product.</summary>
    /// <param name="six">6 values, two rows that need be neither unit nor orthogonal.</param>
    /// <param name="matrix">Receives row-major 3 x 3.</param>
    /// <exception cref="ArgumentException">A row is (almost) zero, or the two are (almost) parallel.</exception>
    public static void ToMatrix(ReadOnlySpan<float> six, Span<float> matrix)
    {
        Require(six.Length, 6, "6-D rotation");
        Require(matrix.Length, 9, "rotation matrix");
        Span<double> a = [six[0], six[1], six[2]];
        Span<double> b = [six[3], six[4], six[5]];
        double lengthA = Length(a), lengthB = Length(b);
        if (!(lengthA > SmallestLength) || !(lengthB > SmallestLength) || !double.IsFinite(lengthA) || !double.IsFinite(lengthB))
            throw Degenerate(six, "its rows have no direction");
        for (int i = 0; i < 3; i++) (a[i], b[i]) = (a[i] / lengthA, b[i] / lengthB);
        double along = (a[0] * b[0]) + (a[1] * b[1]) + (a[2] * b[2]);
        for (int i = 0; i < 3; i++) b[i] -= along * a[i];
        double rest = Length(b);
        if (!(rest > SmallestLength)) throw Degenerate(six, "its two rows are parallel");
        for (int i = 0; i < 3; i++) b[i] /= rest;
        Span<double> c = [(a[1] * b[2]) - (a[2] * b[1]), (a[2] * b[0]) - (a[0] * b[2]), (a[0] * b[1]) - (a[1] * b[0])];
        for (int i = 0; i < 3; i++) (matrix[i], matrix[3 + i], matrix[6 + i]) = ((float)a[i], (float)b[i], (float)c[i]);
    }

    /// <summary>From an axis times an angle in radians (rotation vector), by Rodrigues' formula.</summary>
    public static void FromAxisAngle(ReadOnlySpan<float> axisAngle, Span<float> six)
    {
        Require(axisAngle.Length, 3, "axis-angle");
        Require(six.Length, 6, "6-D rotation");
        double x = axisAngle[0], y = axisAngle[1], z = axisAngle[2];
        double square = (x * x) + (y * y) + (z * z), angle = Math.Sqrt(square);

        // R = I + A K + B K^2 with K the cross-product matrix, A = sin(t)/t, B = (1 - cos t)/t^2. Taylor where t vanishes.
        double a = angle < 1e-4 ? 1 - (square / 6) : Math.Sin(angle) / angle;
        double b = angle < 1e-4 ? 0.5 - (square / 24) : (1 - Math.Cos(angle)) / square;
        six[0] = (float)(1 - (b * ((y * y) + (z * z))));
        six[1] = (float)((b * x * y) - (a * z));
        six[2] = (float)((b * x * z) + (a * y));
        six[3] = (float)((b * x * y) + (a * z));
        six[4] = (float)(1 - (b * ((x * x) + (z * z))));
        six[5] = (float)((b * y * z) - (a * x));
    }

    /// <summary>To an axis times an angle in [0, pi].</summary>
    /// <exception cref="ArgumentException">The six numbers name no rotation: see <see cref="ToMatrix"/>.</exception>
    public static void ToAxisAngle(ReadOnlySpan<float> six, Span<float> axisAngle)
    {
        Require(axisAngle.Length, 3, "axis-angle");
        Span<float> m = stackalloc float[9];
        ToMatrix(six, m);

        // Through the unit quaternion of largest component (Shepperd 1978): stable at every angle, also at pi.
        double trace = (double)m[0] + m[4] + m[8];
        double w, x, y, z;
        if (trace >= m[0] && trace >= m[4] && trace >= m[8])
            (w, x, y, z) = (1 + trace, m[7] - m[5], m[2] - m[6], m[3] - m[1]);
        else if (m[0] >= m[4] && m[0] >= m[8])
            (w, x, y, z) = (m[7] - m[5], 1 + (2 * m[0]) - trace, m[1] + m[3], m[2] + m[6]);
        else if (m[4] >= m[8])
            (w, x, y, z) = (m[2] - m[6], m[1] + m[3], 1 + (2 * m[4]) - trace, m[5] + m[7]);
        else
            (w, x, y, z) = (m[3] - m[1], m[2] + m[6], m[5] + m[7], 1 + (2 * m[8]) - trace);
        if (w < 0) (w, x, y, z) = (-w, -x, -y, -z);
        double sine = Math.Sqrt((x * x) + (y * y) + (z * z));
        double scale = sine == 0 ? 0 : 2 * Math.Atan2(sine, w) / sine;
        (axisAngle[0], axisAngle[1], axisAngle[2]) = ((float)(scale * x), (float)(scale * y), (float)(scale * z));
    }

    private static double Length(ReadOnlySpan<double> v) => Math.Sqrt((v[0] * v[0]) + (v[1] * v[1]) + (v[2] * v[2]));

    private static void Require(int got, int expected, string what)
    {
        if (got != expected) throw new ArgumentException($"A {what} has {expected} values; got {got}.");
    }

    private static ArgumentException Degenerate(ReadOnlySpan<float> six, string why) =>
        new($"({string.Join(", ", six.ToArray())}) is no 6-D rotation: {why}. Two directions that span a plane are needed.");
}
