namespace BehaviorCloning.Features;

/// <summary>The raw feature as it is, images included.</summary>
/// <param name="Name">The raw feature's name.</param>
public sealed record RawFeature(string Name) : FeatureTransform
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Name];

    /// <inheritdoc/>
    public override FeatureSpec Output(ObservationSpec raw)
    {
        FeatureSpec spec = raw[Name];
        return OutputName is null ? spec : new FeatureSpec(OutputName, spec.Element, [.. spec.Shape]);
    }

    /// <inheritdoc/>
    public override void Apply(IReadOnlyList<ReadOnlyMemory<float>> inputs, int steps, Span<float> output) => inputs[0].Span.CopyTo(output);
}
