namespace BehaviorCloning.Datasets;

/// <summary>The annotation that says who drove a step, where it was not always the expert.</summary>
public static class StepActor
{
    /// <summary>The annotation's name.</summary>
    public const string Annotation = "actor";

    /// <summary>Its value where a learner drove: the step's action is what the expert would have done, not what was done.</summary>
    public const float Learner = 0;

    /// <summary>Its value where the expert drove.</summary>
    public const float Expert = 1;

    /// <summary>Who drove each step of an episode; empty where it does not say, and the expert did.</summary>
    public static ReadOnlyMemory<float> Of(Episode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        return episode.Annotation(Annotation) ?? default;
    }
}
