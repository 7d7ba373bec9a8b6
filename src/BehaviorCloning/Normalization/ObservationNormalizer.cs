using BehaviorCloning.Datasets;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Normalization;

/// <summary>Normalizes every float feature of an observation by its own normalizer; images pass through.</summary>
public sealed class ObservationNormalizer : nn.Module
{
    private readonly Dictionary<string, FeatureNormalizer> normalizers = new(StringComparer.Ordinal);

    /// <summary>Normalizers that change nothing, to be filled from a file.</summary>
    public ObservationNormalizer(ObservationSpec features)
        : this(features, feature => new FeatureNormalizer(feature.Shape))
    {
    }

    private ObservationNormalizer(ObservationSpec features, Func<FeatureSpec, FeatureNormalizer> create)
        : base(nameof(ObservationNormalizer))
    {
        foreach (FeatureSpec feature in features.Where(f => f.Element == FeatureElement.Float32))
        {
            FeatureNormalizer normalizer = create(feature);
            normalizers.Add(feature.Name, normalizer);
            register_module(KeyOf(feature.Name), normalizer);
        }
    }

    /// <summary>Fits normalizers to data.</summary>
    /// <param name="features">What the network sees.</param>
    /// <param name="configOf">How a feature is normalized.</param>
    /// <param name="statistics">Statistics by feature name.</param>
    /// <param name="warnings">Receives what had to be guarded.</param>
    /// <exception cref="ArgumentException">Statistics are missing or not finite; the message names every one, and the names there are.</exception>
    public static ObservationNormalizer Fit(ObservationSpec features, Func<string, NormalizerConfig> configOf, IReadOnlyDictionary<string, FeatureStatistics> statistics, ICollection<NormalizationWarning> warnings)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(statistics);
        string[] faults = [.. features.Where(f => f.Element == FeatureElement.Float32).SelectMany(FaultsOf)];
        if (faults.Length > 0)
            throw new ArgumentException($"Observations cannot be normalized: {string.Join(" ", faults)} There are statistics of: {(statistics.Count == 0 ? "nothing" : string.Join(", ", statistics.Keys))}.", nameof(statistics));
        return new ObservationNormalizer(features, feature => FeatureNormalizer.Fit($"feature '{feature.Name}'", feature.Shape, configOf(feature.Name), statistics[feature.Name], warnings));

        IEnumerable<string> FaultsOf(FeatureSpec feature) => statistics.TryGetValue(feature.Name, out FeatureStatistics? found)
            ? found.Problems().Select(problem => $"Feature '{feature.Name}': {problem}")
            : [$"Feature '{feature.Name}' has no statistics."];
    }

    /// <summary>The name of a feature in the weights file, where dots separate modules.</summary>
    public static string KeyOf(string feature) => feature.Replace('.', '/');

    /// <summary>Normalizes observation histories.</summary>
    /// <param name="raw">By feature name: [B, To, ...feature shape], raw units.</param>
    /// <returns>The same features; floats fresh and normalized, images the tensors given.</returns>
    public Dictionary<string, Tensor> Normalize(IReadOnlyDictionary<string, Tensor> raw)
    {
        var normalized = new Dictionary<string, Tensor>(raw.Count, StringComparer.Ordinal);
        foreach ((string feature, Tensor values) in raw)
            normalized[feature] = normalizers.TryGetValue(feature, out FeatureNormalizer? normalizer) ? normalizer.Normalize(values) : values;
        return normalized;
    }

    /// <summary>For people: see <see cref="FeatureNormalizer.Explain"/>.</summary>
    public IEnumerable<string> Explain() => normalizers.SelectMany(pair => pair.Value.Explain(pair.Key));
}
