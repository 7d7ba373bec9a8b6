namespace BehaviorCloning.Simulation;

/// <summary>Drives <see cref="RoadEnvironment"/> without a fault, in closed form: what the road asks for, a full turn to the left in the ditch.</summary>
public sealed class RoadExpert : IExpert
{
    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        return [observation[RoadEnvironment.Ditch].Span[0] > 0.5f ? -1 : (float)RoadEnvironment.SteeringFor(observation[RoadEnvironment.Ahead].Span)];
    }
}
