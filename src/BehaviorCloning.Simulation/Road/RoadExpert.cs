namespace BehaviorCloning.Simulation;

/// <summary>Drives <see cref="RoadEnvironment"/> without a fault, in closed form: the bend's steering on the road, a full turn back in a ditch.</summary>
public sealed class RoadExpert : IExpert
{
    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ReadOnlySpan<float> bend = observation[RoadEnvironment.Bend].Span;
        float side = observation[RoadEnvironment.Ditch].Span[0];
        return [side == 0 ? (float)RoadEnvironment.SteeringFor(bend[0], bend[1]) : -side];
    }
}
