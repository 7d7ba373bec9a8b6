namespace BehaviorCloning.Heads;

/// <summary>The sizes a head is built for.</summary>
/// <param name="ContextTokens">N: tokens of context an observation history is encoded to.</param>
/// <param name="ContextWidth">C: width of a context token.</param>
/// <param name="PredictionHorizon">Tp: actions in a chunk.</param>
/// <param name="ActionDimension">Da: values an action.</param>
public sealed record HeadShape(int ContextTokens, int ContextWidth, int PredictionHorizon, int ActionDimension)
{
    /// <summary>To: control steps the context was encoded from; null where that is not known.</summary>
    public int? ObservedSteps { get; init; }
}
