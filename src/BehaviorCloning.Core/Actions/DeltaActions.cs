namespace BehaviorCloning.Actions;

/// <summary>
/// The first action as its distance from the reference feature in the newest observation, each later one as its distance from the
/// action before. Small steady numbers, but prediction errors add up along the chunk.
/// </summary>
public sealed record DeltaActions : ReferencedActions
{
    /// <inheritdoc/>
    public override void Encode(Span<float> chunk, ReadOnlySpan<float> reference)
    {
        RequireRows(chunk, reference);
        for (int d = 0; d < reference.Length; d++)
        {
            if (!IsReferenced(d)) continue;
            float before = reference[d];
            for (int i = d; i < chunk.Length; i += reference.Length) (chunk[i], before) = (chunk[i] - before, chunk[i]);
        }
    }

    /// <inheritdoc/>
    public override void Decode(Span<float> chunk, ReadOnlySpan<float> reference)
    {
        RequireRows(chunk, reference);
        for (int d = 0; d < reference.Length; d++)
        {
            if (!IsReferenced(d)) continue;
            float before = reference[d];
            for (int i = d; i < chunk.Length; i += reference.Length) before = chunk[i] += before;
        }
    }
}
