namespace BehaviorCloning;

/// <summary>
/// A world that can go on from where another of its kind is, what is hidden included, so that a planner can try in a copy what would happen. Asked for with
/// <c>is</c>. A simulator can; the real world cannot.
/// </summary>
/// <example><code>
/// imagined.BranchFrom(environment);
/// StepResult wouldBe = imagined.Step(action);   // environment is as it was
/// </code></example>
public interface IBranchable : IEnvironment
{
    /// <summary>Takes over the other's state, as exactly as it can be: from here on the same actions lead to the same states.</summary>
    /// <param name="other">Where it goes on; not changed.</param>
    /// <returns>What is observed there.</returns>
    /// <exception cref="ArgumentException">The other is of another kind.</exception>
    /// <exception cref="InvalidOperationException">The other was not reset yet: there is no state to go on from.</exception>
    Observation BranchFrom(IEnvironment other);
}
