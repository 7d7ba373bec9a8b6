namespace BehaviorCloning;

/// <summary>What was sensed at one control step: values by feature name, in raw units.</summary>
/// <example><code>var observation = new Observation { ["joint_positions"] = new float[] { 0.1f, -0.4f } };</code></example>
public sealed class Observation
{
    private readonly Dictionary<string, ReadOnlyMemory<float>> floats;
    private Dictionary<string, ReadOnlyMemory<byte>>? images;

    /// <summary>An observation whose features an initializer adds.</summary>
    public Observation() => floats = new(StringComparer.Ordinal);

    /// <summary>An observation of these float features.</summary>
    public Observation(IEnumerable<KeyValuePair<string, ReadOnlyMemory<float>>> features) => floats = new(features, StringComparer.Ordinal);

    /// <summary>The floats of a feature, row-major.</summary>
    /// <exception cref="KeyNotFoundException">There is no such feature; the message lists those there are.</exception>
    public ReadOnlyMemory<float> this[string feature]
    {
        get => floats.TryGetValue(feature, out ReadOnlyMemory<float> values)
            ? values
            : throw new KeyNotFoundException($"The observation has no feature '{feature}'. It has: {string.Join(", ", FeatureNames)}.");
        init => floats[feature] = value;
    }

    /// <summary>The bytes of image features by name: height x width x channels, or little-endian 16-bit numbers.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Images
    {
        get => images ?? (IReadOnlyDictionary<string, ReadOnlyMemory<byte>>)System.Collections.Frozen.FrozenDictionary<string, ReadOnlyMemory<byte>>.Empty;
        init => images = new(value, StringComparer.Ordinal);
    }

    /// <summary>The names of all features here.</summary>
    public IEnumerable<string> FeatureNames => images is null ? floats.Keys : floats.Keys.Concat(images.Keys);

    /// <summary>Checks that every feature of the spec is here, has its size, and is finite.</summary>
    /// <exception cref="ArgumentException">It does not fit; the message lists every fault.</exception>
    public void Require(ObservationSpec spec)
    {
        List<string>? faults = null;
        for (int i = 0; i < spec.Count; i++)
        {
            if (FaultOf(spec[i]) is { } fault) (faults ??= []).Add(fault);
        }

        if (faults is not null)
            throw new ArgumentException($"The observation does not fit the specification ({spec}): {string.Join("; ", faults)}.");
    }

    private string? FaultOf(FeatureSpec feature)
    {
        bool isImage = feature.IsImage;
        int? size = isImage
            ? images is not null && images.TryGetValue(feature.Name, out ReadOnlyMemory<byte> bytes) ? bytes.Length : null
            : floats.TryGetValue(feature.Name, out ReadOnlyMemory<float> values) ? values.Length : null;
        if (size is null)
            return $"'{feature.Name}' is missing (found: {string.Join(", ", FeatureNames)})";
        int expected = isImage ? feature.StepBytes : feature.Size;
        if (size != expected)
            return $"'{feature.Name}' has {size} {(feature.Element == FeatureElement.UInt16 ? "bytes" : "values")}, expected {expected}";
        if (!isImage && FiniteCheck.FirstNonFinite(floats[feature.Name].Span) is var bad && bad >= 0)
            return $"'{feature.Name}' is {floats[feature.Name].Span[bad]} at index {bad}";
        return null;
    }
}
