namespace BehaviorCloning.Datasets;

/// <summary>
/// The annotations that hold an expert's plan at every step, where it gave one: its next actions, had it driven from there. Behind a step that a learner drove, the
/// next steps' labels do not make a chunk (<see cref="WindowIndex.LearnedActions"/>); a plan does.
/// </summary>
public static class StepPlan
{
    /// <summary>Annotation: the plan's actions, [P, Da] a step in one row; behind its end the last is repeated.</summary>
    public const string Annotation = "plan";

    /// <summary>Annotation: how many of them there are, 0 (no plan) to P.</summary>
    public const string CountAnnotation = "planned";
}
