namespace BehaviorCloning;

/// <summary>
/// One recorded episode: for each control step what was observed and which action followed. Rows of float features and actions
/// are contiguous, so that windows are block copies.
/// </summary>
public abstract class Episode
{
    /// <summary>Control steps in the episode, at least 1.</summary>
    public abstract int Length { get; }

    /// <summary>The rows of a float feature, row-major [Length, feature size], in raw units.</summary>
    /// <exception cref="KeyNotFoundException">There is no such feature; the message lists those there are.</exception>
    public abstract ReadOnlyMemory<float> Feature(string name);

    /// <summary>The actions, row-major [Length, Da], in raw units.</summary>
    public abstract ReadOnlyMemory<float> Actions { get; }

    /// <summary>
    /// Rows kept beside observations and actions, row-major [Length, size]: "timestamp", "reward", "actor", "labeler", "weight".
    /// Null where the episode has none of that name.
    /// </summary>
    public virtual ReadOnlyMemory<float>? Annotation(string name) => null;

    /// <summary>Copies frames of an image feature, <see cref="FeatureSpec.StepBytes"/> each. Safe to call from several threads.</summary>
    /// <param name="name">The image feature.</param>
    /// <param name="start">First step.</param>
    /// <param name="count">How many steps.</param>
    /// <param name="destination">Receives <c>count</c> frames.</param>
    public virtual void ReadFrames(string name, int start, int count, Span<byte> destination) =>
        throw new KeyNotFoundException($"The episode has no image feature '{name}'.");
}
