using BehaviorCloning.Datasets;

namespace BehaviorCloning.Dagger;

/// <summary>
/// A round's data on disk, an <see cref="EpisodeStore"/>. The recorded action is the expert's label. Every step is annotated with what
/// was done ("executed_action"), who did it ("actor"), who labeled it ("labeler"), its "reward", its episode's place in the round ("slot"),
/// whether the expert broke the episode off ("broken_off") and, with <see cref="DaggerOptions.LabelsPlans"/>, the expert's plan (<see cref="StepPlan"/>).
/// </summary>
public static class RoundStore
{
    /// <summary>Annotation: <see cref="Learner"/> or <see cref="Expert"/>, whoever drove the step.</summary>
    public const string Actor = StepActor.Annotation;

    /// <summary>Annotation: who gave the recorded action; <see cref="Expert"/> in every step that DAgger stores.</summary>
    public const string LabelerName = "labeler";

    /// <summary>Annotation: which of the round's episodes it is. Episodes without any label leave a hole.</summary>
    public const string Slot = "slot";

    /// <summary>Annotation: 1 where the expert broke the episode off, so that it ends before its end.</summary>
    public const string BrokenOff = "broken_off";

    /// <summary>Annotation: 1 where the episode solved the task.</summary>
    public const string Solved = "solved";

    /// <summary>Value of an actor or labeler.</summary>
    public const float Learner = StepActor.Learner, Expert = StepActor.Expert;

    private static ObservationSpec Annotations(ActionSpec actions, int planSteps) => new(
    [
        new(DemonstrationRecorder.ExecutedAction, actions.Dimension), new(Actor, 1), new(LabelerName, 1), new("reward", 1), new(Slot, 1), new(BrokenOff, 1), new(Solved, 1),
        .. planSteps == 1 ? (FeatureSpec[])[] : [new(StepPlan.Annotation, planSteps * actions.Dimension), new(StepPlan.CountAnnotation, 1)],
    ]);

    internal static EpisodeRecorder OpenOrCreate(string folder, IEnvironment environment, int planSteps) =>
        EpisodeRecorder.OpenOrCreate(folder, environment.Observations, environment.Actions, environment.ControlRateHz, Annotations(environment.Actions, planSteps));

    internal static void Keep(EpisodeRecorder recorder, MixedEpisode episode, int slot, int planSteps)
    {
        if (episode.Steps.Count == 0) return;
        foreach (LabeledStep step in episode.Steps)
        {
            var annotations = new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal)
            {
                [DemonstrationRecorder.ExecutedAction] = step.Executed,
                [Actor] = new[] { step.ByExpert ? Expert : Learner },
                [LabelerName] = new[] { Expert },
                ["reward"] = new[] { (float)step.Reward },
                [Slot] = new float[] { slot },
                [BrokenOff] = new float[] { episode.Fault is null ? 0 : 1 },
                [Solved] = new float[] { episode.Success ? 1 : 0 },
            };
            if (planSteps > 1)
            {
                annotations[StepPlan.Annotation] = Enumerable.Range(0, planSteps).SelectMany(i => step.Plan[Math.Min(i, step.Plan.Count - 1)]).ToArray();
                annotations[StepPlan.CountAnnotation] = new float[] { step.Plan.Count };
            }

            recorder.Append(step.Observation, step.Label, annotations);
        }

        recorder.FinishEpisode();
    }

    /// <summary>What the episodes of a source say of who drove: steps in all, and those that the expert drove.</summary>
    internal static (int Steps, int ByExpert) Count(IEpisodeSource episodes)
    {
        int steps = 0, byExpert = 0;
        for (int e = 0; e < episodes.EpisodeCount; e++)
        {
            Episode episode = episodes.ReadEpisode(e);
            steps += episode.Length;
            foreach (float actor in episode.Annotation(Actor) is { } actors ? actors.Span : default)
            {
                if (actor == Expert) byExpert++;
            }
        }

        return (steps, byExpert);
    }
}
