namespace BehaviorCloning.Datasets;

/// <summary>One training sample: the control step of an episode that holds the newest observation.</summary>
/// <param name="Episode">Which episode.</param>
/// <param name="Step">t, the step of the newest observation and of chunk index 0.</param>
public readonly record struct Window(int Episode, int Step);
