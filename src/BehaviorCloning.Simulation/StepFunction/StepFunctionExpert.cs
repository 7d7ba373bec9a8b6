namespace BehaviorCloning.Simulation;

/// <summary>Knows the right action.</summary>
public sealed class StepFunctionExpert : IExpert
{
    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        return [(float)StepFunctionEnvironment.RightAt(observation[StepFunctionEnvironment.Place].Span[0])];
    }
}
