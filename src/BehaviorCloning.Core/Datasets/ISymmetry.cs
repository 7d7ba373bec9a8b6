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

    /// <summary>Every reason why it cannot mirror such episodes, none if it can.</summary>
    IEnumerable<string> Problems(ObservationSpec observations, ActionSpec actions) => [];
}
