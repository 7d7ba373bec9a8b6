using System.Text.Json.Serialization;

namespace BehaviorCloning.Features;

/// <summary>
/// How one input of the network is made from raw observation features of the same step. A transform is data, not code with
/// state: the training loader and the running robot apply the very same record.
/// </summary>
public abstract record FeatureTransform
{
    /// <summary>What the result is called; null for the name the transform gives it by itself.</summary>
    public string? OutputName { get; init; }

    /// <summary>The raw features it reads, in the order <see cref="Apply"/> takes them.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<string> Inputs { get; }

    /// <summary>What it makes of observations of that specification.</summary>
    public abstract FeatureSpec Output(ObservationSpec raw);

    /// <summary>Makes the feature for several steps at once.</summary>
    /// <param name="inputs">Rows of each of <see cref="Inputs"/>, row-major [steps, feature size], raw units.</param>
    /// <param name="steps">How many rows there are.</param>
    /// <param name="output">Receives [steps, output size].</param>
    public abstract void Apply(IReadOnlyList<ReadOnlyMemory<float>> inputs, int steps, Span<float> output);

    /// <summary>Every reason why it cannot be applied to observations of that specification, none if it can.</summary>
    public virtual IEnumerable<string> Problems(ObservationSpec raw)
    {
        foreach (string input in Inputs)
        {
            if (string.IsNullOrWhiteSpace(input))
                yield return $"{GetType().Name} names no feature where it needs one. There are: {raw.Names}.";
            else if (!raw.Contains(input))
                yield return $"{GetType().Name} reads feature '{input}', which there is not. There are: {raw.Names}.";
            else if (raw[input].Element != FeatureElement.Float32 && this is not RawFeature)
                yield return $"{GetType().Name} computes with floats, but feature '{input}' is an image. Use {nameof(RawFeature)} for images.";
        }
    }
}
