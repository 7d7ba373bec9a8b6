namespace BehaviorCloning.Simulation;

/// <summary>
/// Balances the pole with a linear-quadratic regulator of the linearized cart-pole, whose force is rounded to the one the cart can do:
/// full to the right or full to the left. Closed form and stateless; it sees no more than is observed.
/// </summary>
public sealed class CartPoleExpert : IExpert
{
    private static readonly double[] Gain = Regulator();

    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ReadOnlySpan<float> state = observation[CartPoleEnvironment.StateFeature].Span;
        double force = 0;
        for (int i = 0; i < 4; i++) force -= Gain[i] * state[i];
        return [force >= 0 ? 1 : 0];
    }

    // One column a state variable by central differences of the true dynamics, with a force that is continuous: the mean of both pushes is none.
    private static double[] Regulator()
    {
        const double Small = 1e-5;
        double[,] a = new double[4, 4];
        double[] b = Values(new CartPoleState().Next(pushRight: true)), left = Values(new CartPoleState().Next(pushRight: false));
        for (int i = 0; i < 4; i++) b[i] = (b[i] - left[i]) / (2 * CartPoleState.Force);
        for (int j = 0; j < 4; j++)
        {
            double[] up = Unforced(j, Small), down = Unforced(j, -Small);
            for (int i = 0; i < 4; i++) a[i, j] = (up[i] - down[i]) / (2 * Small);
        }

        return DiscreteRiccati.Gain(a, b, [1, 0.1, 10, 0.1], 0.01);
    }

    private static double[] Unforced(int variable, double value)
    {
        double[] x = new double[4];
        x[variable] = value;
        var state = new CartPoleState(x[0], x[1], x[2], x[3]);
        double[] right = Values(state.Next(pushRight: true)), left = Values(state.Next(pushRight: false));
        return [.. right.Zip(left, (r, l) => (r + l) / 2)];
    }

    private static double[] Values(CartPoleState state) => [state.Position, state.Velocity, state.Angle, state.AngularVelocity];
}
