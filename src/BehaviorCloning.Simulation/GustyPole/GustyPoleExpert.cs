namespace BehaviorCloning.Simulation;

/// <summary>
/// Balances in strokes: three steps of twice the force that is needed, three steps of none. Which half of its rhythm it is in cannot be
/// seen from outside, so a policy that forgets the plan it is executing may give two strokes in a row, or none. One instance an episode;
/// its noisy hand is part of what it shows.
/// </summary>
public sealed class GustyPoleExpert : IExpert
{
    private const int Stroke = 3;
    private const double Noise = 0.1;
    private readonly NumpyRandomState random;
    private int clock;

    /// <summary>An expert for one episode.</summary>
    /// <param name="seed">Decides where in its rhythm it begins, and the noise.</param>
    public GustyPoleExpert(long seed)
    {
        random = new NumpyRandomState((seed ^ 0x2545F491) & 0x7FFFFFFF);
        clock = random.NextInteger(0, 2 * Stroke);
    }

    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ReadOnlySpan<float> cart = observation["cart"].Span, pole = observation["pole"].Span;
        double needed = cart[0] + (1.8 * cart[1]) + (24 * pole[0]) + (5 * pole[1]);
        bool pushes = clock++ / Stroke % 2 == 0;
        return [(float)Math.Clamp(((pushes ? 2 * needed : 0) / GustyPoleEnvironment.Force) + (Noise * random.NextNormal()), -1, 1)];
    }
}
