namespace BehaviorCloning.Simulation;

/// <summary>
/// A cart catches a falling ball in one of two cups. Gusts carry the ball sideways while it falls, so a plan is soon out of date; and the
/// cups are on both sides of the cart, so two plans that are both good are bad when mixed: between the cups the ball is lost.
/// </summary>
/// <remarks>
/// <code>
/// //            o              ball: falls 1 m/s, drifts with the gusts
/// //
/// //       [_]-----[_]         cups at -0.3 m and +0.3 m, 0.14 m wide
/// //         (cart)            action: acceleration, -1 to 1 for -3 to 3 m/s²
/// </code>
/// 44 control steps at 25 Hz. Success: at the ground the ball is in a cup. The reward is 0 until then, and 1 for a catch. Nothing that is
/// observed says which cup a demonstrator has in mind.
/// </remarks>
public sealed class FallingBallEnvironment : IEnvironment
{
    /// <summary>Distance of a cup from the cart's middle, m.</summary>
    public const double CupOffset = 0.3;

    /// <summary>Half a cup's width, m.</summary>
    public const double CupHalfWidth = 0.07;

    /// <summary>Largest acceleration, m/s².</summary>
    public const double Acceleration = 3;

    private const double Dt = 0.04, FallSpeed = 1, GustSize = 0.008, Drag = 0.97;
    private NumpyRandomState random = new(0);
    private int step;
    private double cart, cartSpeed, ball, ballSpeed;

    /// <inheritdoc/>
    public ObservationSpec Observations { get; } = new(new FeatureSpec("cart", 2), new FeatureSpec("ball", 3));

    /// <inheritdoc/>
    public ActionSpec Actions { get; } = new("acceleration", 1) { Minimum = [-1], Maximum = [1] };

    /// <inheritdoc/>
    public double ControlRateHz => 1 / Dt;

    /// <inheritdoc/>
    public int StepLimit => 44;

    /// <inheritdoc/>
    public Observation Reset(long seed)
    {
        random = new NumpyRandomState(seed);
        step = 0;
        cart = (0.6 * random.NextDouble()) - 0.3;
        cartSpeed = 0;
        ball = cart + (0.08 * random.NextDouble()) - 0.04;
        ballSpeed = 0.03 * random.NextNormal();
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        cartSpeed += Dt * Acceleration * Math.Clamp(action[0], -1, 1);
        cart += Dt * cartSpeed;
        ballSpeed = (Drag * ballSpeed) + (GustSize * random.NextNormal());
        ball += Dt * ballSpeed;
        step++;
        bool landed = step >= StepLimit, caught = landed && Math.Abs(Math.Abs(ball - cart) - CupOffset) <= CupHalfWidth;
        return new StepResult(Observe(), caught ? 1 : 0, caught, landed);
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }

    // The ball relative to the cart: where on the track they are does not matter.
    private Observation Observe() => new()
    {
        ["cart"] = new float[] { (float)cart, (float)cartSpeed },
        ["ball"] = new float[] { (float)(ball - cart), (float)(FallSpeed * Dt * (StepLimit - step)), (float)ballSpeed },
    };
}
