namespace BehaviorCloning.Simulation;

/// <summary>Drives <see cref="RoadEnvironment"/> without a fault, in closed form: what the road asks for, a full turn back in a ditch.</summary>
public sealed class RoadExpert : IExpert
{
    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        float side = observation[RoadEnvironment.Ditch].Span[0];
        return [side == 0 ? (float)RoadEnvironment.SteeringFor(observation[RoadEnvironment.Ahead].Span) : -side];
    }
}
