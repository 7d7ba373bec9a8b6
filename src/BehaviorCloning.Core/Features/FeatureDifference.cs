namespace BehaviorCloning.Features;

/// <summary>One feature minus another of the same size, value by value: hand to object, goal to gripper.</summary>
public sealed record FeatureDifference : FeatureTransform
{
    /// <summary>What is subtracted from.</summary>
    public required string Feature { get; init; }

    /// <summary>What is subtracted.</summary>
    public required string Reference { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Feature, Reference];

    /// <inheritdoc/>
    public override FeatureSpec Output(ObservationSpec raw) => new(OutputName ?? $"{Feature}_minus_{Reference}", [.. raw[Feature].Shape]);

    /// <inheritdoc/>
    public override void Apply(IReadOnlyList<ReadOnlyMemory<float>> inputs, int steps, Span<float> output)
    {
        ReadOnlySpan<float> feature = inputs[0].Span, reference = inputs[1].Span;
        for (int i = 0; i < feature.Length; i++) output[i] = feature[i] - reference[i];
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec raw)
    {
        string[] faults = [.. base.Problems(raw)];
        return faults.Length > 0 || raw[Feature].Size == raw[Reference].Size
            ? faults
            : [$"{nameof(FeatureDifference)}: '{Feature}' has {raw[Feature].Size} values, but '{Reference}' has {raw[Reference].Size}. Both need the same number."];
    }
}
