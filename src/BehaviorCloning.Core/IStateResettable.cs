namespace BehaviorCloning;

/// <summary>
/// An environment that can start an episode where it is told, as simulators can and the real world cannot. Batch DAgger asks for it
/// with <c>is</c>: it starts new demonstrations where the learner fails.
/// </summary>
public interface IStateResettable : IEnvironment
{
    /// <summary>Starts an episode in the state that was observed. Only the observed is restored: to single precision, and nothing that is hidden.</summary>
    /// <exception cref="ArgumentException">The observation does not fit, or is no state of this world.</exception>
    Observation ResetToObserved(Observation observation);
}
