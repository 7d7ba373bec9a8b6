namespace BehaviorCloning.Actions;

/// <summary>
/// Makes a chunk keep limits before any of it is executed: finds the nearest one, in the least-squares sense, that does. What comes later is known, so
/// a stop begins early and little is changed; a guard behind, which sees one action at a time, then has nothing left to do.
/// </summary>
/// <remarks>
/// Every dimension is a quadratic program: <c>min |x - r|²</c> so that positions, first differences and second differences lie between bounds.
/// Solved by cyclic projection with correction (Hildreth 1957; Boyle and Dykstra 1986), which needs no matrices. Rotations are made orthonormal and
/// turned no faster than allowed, one after the other. A chunk that keeps its limits comes back as it is, bit for bit.
/// <code>
/// //   speed limit 1 a step      r   0   0   3   3   3
/// //   cut one by one                0   0   1   2   3
/// //   nearest                       0   1   2   3   3       begins before the jump
/// </code>
/// </remarks>
public sealed class ChunkConstraints
{
    private const double Tolerance = 1e-7;
    private const int SweepLimit = 50_000;
    private readonly ChunkLimits limits;

    /// <summary>Holds the limits.</summary>
    /// <exception cref="ArgumentException">They are at fault; the message lists every fault.</exception>
    public ChunkConstraints(ChunkLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        string[] problems = [.. limits.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(limits));
        this.limits = limits;
    }

    /// <summary>What is kept.</summary>
    public ChunkLimits Limits => limits;

    /// <summary>The nearest chunk that keeps the limits, to a ten-millionth of each limit and the rounding of floats.</summary>
    /// <param name="chunk">What is wanted.</param>
    /// <param name="before">The last action that was executed, one step before index 0, or empty: then the first action may be anywhere.</param>
    /// <param name="earlier">The action a step before that, or empty: then only what happens inside the chunk counts as acceleration.</param>
    /// <returns>The chunk itself if it keeps them.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit, six numbers name no rotation, or no chunk keeps the limits from there.</exception>
    public ActionChunk Apply(ActionChunk chunk, ReadOnlySpan<float> before = default, ReadOnlySpan<float> earlier = default)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        int dimension = limits.Dimension;
        if (chunk.Dimension != dimension) throw new ArgumentException($"The chunk has {chunk.Dimension} dimensions; the limits are of {dimension}.", nameof(chunk));
        if (!before.IsEmpty && before.Length != dimension) throw new ArgumentException($"The action before has {before.Length} values; expected {dimension}.", nameof(before));
        if (!earlier.IsEmpty && (earlier.Length != dimension || before.IsEmpty)) throw new ArgumentException($"The earlier action has {earlier.Length} values; expected {dimension}, and the one after it.", nameof(earlier));
        if (FiniteCheck.FirstNonFinite(before) >= 0 || FiniteCheck.FirstNonFinite(earlier) >= 0) throw new ArgumentException("What was executed before must be finite.", nameof(before));

        float[] values = chunk.Values.ToArray();
        bool changed = false;
        int offset = 0;
        foreach (ActionPart part in limits.Parts)
        {
            if (part.Kind == ActionPartKind.Rotation)
            {
                changed |= Turn(part, values, offset, before.IsEmpty ? default : before.Slice(offset, 6));
            }
            else
            {
                for (int d = 0; d < part.Dimension; d++)
                {
                    int column = offset + d;
                    double? last = before.IsEmpty ? null : before[column], second = earlier.IsEmpty ? null : earlier[column];
                    changed |= Project(part, d, values, column, last, second);
                }
            }

            offset += part.Dimension;
        }

        return changed ? new ActionChunk(values, dimension) : chunk;
    }

    private bool Project(ActionPart part, int d, float[] values, int column, double? before, double? earlier)
    {
        int rows = values.Length / limits.Dimension;
        double dt = 1 / limits.ControlRateHz;
        double speed = ActionPart.Of(part.Speed, d, double.PositiveInfinity), acceleration = ActionPart.Of(part.Acceleration, d, double.PositiveInfinity);
        bool velocities = part.Kind == ActionPartKind.Velocity;
        double low = velocities ? -speed : ActionPart.Of(part.Minimum, d, double.NegativeInfinity), high = velocities ? speed : ActionPart.Of(part.Maximum, d, double.PositiveInfinity);
        double first = velocities ? acceleration * dt : speed * dt, second = velocities ? double.PositiveInfinity : acceleration * dt * dt;

        // Two values before the chunk, where they are known, are the constants of the first differences.
        double[] x = new double[rows + 2];
        (x[0], x[1]) = (earlier ?? 0, before ?? 0);
        for (int t = 0; t < rows; t++) x[t + 2] = values[(t * limits.Dimension) + column];
        var slabs = new List<Slab>();
        for (int t = 2; t < x.Length; t++)
        {
            if (double.IsFinite(low) || double.IsFinite(high)) slabs.Add(new Slab(t, 0, low, high));
            if (double.IsFinite(first) && (t > 2 || before is not null)) slabs.Add(new Slab(t, 1, -first, first));
            if (double.IsFinite(second) && (t > 3 || (t == 3 && before is not null) || earlier is not null)) slabs.Add(new Slab(t, 2, -second, second));
        }

        if (slabs.TrueForAll(slab => slab.Excess(x) <= Tolerance * 10)) return false;
        for (int sweep = 0; sweep < SweepLimit; sweep++)
        {
            double worst = 0;
            foreach (Slab slab in slabs) worst = Math.Max(worst, slab.Project(x));
            if (worst > Tolerance || !slabs.TrueForAll(slab => slab.Excess(x) <= Tolerance)) continue;
            for (int t = 0; t < rows; t++) values[(t * limits.Dimension) + column] = (float)x[t + 2];
            return true;
        }

        throw new ArgumentException(
            $"No chunk keeps the limits in dimension {column} from where the robot is and as fast as it is. It is outside its limits, or they are too tight to stop in time.");
    }

    private bool Turn(ActionPart part, float[] values, int offset, ReadOnlySpan<float> before)
    {
        Span<float> matrix = stackalloc float[9], last = stackalloc float[9], relative = stackalloc float[9], six = stackalloc float[6], axis = stackalloc float[3];
        double most = ActionPart.Of(part.Speed, 0, double.PositiveInfinity) / limits.ControlRateHz;
        bool changed = false, known = !before.IsEmpty;
        if (known) Rotation6D.ToMatrix(before, last);
        for (int t = offset; t < values.Length; t += limits.Dimension)
        {
            Span<float> row = values.AsSpan(t, 6);
            Rotation6D.ToMatrix(row, matrix);
            if (known)
            {
                // From the last orientation to this one: R lastᵀ.
                Multiply(matrix, last, relative);
                Rotation6D.FromMatrix(relative, six);
                Rotation6D.ToAxisAngle(six, axis);
                double angle = Math.Sqrt((axis[0] * axis[0]) + (axis[1] * axis[1]) + (axis[2] * axis[2]));
                if (angle > most * (1 + 1e-5))
                {
                    for (int i = 0; i < 3; i++) axis[i] *= (float)(most / angle);
                    Rotation6D.FromAxisAngle(axis, six);
                    Rotation6D.ToMatrix(six, relative);
                    for (int i = 0; i < 3; i++)
                    {
                        for (int j = 0; j < 3; j++) matrix[(i * 3) + j] = (relative[i * 3] * last[j]) + (relative[(i * 3) + 1] * last[3 + j]) + (relative[(i * 3) + 2] * last[6 + j]);
                    }
                }
            }

            for (int i = 0; i < 6; i++)
            {
                // Rounding alone is no change.
                if (Math.Abs(row[i] - matrix[i]) <= 1e-6f) continue;
                matrix[..6].CopyTo(row);
                changed = true;
                break;
            }

            matrix.CopyTo(last);
            known = true;
        }

        return changed;
    }

    // a bᵀ.
    private static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> product)
    {
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++) product[(i * 3) + j] = (a[i * 3] * b[j * 3]) + (a[(i * 3) + 1] * b[(j * 3) + 1]) + (a[(i * 3) + 2] * b[(j * 3) + 2]);
        }
    }

    // low <= x[t], its first or its second difference <= high. Values at 0 and 1 are constants.
    private sealed class Slab(int t, int order, double low, double high)
    {
        private readonly double square = order == 0 ? 1 : order == 1 ? 1 + Free(t - 1) : 1 + (4 * Free(t - 1)) + Free(t - 2);
        private readonly double scale = Math.Max(1e-12, Math.Min(Math.Abs(double.IsFinite(high) ? high : low), Math.Abs(double.IsFinite(low) ? low : high)) is > 0 and var size ? size : 1);
        private double multiplier;

        public double Excess(double[] x)
        {
            double value = Value(x);
            return Math.Max(0, Math.Max(low - value, value - high)) / scale;
        }

        // Takes the last correction back, projects anew, and says how far that moved the value, in units of the limit.
        public double Project(double[] x)
        {
            double without = Value(x) - (multiplier * square), wanted = Math.Clamp(without, low, high), change = ((wanted - without) / square) - multiplier;
            multiplier += change;
            x[t] += change;
            if (order == 1) x[t - 1] -= change * Free(t - 1);
            if (order == 2)
            {
                x[t - 1] -= 2 * change * Free(t - 1);
                x[t - 2] += change * Free(t - 2);
            }

            return Math.Abs(change) * square / scale;
        }

        private static double Free(int index) => index < 2 ? 0 : 1;

        private double Value(double[] x) => order == 0 ? x[t] : order == 1 ? x[t] - x[t - 1] : x[t] - (2 * x[t - 1]) + x[t - 2];
    }
}
