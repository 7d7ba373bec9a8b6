namespace BehaviorCloning.Simulation;

/// <summary>
/// Drives 0.6 m aside, soon after the squall is seen, faster and slower again as a parabola: to which side was decided by a coin before the episode.
/// One instance an episode. Its hand is smooth but not quite steady, so that corrections are shown too.
/// </summary>
public sealed class GustyPoleExpert : IExpert
{
    // The cart follows its wanted speed some 0.3 s late: it must lean before it can go.
    private const double Aside = 0.6, Begin = 0.16, Lasting = 1.12, CartsLag = 0.32, Stiffness = 1.5, Unsteadiness = 0.04;
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
        double going = Share(time - Begin), followed = Share(time - Begin - CartsLag);
        double speed = side * Aside * 6 * going * (1 - going) / Lasting, place = side * Aside * followed * followed * (3 - (2 * followed));
        return [(float)Math.Clamp(((speed + (Stiffness * (place + squall[0]))) / GustyPoleEnvironment.TopSpeed) + hand.Next(), -1, 1)];
    }

    private static double Share(double time) => Math.Clamp(time / Lasting, 0, 1);
}
