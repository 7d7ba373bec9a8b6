namespace BehaviorCloning.Control;

/// <summary>What is drawn between two knots.</summary>
public enum Interpolation
{
    /// <summary>Straight lines: nothing overshoots, velocity jumps at the knots.</summary>
    Linear,

    /// <summary>Hermite cubics: position and velocity are continuous.</summary>
    Cubic,

    /// <summary>Hermite quintics: position, velocity and acceleration are continuous.</summary>
    Quintic,
}

/// <summary>
/// Turns the knots of a chunk, one a policy period, into set points at the servo's rate. A new chunk may be loaded at any time: the curve goes on
/// from where it is, with the velocity (cubic) and the acceleration (quintic) it has.
/// </summary>
/// <remarks>
/// Velocity and acceleration at a knot are central differences of its neighbors, <c>(p₊ - p₋) / 2T</c> and <c>(p₊ - 2p + p₋) / T²</c> (Catmull and
/// Rom 1974); at the last knot <c>(p - p₋) / T</c> and 0, or rest (<see cref="RestAtEnd"/>). Polynomials: Siciliano et al., Robotics, section 4.2. After the
/// last knot its position is held, at velocity 0.
/// </remarks>
public sealed class TrajectoryInterpolator
{
    private readonly Interpolation kind;
    private readonly int dimension, capacity;
    private readonly double period, servoPeriod;
    private readonly double[] knots, position, velocity, acceleration, startVelocity, startAcceleration;
    private int count;
    private double time;
    private bool begun;

    /// <summary>Makes one without knots.</summary>
    /// <param name="dimension">Values a knot.</param>
    /// <param name="capacity">Knots of the longest chunk.</param>
    /// <param name="policyRateHz">Knots a second.</param>
    /// <param name="servoRateHz">Calls of <see cref="Step"/> a second, at least the policy's rate.</param>
    /// <param name="kind">How smooth.</param>
    public TrajectoryInterpolator(int dimension, int capacity, double policyRateHz, double servoRateHz, Interpolation kind)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!(policyRateHz > 0) || !(servoRateHz >= policyRateHz) || !double.IsFinite(servoRateHz))
            throw new ArgumentException($"The policy's rate {policyRateHz} Hz must be positive, and the servo's rate {servoRateHz} Hz finite and no less.");
        if (!Enum.IsDefined(kind)) throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such interpolation.");
        (this.dimension, this.capacity, this.kind) = (dimension, capacity, kind);
        (period, servoPeriod) = (1 / policyRateHz, 1 / servoRateHz);
        knots = new double[(capacity + 1) * dimension];
        (position, velocity, acceleration) = (new double[dimension], new double[dimension], new double[dimension]);
        (startVelocity, startAcceleration) = (new double[dimension], new double[dimension]);
    }

    /// <summary>Whether the last knot of a chunk is reached at rest. Right for a motion that ends; wrong where the next chunk comes in time. Default false.</summary>
    public bool RestAtEnd { get; init; }

    /// <summary>Where the curve is, as of the last step.</summary>
    public ReadOnlySpan<double> Position => position;

    /// <summary>Its velocity, units/s.</summary>
    public ReadOnlySpan<double> Velocity => velocity;

    /// <summary>Its acceleration, units/s².</summary>
    public ReadOnlySpan<double> Acceleration => acceleration;

    /// <summary>Whether the last knot is passed: the position is held.</summary>
    public bool IsDry => time >= (count * period) - (1e-9 * period);

    /// <summary>Says where the robot stands, at rest. Needed before the first chunk.</summary>
    public void Begin(ReadOnlySpan<double> at)
    {
        Shapes.Require(at.Length, dimension, "start");
        at.CopyTo(position);
        Array.Clear(velocity);
        Array.Clear(acceleration);
        (count, time, begun) = (0, 0, true);
    }

    /// <summary>Replaces all knots; the first is due a policy period from now. Nothing is allocated.</summary>
    /// <param name="values">Row-major [n, dimension] with n from 1 to the capacity.</param>
    /// <exception cref="ArgumentException">The size does not fit or a value is not finite; the knots are as they were.</exception>
    public void Load(ReadOnlySpan<float> values)
    {
        if (!begun) throw new InvalidOperationException($"The interpolator does not know where the robot stands. Call {nameof(Begin)} first.");
        int rows = values.Length / dimension;
        if (rows < 1 || rows > capacity || rows * dimension != values.Length)
            throw new ArgumentException($"Got {values.Length} values; expected 1 to {capacity} knots of {dimension}.", nameof(values));
        if (FiniteCheck.FirstNonFinite(values) is var bad && bad >= 0)
            throw new ArgumentException($"Knot {bad / dimension}, dimension {bad % dimension}, is {values[bad]}.", nameof(values));
        position.CopyTo(knots, 0);
        velocity.CopyTo(startVelocity, 0);
        acceleration.CopyTo(startAcceleration, 0);
        for (int i = 0; i < values.Length; i++) knots[dimension + i] = values[i];
        (count, time) = (rows, 0);
    }

    /// <summary>Goes on by a servo period; the properties say where to. Nothing is allocated.</summary>
    public void Step()
    {
        if (!begun) throw new InvalidOperationException($"The interpolator does not know where the robot stands. Call {nameof(Begin)} first.");
        time += servoPeriod;

        // The last knot itself still belongs to the curve: what is loaded there goes on with its velocity.
        int segment = Math.Max(0, (int)Math.Ceiling((time / period) - 1e-9) - 1);
        if (segment >= count)
        {
            for (int d = 0; d < dimension; d++) position[d] = count == 0 ? position[d] : knots[(count * dimension) + d];
            Array.Clear(velocity);
            Array.Clear(acceleration);
            return;
        }

        double u = (time - (segment * period)) / period;
        for (int d = 0; d < dimension; d++) Between(segment, d, u);
    }

    private void Between(int segment, int d, double u)
    {
        double from = Knot(segment, d), to = Knot(segment + 1, d), step = to - from;
        if (kind == Interpolation.Linear)
        {
            (position[d], velocity[d], acceleration[d]) = (from + (u * step), step / period, 0);
            return;
        }

        // In units of the period: p(0) = 0, p(1) = step, and the derivatives at both ends.
        double v0 = VelocityAt(segment, d) * period, v1 = VelocityAt(segment + 1, d) * period;
        double c2, c3, c4 = 0, c5 = 0;
        if (kind == Interpolation.Cubic)
        {
            c2 = (3 * step) - (2 * v0) - v1;
            c3 = v0 + v1 - (2 * step);
        }
        else
        {
            double a0 = AccelerationAt(segment, d) * period * period, a1 = AccelerationAt(segment + 1, d) * period * period;
            c2 = a0 / 2;
            c3 = (10 * step) - (6 * v0) - (4 * v1) - (1.5 * a0) + (0.5 * a1);
            c4 = (-15 * step) + (8 * v0) + (7 * v1) + (1.5 * a0) - a1;
            c5 = (6 * step) - (3 * (v0 + v1)) + ((a1 - a0) / 2);
        }

        position[d] = from + (u * (v0 + (u * (c2 + (u * (c3 + (u * (c4 + (u * c5)))))))));
        velocity[d] = (v0 + (u * ((2 * c2) + (u * ((3 * c3) + (u * ((4 * c4) + (u * 5 * c5)))))))) / period;
        acceleration[d] = ((2 * c2) + (u * ((6 * c3) + (u * ((12 * c4) + (u * 20 * c5)))))) / (period * period);
    }

    private double Knot(int index, int d) => knots[(index * dimension) + d];

    private double VelocityAt(int index, int d)
    {
        if (index == 0) return startVelocity[d];
        if (index < count) return (Knot(index + 1, d) - Knot(index - 1, d)) / (2 * period);
        return RestAtEnd ? 0 : (Knot(index, d) - Knot(index - 1, d)) / period;
    }

    private double AccelerationAt(int index, int d)
    {
        if (index == 0) return startAcceleration[d];
        return index < count ? (Knot(index + 1, d) - (2 * Knot(index, d)) + Knot(index - 1, d)) / (period * period) : 0;
    }
}
