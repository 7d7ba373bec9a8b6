namespace BehaviorCloning;

/// <summary>
/// An expert that knows more than its next action: where it would go on. DAgger asks it, with <c>is</c>, for labels of whole chunks: behind a step that the learner drove,
/// the next labels are for where the learner went, but the plan is for where the expert would have gone.
/// </summary>
public interface IPlanningExpert : IExpert
{
    /// <summary>The actions the expert would take from now on, in place of <see cref="IExpert.Act"/>: the first is what that would answer. Never changes the environment.</summary>
    /// <param name="observation">What is observed now.</param>
    /// <param name="environment">The environment, for experts that know more than is observed.</param>
    /// <param name="steps">How many at most.</param>
    /// <returns>1 to <paramref name="steps"/> actions of Da values in raw units; fewer where the plan ends.</returns>
    IReadOnlyList<float[]> Plan(Observation observation, IEnvironment environment, int steps);
}
