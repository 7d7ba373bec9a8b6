namespace BehaviorCloning.Simulation;

/// <summary>
/// Drives 0.6 m aside, from a quarter of a second after the squall is seen: to which side was decided by a coin before the episode. One instance an
/// episode. Its hand is smooth but not quite steady, so that corrections are shown too.
/// </summary>
public sealed class GustyPoleExpert : IExpert
{
    // The cart follows its wanted speed some 0.3 s late: it must lean before it can go.
    private const double Aside = 0.6, Begin = 0.24, Lasting = 1.12, CartsLag = 0.32, Stiffness = 1.5, Unsteadiness = 0.04;
    private readonly UnsteadyHand hand;
    private readonly int side;

    /// <summary>An expert for one episode.</summary>
    /// <param name="seed">Decides the side and the noise.</param>
    public GustyPoleExpert(long seed)
    {
        var random = new NumpyRandomState((seed ^ 0x2545F491) & 0x7FFFFFFF);
        side = random.NextDouble() < 0.5 ? -1 : 1;
        hand = new UnsteadyHand(random, Unsteadiness);
    }

    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(environment);
        ReadOnlySpan<float> squall = observation["squall"].Span;
        double time = (environment.StepLimit / environment.ControlRateHz) - squall[1];
        double speed = side * Aside * SmoothStep.At((time - Begin) / Lasting).Speed / Lasting;
        double place = side * Aside * SmoothStep.At((time - Begin - CartsLag) / Lasting).Way;
        return [(float)Math.Clamp(((speed + (Stiffness * (place + squall[0]))) / GustyPoleEnvironment.TopSpeed) + hand.Next(), -1, 1)];
    }
}
