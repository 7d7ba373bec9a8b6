namespace BehaviorCloning.Simulation;

/// <summary>
/// Stays under the ball, and while it falls its last meter but 0.2 dashes aside so that it falls into the left or the right cup: which one
/// was decided by a coin before the episode. One instance an episode. Its hand is smooth but not quite steady, so that corrections are shown too.
/// </summary>
public sealed class FallingBallExpert : IExpert
{
    private const double DashFrom = 1.2, DashTo = 0.2, Stiffness = 12, Damping = 7, Remaining = 0.9, Unsteadiness = 0.04;
    private readonly UnsteadyHand hand;
    private readonly int side;

    /// <summary>An expert for one episode.</summary>
    /// <param name="seed">Decides the cup and the noise.</param>
    public FallingBallExpert(long seed)
    {
        var random = new NumpyRandomState((seed ^ 0x2545F491) & 0x7FFFFFFF);
        side = random.NextDouble() < 0.5 ? -1 : 1;
        hand = new UnsteadyHand(random, Unsteadiness);
    }

    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ReadOnlySpan<float> ball = observation["ball"].Span;
        // It falls 1 m/s, so its height is also the time left; gusts and drag leave 0.9 of the drift that is seen.
        const double Time = DashFrom - DashTo;
        double aside = -side * FallingBallEnvironment.CupOffset;
        (double way, double speed, double acceleration) = SmoothStep.At((DashFrom - ball[1]) / Time);
        double wanted = (aside * acceleration / (Time * Time))
            + (Stiffness * (ball[0] + (Remaining * ball[2] * ball[1]) + (aside * way)))
            + (Damping * ((aside * speed / Time) - observation["cart"].Span[1]));
        return [(float)Math.Clamp((wanted / FallingBallEnvironment.Acceleration) + hand.Next(), -1, 1)];
    }
}
