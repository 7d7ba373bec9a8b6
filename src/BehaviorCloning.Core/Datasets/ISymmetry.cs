namespace BehaviorCloning.Datasets;

/// <summary>
/// A symmetry of a task: what is seen and done in one episode, turned into its mirror image, is a demonstration as good as the first.
/// Applying it twice gives back the original.
/// </summary>
public interface ISymmetry
{
    /// <summary>Mirrors rows of a raw feature in place.</summary>
    void Apply(string feature, Span<float> rows);

    /// <summary>Mirrors rows of raw actions in place.</summary>
    void ApplyToActions(Span<float> rows);

    /// <summary>Whether it can mirror the frames of an image feature. Default: none.</summary>
    bool MirrorsFrames(FeatureSpec image) => false;

    /// <summary>Mirrors one frame of an image feature in place. Called only for those that <see cref="MirrorsFrames"/> accepts.</summary>
    /// <param name="image">The feature: uint8 or uint16, [height, width] or [height, width, channels].</param>
    /// <param name="frame">Its bytes.</param>
    void ApplyToFrame(FeatureSpec image, Span<byte> frame) => throw new NotSupportedException($"{GetType().Name} mirrors no frames.");

    /// <summary>Every reason why it cannot mirror such episodes, none if it can.</summary>
    IEnumerable<string> Problems(ObservationSpec observations, ActionSpec actions) => [];
}
