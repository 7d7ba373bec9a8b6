namespace BehaviorCloning.Actions;

/// <summary>Actions as they are recorded.</summary>
public sealed record AbsoluteActions : ActionRepresentation
{
    /// <inheritdoc/>
    public override void Encode(Span<float> chunk, ReadOnlySpan<float> reference)
    {
    }

    /// <inheritdoc/>
    public override void Decode(Span<float> chunk, ReadOnlySpan<float> reference)
    {
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec observations, ActionSpec actions)
    {
        if (ReferenceFeature is not null)
            yield return $"{nameof(AbsoluteActions)} are measured from nothing, but {nameof(ReferenceFeature)} is '{ReferenceFeature}'. Leave it out, or use {nameof(RelativeActions)}.";
    }
}
