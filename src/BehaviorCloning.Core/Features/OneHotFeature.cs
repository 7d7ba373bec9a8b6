namespace BehaviorCloning.Features;

/// <summary>
/// A number of a kind (a task, an object, a mode) as a vector with a single 1, so that kind 2 is not "between" 1 and 3 to a network.
/// </summary>
/// <remarks>
/// <code>
/// // Count = 4:   2  ->  0 0 1 0
/// </code>
/// Leave it unnormalized (<c>NoNormalization</c>): then zeros mean "no task", which guidance needs.
/// </remarks>
public sealed record OneHotFeature : FeatureTransform
{
    /// <summary>The raw feature of one number, 0 to Count - 1.</summary>
    public required string Feature { get; init; }

    /// <summary>How many kinds there are.</summary>
    public required int Count { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Feature];

    /// <inheritdoc/>
    public override FeatureSpec Output(ObservationSpec raw) => new(OutputName ?? $"{Feature}_one_hot", Count);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A number is not a whole one of 0 to Count - 1.</exception>
    public override void Apply(IReadOnlyList<ReadOnlyMemory<float>> inputs, int steps, Span<float> output)
    {
        ReadOnlySpan<float> kinds = inputs[0].Span;
        output.Clear();
        for (int step = 0; step < steps; step++)
        {
            float kind = kinds[step];
            if (!(kind >= 0 && kind < Count && kind == MathF.Floor(kind)))
                throw new ArgumentException($"Feature '{Feature}' is {kind} at step {step}, expected a whole number from 0 to {Count - 1}. Number the kinds from 0, or raise {nameof(Count)}.", nameof(inputs));
            output[(step * Count) + (int)kind] = 1;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec raw)
    {
        string[] faults = [.. base.Problems(raw)];
        if (faults.Length > 0) return faults;
        List<string> sizes = [];
        if (Count < 2) sizes.Add($"{nameof(OneHotFeature)}: {nameof(Count)} {Count} must be at least 2; with one kind there is nothing to tell.");
        if (raw[Feature].Size != 1) sizes.Add($"{nameof(OneHotFeature)}: '{Feature}' has {raw[Feature].Size} values, expected 1 (the number of a kind).");
        return sizes;
    }
}
