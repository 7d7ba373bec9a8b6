namespace BehaviorCloning.Simulation;

/// <summary>
/// A pole balanced on a cart (Barto, Sutton and Anderson, 1983) with a continuous force, and gusts that push the pole without warning. Falls
/// in a quarter of a second, so late corrections come too late.
/// </summary>
/// <remarks>
/// 25 Hz, each control step four steps of 10 ms; cart 1 kg, pole 0.1 kg and 1 m long; action -1 to 1 for -15 to 15 N. In 6 % of the steps a gust
/// changes the pole's angular velocity by up to 0.8 rad/s. Success: upright within 0.5 rad and on the track of ±2.4 m for 150 steps. The
/// reward is the share of the 150 steps survived.
/// </remarks>
public sealed class GustyPoleEnvironment : IEnvironment
{
    /// <summary>Largest force, N.</summary>
    public const double Force = 15;

    private const double Gravity = 9.8, CartMass = 1, PoleMass = 0.1, HalfLength = 0.5, Dt = 0.01;
    private const double GustChance = 0.06, GustSize = 0.8, AngleLimit = 0.5, TrackLimit = 2.4;
    private const int Substeps = 4;
    private NumpyRandomState random = new(0);
    private int step;
    private double x, speed, angle, spin;

    /// <inheritdoc/>
    public ObservationSpec Observations { get; } = new(new FeatureSpec("cart", 2), new FeatureSpec("pole", 2));

    /// <inheritdoc/>
    public ActionSpec Actions { get; } = new("force", 1) { Minimum = [-1], Maximum = [1] };

    /// <inheritdoc/>
    public double ControlRateHz => 1 / (Substeps * Dt);

    /// <inheritdoc/>
    public int StepLimit => 150;

    /// <inheritdoc/>
    public Observation Reset(long seed)
    {
        random = new NumpyRandomState(seed);
        step = 0;
        (x, speed, angle, spin) = (Start(), Start(), Start(), Start());
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        if (random.NextDouble() < GustChance) spin += GustSize * ((2 * random.NextDouble()) - 1);
        double force = Force * Math.Clamp(action[0], -1, 1);
        for (int k = 0; k < Substeps; k++)
        {
            (double sine, double cosine) = Math.SinCos(angle);
            double push = (force + (PoleMass * HalfLength * spin * spin * sine)) / (CartMass + PoleMass);
            double turning = ((Gravity * sine) - (cosine * push)) / (HalfLength * ((4.0 / 3) - (PoleMass * cosine * cosine / (CartMass + PoleMass))));
            speed += Dt * (push - (PoleMass * HalfLength * turning * cosine / (CartMass + PoleMass)));
            x += Dt * speed;
            spin += Dt * turning;
            angle += Dt * spin;
        }

        step++;
        bool fell = Math.Abs(angle) > AngleLimit || Math.Abs(x) > TrackLimit, survived = !fell && step >= StepLimit;
        return new StepResult(Observe(), (double)step / StepLimit, survived, fell || survived);
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }

    private double Start() => (0.1 * random.NextDouble()) - 0.05;

    private Observation Observe() => new() { ["cart"] = new float[] { (float)x, (float)speed }, ["pole"] = new float[] { (float)angle, (float)spin } };
}
