namespace BehaviorCloning.Actions;

/// <summary>
/// Every action of a chunk as its distance from the reference feature in the newest observation. Also called relative
/// trajectory (Universal Manipulation Interface, arXiv 2402.10329); openpi's "delta actions" are these.
/// </summary>
public sealed record RelativeActions : ReferencedActions
{
    /// <inheritdoc/>
    public override void Encode(Span<float> chunk, ReadOnlySpan<float> reference)
    {
        RequireRows(chunk, reference);
        for (int d = 0; d < reference.Length; d++)
        {
            if (!IsReferenced(d)) continue;
            for (int i = d; i < chunk.Length; i += reference.Length) chunk[i] -= reference[d];
        }
    }

    /// <inheritdoc/>
    public override void Decode(Span<float> chunk, ReadOnlySpan<float> reference)
    {
        RequireRows(chunk, reference);
        for (int d = 0; d < reference.Length; d++)
        {
            if (!IsReferenced(d)) continue;
            for (int i = d; i < chunk.Length; i += reference.Length) chunk[i] += reference[d];
        }
    }
}
