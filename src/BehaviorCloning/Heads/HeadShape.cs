using BehaviorCloning.Encoders;

namespace BehaviorCloning.Heads;

/// <summary>The sizes a head is built for.</summary>
/// <param name="ContextTokens">N: tokens of context an observation history is encoded to.</param>
/// <param name="ContextWidth">C: width of a context token.</param>
/// <param name="PredictionHorizon">Tp: actions in a chunk.</param>
/// <param name="ActionDimension">Da: values an action.</param>
public sealed record HeadShape(int ContextTokens, int ContextWidth, int PredictionHorizon, int ActionDimension)
{
    /// <summary>What of the context is what, for heads that treat parts differently. Empty where the encoder does not say.</summary>
    public IReadOnlyList<ContextPart> Parts { get; init; } = [];

    /// <summary>To: control steps the context was encoded from; null where that is not known.</summary>
    public int? ObservedSteps { get; init; }

    /// <inheritdoc/>
    public bool Equals(HeadShape? other) =>
        other is not null && ContextTokens == other.ContextTokens && ContextWidth == other.ContextWidth && PredictionHorizon == other.PredictionHorizon
        && ActionDimension == other.ActionDimension && ObservedSteps == other.ObservedSteps && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ContextTokens, ContextWidth, PredictionHorizon, ActionDimension, Parts.Count);
}
