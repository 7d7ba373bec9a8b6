namespace BehaviorCloning.Simulation;

/// <summary>Tosses a coin for the sign that both numbers get, when it is made: one expert demonstrates one episode.</summary>
public sealed class CoupledAxesExpert : IExpert
{
    /// <summary>Standard deviation of what its numbers are off, independently; a fifth of what they may be.</summary>
    public const double Noise = 0.04;

    private readonly double sign, firstOff, secondOff;

    /// <summary>Makes an expert, which draws its choices now.</summary>
    /// <param name="seed">0 to 4294967295: give every episode a seed of its own.</param>
    public CoupledAxesExpert(long seed)
    {
        // Unlike the environment's numbers of the same seed: the cue must not tell the sign.
        var random = new NumpyRandomState((seed ^ 0x9E3779B9) & uint.MaxValue);
        sign = random.NextDouble() < 0.5 ? 1 : -1;
        (firstOff, secondOff) = (Noise * random.NextNormal(), Noise * random.NextNormal());
    }

    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        (double first, double second) = CoupledAxesEnvironment.SizesFor(observation[CoupledAxesEnvironment.Cue].Span[0]);
        return [(float)(sign * (first + firstOff)), (float)(sign * (second + secondOff))];
    }
}
