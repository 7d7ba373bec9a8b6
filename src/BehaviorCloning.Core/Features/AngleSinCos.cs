namespace BehaviorCloning.Features;

/// <summary>
/// Angles in radians as (sin, cos) pairs, so that 0 and 2 pi are the same place to a network. A feature of n angles becomes
/// 2n values: sin a0, cos a0, sin a1, cos a1, ...
/// </summary>
public sealed record AngleSinCos : FeatureTransform
{
    /// <summary>The raw feature of angles.</summary>
    public required string Feature { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Feature];

    /// <inheritdoc/>
    public override FeatureSpec Output(ObservationSpec raw) => new(OutputName ?? $"{Feature}_sin_cos", 2 * raw[Feature].Size);

    /// <inheritdoc/>
    public override void Apply(IReadOnlyList<ReadOnlyMemory<float>> inputs, int steps, Span<float> output)
    {
        ReadOnlySpan<float> angles = inputs[0].Span;
        for (int i = 0; i < angles.Length; i++) (output[2 * i], output[(2 * i) + 1]) = MathF.SinCos(angles[i]);
    }
}
