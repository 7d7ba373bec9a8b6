using System.Collections;

namespace BehaviorCloning;

/// <summary>The features an observation has, in a fixed order.</summary>
public sealed class ObservationSpec : IReadOnlyList<FeatureSpec>, IEquatable<ObservationSpec>
{
    private readonly FeatureSpec[] features;

    /// <summary>Lists the features.</summary>
    /// <exception cref="ArgumentException">Two features share a name.</exception>
    public ObservationSpec(params IEnumerable<FeatureSpec> features)
    {
        this.features = [.. features];
        string[] twice = [.. this.features.GroupBy(f => f.Name).Where(g => g.Count() > 1).Select(g => g.Key)];
        if (twice.Length > 0)
            throw new ArgumentException($"Features named twice: {string.Join(", ", twice)}. Names must differ.", nameof(features));
    }

    /// <inheritdoc/>
    public int Count => features.Length;

    /// <inheritdoc/>
    public FeatureSpec this[int index] => features[index];

    /// <summary>The feature of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists the names there are.</exception>
    public FeatureSpec this[string name] =>
        Array.Find(features, f => f.Name == name)
        ?? throw new KeyNotFoundException($"No feature is named '{name}'. There are: {Names}.");

    /// <summary>Whether a feature has that name.</summary>
    public bool Contains(string name) => Array.Exists(features, f => f.Name == name);

    internal string Names => features.Length == 0 ? "none" : string.Join(", ", features.Select(f => f.Name));

    /// <inheritdoc/>
    public IEnumerator<FeatureSpec> GetEnumerator() => ((IEnumerable<FeatureSpec>)features).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ObservationSpec? other) => other is not null && features.AsSpan().SequenceEqual(other.features);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ObservationSpec);

    /// <inheritdoc/>
    public override int GetHashCode() => features.Aggregate(0, HashCode.Combine);

    /// <summary>For people: every feature with its shape.</summary>
    public override string ToString() => string.Join(", ", features.Select(f => f.ToString()));
}
