namespace BehaviorCloning.Encoders;

/// <summary>Features of examples beside what is to be read from them.</summary>
public sealed class ProbeExamples
{
    /// <summary>Holds examples.</summary>
    /// <param name="count">How many.</param>
    /// <param name="features">[count, features], row by row.</param>
    /// <param name="targets">[count, targets], row by row.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together, or a number is not finite; the message lists every fault.</exception>
    public ProbeExamples(int count, float[] features, float[] targets)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        List<string> faults = [];
        if (count < 1) faults.Add($"There are {count} examples; expected at least 1.");
        foreach ((string name, float[] values) in new[] { (nameof(features), features), (nameof(targets), targets) })
        {
            if (count > 0 && (values.Length == 0 || values.Length % count != 0)) faults.Add($"{values.Length} {name} are no whole number, at least 1, for each of {count} examples.");
            if (!values.All(float.IsFinite)) faults.Add($"Some {name} are not finite.");
        }

        if (faults.Count > 0) throw new ArgumentException(string.Join(" ", faults));
        (Count, Features, Targets) = (count, features, targets);
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>Features of an example.</summary>
    public int FeatureCount => Features.Length / Count;

    /// <summary>Targets of an example.</summary>
    public int TargetCount => Targets.Length / Count;

    internal float[] Features { get; }

    internal float[] Targets { get; }
}
