namespace BehaviorCloning.Features;

/// <summary>
/// Makes features of what was observed so far in an episode: poses from images, with their uncertainty; motion between frames. Unlike a <see cref="FeatureTransform"/> it
/// may remember earlier steps and may have been trained, apart from any policy; the policy then runs on what it says.
/// </summary>
/// <remarks>
/// <code>
/// training   IEpisodeSource -> SensedEpisodes    -> policy's features          the same module
/// running    IEnvironment   -> SensedEnvironment -> policy's features          (SensedRobot for a machine)
/// </code>
/// </remarks>
public interface ISensingModule
{
    /// <summary>What it reads.</summary>
    ObservationSpec Inputs { get; }

    /// <summary>What it adds: features of floats.</summary>
    ObservationSpec Outputs { get; }

    /// <summary>Starts an episode. Episodes may run side by side, each on one thread at a time.</summary>
    ISensingEpisode Begin();
}

/// <summary>What a sensing module remembers of one episode.</summary>
public interface ISensingEpisode
{
    /// <summary>Senses the next steps. A recorded episode comes in blocks, a running one step by step; the result is the same.</summary>
    /// <param name="steps">Consecutive observations, oldest first, following those of the call before.</param>
    /// <returns>For each feature of <see cref="ISensingModule.Outputs"/>, row-major [steps, feature size].</returns>
    IReadOnlyList<float[]> Sense(IReadOnlyList<Observation> steps);
}
