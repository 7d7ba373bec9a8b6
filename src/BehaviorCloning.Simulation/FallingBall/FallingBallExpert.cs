namespace BehaviorCloning.Simulation;

/// <summary>
/// Stays under the ball, and in the last steps dashes so that it falls into the left or the right cup: which one was decided by a coin
/// before the episode. One instance an episode. The noise on its hand is part of what it shows, so that plans and corrections are seen.
/// </summary>
public sealed class FallingBallExpert : IExpert
{
    // The dash takes 7 steps at full acceleration; 14 leave time to correct.
    private const double DashHeight = 0.7, Stiffness = 40, Damping = 11, Noise = 0.1, Remaining = 0.9;
    private readonly NumpyRandomState random;
    private readonly int side;

    /// <summary>An expert for one episode.</summary>
    /// <param name="seed">Decides the cup and the noise.</param>
    public FallingBallExpert(long seed)
    {
        random = new NumpyRandomState((seed ^ 0x2545F491) & 0x7FFFFFFF);
        side = random.NextDouble() < 0.5 ? -1 : 1;
    }

    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ReadOnlySpan<float> ball = observation["ball"].Span;
        // It falls 1 m/s, so its height is also the time left; gusts and drag leave 0.9 of the drift that is seen.
        double target = ball[0] + (Remaining * ball[2] * ball[1]) - (ball[1] <= DashHeight ? side * FallingBallEnvironment.CupOffset : 0);
        double wanted = (Stiffness * target) - (Damping * observation["cart"].Span[1]);
        return [(float)Math.Clamp((wanted / FallingBallEnvironment.Acceleration) + (Noise * random.NextNormal()), -1, 1)];
    }
}
