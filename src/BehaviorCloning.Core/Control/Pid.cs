namespace BehaviorCloning.Control;

/// <summary>Gains and limits of a <see cref="Pid"/>. With e the error in units of the measurement and u the output.</summary>
public sealed record PidOptions
{
    /// <summary>Kp, units of u a unit of e. Must be positive.</summary>
    public required double Proportional { get; init; }

    /// <summary>Ki, units of u a unit of e and second. Default 0: none.</summary>
    public double Integral { get; init; }

    /// <summary>Kd, units of u a unit of e a second. Default 0: none.</summary>
    public double Derivative { get; init; }

    /// <summary>Time constant of the derivative's low-pass filter, s. Default 0.005; 0 for none.</summary>
    public double DerivativeFilterSeconds { get; init; } = 0.005;

    /// <summary>Largest |u|. Default none.</summary>
    public double OutputLimit { get; init; } = double.PositiveInfinity;

    /// <summary>
    /// Time in which the integral gives way while the output is at its limit, s. Default 0.05; infinity turns the anti-windup off. At least the
    /// control period.
    /// </summary>
    public double TrackingSeconds { get; init; } = 0.05;

    /// <summary>Every fault, none if sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (!(Proportional > 0) || !double.IsFinite(Proportional)) yield return $"{nameof(Proportional)} {Proportional} must be positive and finite.";
        if (!(Integral >= 0) || !double.IsFinite(Integral)) yield return $"{nameof(Integral)} {Integral} must be finite and not negative.";
        if (!(Derivative >= 0) || !double.IsFinite(Derivative)) yield return $"{nameof(Derivative)} {Derivative} must be finite and not negative.";
        if (!(DerivativeFilterSeconds >= 0) || !double.IsFinite(DerivativeFilterSeconds)) yield return $"{nameof(DerivativeFilterSeconds)} {DerivativeFilterSeconds} must be finite and not negative.";
        if (!(OutputLimit > 0)) yield return $"{nameof(OutputLimit)} {OutputLimit} must be positive. Use infinity for none.";
        if (!(TrackingSeconds > 0)) yield return $"{nameof(TrackingSeconds)} {TrackingSeconds} must be positive. Use infinity for no anti-windup.";
    }
}

/// <summary>
/// A PID controller of one quantity (Åström and Murray, Feedback Systems, chapter 11): the derivative is that of the measurement, so that a jump of
/// the set point makes no kick, and is low-pass filtered; the integral is corrected by what the limit cut off (back-calculation).
/// </summary>
/// <remarks>
/// <code>
/// //   u = Kp e + I - D,     sent = clamp(u)
/// //   D' = (Kd y' - D) / Tf            y: measurement, backward Euler
/// //   I' = Ki e + (sent - u) / Tt      forward Euler
/// </code>
/// </remarks>
public sealed class Pid
{
    private readonly PidOptions options;
    private readonly double dt;
    private double integral, derivative, before;
    private bool begun;

    /// <summary>Makes one at rest.</summary>
    /// <param name="options">Gains and limits.</param>
    /// <param name="rateHz">Calls of <see cref="Step"/> a second.</param>
    /// <exception cref="ArgumentException">The options are at fault; the message lists every fault.</exception>
    public Pid(PidOptions options, double rateHz)
    {
        ArgumentNullException.ThrowIfNull(options);
        IEnumerable<string> problems = options.Problems();
        if (!(rateHz > 0) || !double.IsFinite(rateHz)) problems = problems.Append($"The rate {rateHz} Hz must be positive and finite.");
        else if (options.TrackingSeconds < 1 / rateHz) problems = problems.Append($"{nameof(PidOptions.TrackingSeconds)} {options.TrackingSeconds} is shorter than the control period {1 / rateHz}: the integral would oscillate.");
        Shapes.RequireSound(problems, nameof(options));
        this.options = options;
        dt = 1 / rateHz;
    }

    /// <summary>I: the integral's share of the output.</summary>
    public double Integral => integral;

    /// <summary>Forgets integral and derivative.</summary>
    public void Reset() => (integral, derivative, begun) = (0, 0, false);

    /// <summary>One control period.</summary>
    /// <param name="setPoint">Where the measurement should be.</param>
    /// <param name="measurement">Where it is.</param>
    /// <param name="feedforward">Added to u before the limit. Default 0.</param>
    /// <returns>u, within its limit; NaN if anything given is, and then nothing is remembered of it.</returns>
    public double Step(double setPoint, double measurement, double feedforward = 0)
    {
        double error = setPoint - measurement;
        if (!double.IsFinite(error + feedforward)) return double.NaN;
        double change = begun ? measurement - before : 0;
        derivative = ((options.DerivativeFilterSeconds * derivative) + (options.Derivative * change)) / (options.DerivativeFilterSeconds + dt);
        (before, begun) = (measurement, true);
        double wanted = (options.Proportional * error) + integral - derivative + feedforward;
        double sent = Math.Clamp(wanted, -options.OutputLimit, options.OutputLimit);
        integral += dt * ((options.Integral * error) + ((sent - wanted) / options.TrackingSeconds));
        return sent;
    }
}
