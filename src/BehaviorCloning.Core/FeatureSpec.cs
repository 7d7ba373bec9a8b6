namespace BehaviorCloning;

/// <summary>What one value of a feature is.</summary>
public enum FeatureElement
{
    /// <summary>32-bit floats: joint angles, poses, keypoints, embeddings.</summary>
    Float32,

    /// <summary>Bytes 0..255: camera images, height x width x channels.</summary>
    UInt8,

    /// <summary>
    /// 16-bit whole numbers: depth images [height, width] and range scans [beams], in units of the sensor, usually millimeters. 0 says that
    /// nothing was measured. Handed over as bytes, little-endian.
    /// </summary>
    UInt16,
}

/// <summary>One named part of an observation: its shape and what its values are.</summary>
public sealed class FeatureSpec : IEquatable<FeatureSpec>
{
    private readonly int[] shape;

    /// <summary>Describes a feature of floats.</summary>
    /// <param name="name">The name by which datasets, policies and robots agree on it.</param>
    /// <param name="shape">Its extent along each axis, without time and batch.</param>
    public FeatureSpec(string name, params int[] shape)
        : this(name, FeatureElement.Float32, shape)
    {
    }

    /// <summary>Describes a feature of any element type.</summary>
    /// <exception cref="ArgumentException">The name is empty, or an extent is not positive.</exception>
    public FeatureSpec(string name, FeatureElement element, params int[] shape)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (shape.Length == 0 || shape.Any(extent => extent < 1))
            throw new ArgumentException($"Feature '{name}' has shape [{string.Join(", ", shape)}]; every extent must be at least 1.", nameof(shape));
        Name = name;
        Element = element;
        this.shape = [.. shape];
        Size = shape.Aggregate(1, (product, extent) => checked(product * extent));
    }

    /// <summary>The name by which datasets, policies and robots agree on it.</summary>
    public string Name { get; }

    /// <summary>What one value is.</summary>
    public FeatureElement Element { get; }

    /// <summary>The extent along each axis, without time and batch.</summary>
    public IReadOnlyList<int> Shape => shape;

    /// <summary>Values per time step: the product of <see cref="Shape"/>.</summary>
    public int Size { get; }

    /// <summary>Whether its values are whole numbers of a sensor's picture, which are kept as bytes and never normalized.</summary>
    public bool IsImage => Element != FeatureElement.Float32;

    /// <summary>Bytes per time step.</summary>
    public int StepBytes => checked(Size * Element switch { FeatureElement.UInt8 => 1, FeatureElement.UInt16 => sizeof(ushort), _ => sizeof(float) });

    /// <inheritdoc/>
    public bool Equals(FeatureSpec? other) =>
        other is not null && Name == other.Name && Element == other.Element && shape.AsSpan().SequenceEqual(other.shape);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FeatureSpec);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Element, Size);

    /// <summary>For people: <c>joint_positions [7]</c>.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", shape)}]{Element switch { FeatureElement.UInt8 => " uint8", FeatureElement.UInt16 => " uint16", _ => "" }}";
}
