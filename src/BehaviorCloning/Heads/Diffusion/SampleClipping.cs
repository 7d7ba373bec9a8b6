namespace BehaviorCloning.Heads;

/// <summary>
/// Where a predicted action chunk is cut off while sampling. At high noise a predicted noise magnifies into absurd actions, which clipping
/// brings back.
/// </summary>
public abstract record SampleClipping
{
    /// <summary>Every fault of these options, none if they are sound.</summary>
    public virtual IEnumerable<string> Problems() => [];
}

/// <summary>At the smallest and largest normalized training action of each dimension: right for any normalization. The default.</summary>
public sealed record ClipToData : SampleClipping;

/// <summary>At -Range and Range, as published: right where actions are min-max normalized to [-1, 1].</summary>
public sealed record ClipToRange : SampleClipping
{
    /// <summary>The largest normalized action. Default 1.</summary>
    public double Range { get; init; } = 1;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (!(Range > 0 && double.IsFinite(Range))) yield return $"{nameof(ClipToRange)}.{nameof(Range)} {Range} must be positive.";
    }
}

/// <summary>Nowhere.</summary>
public sealed record NoClipping : SampleClipping;
