namespace BehaviorCloning.Simulation;

/// <summary>What an expert's hand adds to what it means: noise that changes slowly, so that what is shown is varied and still smooth.</summary>
/// <param name="random">Of the expert.</param>
/// <param name="size">Its standard deviation.</param>
internal sealed class UnsteadyHand(NumpyRandomState random, double size)
{
    private const double Kept = 0.85; // of a step's noise, in the next
    private double noise = size * random.NextNormal();

    /// <summary>The noise of the next step.</summary>
    public double Next() => noise = (Kept * noise) + (Math.Sqrt(1 - (Kept * Kept)) * size * random.NextNormal());
}
