namespace BehaviorCloning;

/// <summary>Knows what to do: a person, a controller, a planner. Asked for demonstrations, and by DAgger for labels.</summary>
public interface IExpert
{
    /// <summary>The action the expert would take now. Never changes the environment.</summary>
    /// <param name="observation">What is observed now.</param>
    /// <param name="environment">The environment, for experts that know more than is observed.</param>
    /// <returns>Da values in raw units.</returns>
    float[] Act(Observation observation, IEnvironment environment);
}
