namespace BehaviorCloning.Simulation;

/// <summary>
/// A cart that balances a pole by itself, as a self-balancing robot does, must be driven out of the way of a squall that is seen coming. To either
/// side, but not to one and then to the other: the way is long and the pole falls when the cart is jerked. Gusts push the pole meanwhile.
/// </summary>
/// <remarks>
/// <code>
/// //            |               pole: 1 m, 0.1 kg; falls beyond 0.25 rad
/// //         .. | ..
/// //   :     (cart)     :       the squall hits the 0.7 m around where the cart stood
/// </code>
/// 52 control steps at 25 Hz, each four steps of 10 ms; dynamics of Barto, Sutton and Anderson (1983), cart 1 kg. Action -1 to 1: wanted speed of
/// the cart, -1.5 to 1.5 m/s; the cart's drive holds it and balances the pole (a linear-quadratic regulator, 100 Hz). Gusts change the pole's
/// angular velocity by some 0.01 rad/s a step. Success: when the squall hits, the pole stands and the cart is 0.35 m or more away. The reward is 0
/// until then, and 1 for a success. Nothing that is observed says to which side a demonstrator means to go.
/// </remarks>
public sealed class GustyPoleEnvironment : IEnvironment
{
    /// <summary>Largest wanted speed, m/s.</summary>
    public const double TopSpeed = 1.5;

    /// <summary>Half the squall's width, m.</summary>
    public const double SquallHalfWidth = 0.35;

    private const double Gravity = 9.8, CartMass = 1, PoleMass = 0.1, HalfLength = 0.5, Dt = 0.01, AngleLimit = 0.25, GustSize = 0.01, GustKept = 0.8;
    // Least sum of 4 (speed - wanted)² + 10 angle² + 0.5 spin² + 0.05 force², about upright.
    private const double OfSpeed = 8.2, OfAngle = 65, OfSpin = 16.3;
    private const int Substeps = 4;
    private NumpyRandomState random = new(0);
    private int step;
    private double x, speed, angle, spin, gust;

    /// <inheritdoc/>
    public ObservationSpec Observations { get; } = new(new FeatureSpec("cart", 1), new FeatureSpec("pole", 2), new FeatureSpec("squall", 2));

    /// <inheritdoc/>
    public ActionSpec Actions { get; } = new("speed", 1) { Minimum = [-1], Maximum = [1] };

    /// <inheritdoc/>
    public double ControlRateHz => 1 / (Substeps * Dt);

    /// <inheritdoc/>
    public int StepLimit => 52;

    /// <inheritdoc/>
    public Observation Reset(long seed)
    {
        random = new NumpyRandomState(seed);
        step = 0;
        gust = 0;
        x = 0;
        (speed, angle, spin) = (Start(), Start(), Start());
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        gust = (GustKept * gust) + (GustSize * random.NextNormal());
        spin += gust;
        double wanted = TopSpeed * Math.Clamp(action[0], -1, 1);
        for (int k = 0; k < Substeps; k++)
        {
            double force = (OfSpeed * (speed - wanted)) + (OfAngle * angle) + (OfSpin * spin);
            (double sine, double cosine) = Math.SinCos(angle);
            double push = (force + (PoleMass * HalfLength * spin * spin * sine)) / (CartMass + PoleMass);
            double turning = ((Gravity * sine) - (cosine * push)) / (HalfLength * ((4.0 / 3) - (PoleMass * cosine * cosine / (CartMass + PoleMass))));
            speed += Dt * (push - (PoleMass * HalfLength * turning * cosine / (CartMass + PoleMass)));
            x += Dt * speed;
            spin += Dt * turning;
            angle += Dt * spin;
        }

        step++;
        bool fell = Math.Abs(angle) > AngleLimit, over = fell || step >= StepLimit, aside = over && !fell && Math.Abs(x) >= SquallHalfWidth;
        return new StepResult(Observe(), aside ? 1 : 0, aside, over);
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }

    private double Start() => (0.02 * random.NextDouble()) - 0.01;

    // The squall relative to the cart, and the time until it hits, s.
    private Observation Observe() => new()
    {
        ["cart"] = new float[] { (float)speed },
        ["pole"] = new float[] { (float)angle, (float)spin },
        ["squall"] = new float[] { (float)-x, (float)(Substeps * Dt * (StepLimit - step)) },
    };
}
