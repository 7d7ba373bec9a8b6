namespace BehaviorCloning;

/// <summary>What an action is: how many values, what each is called, and the limits each must keep.</summary>
public sealed record ActionSpec
{
    /// <summary>Describes an action by its dimension.</summary>
    /// <param name="name">Whose action it is, for error messages: "arm".</param>
    /// <param name="dimension">Da, at least 1.</param>
    public ActionSpec(string name, int dimension)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Name = name;
        Dimension = dimension;
    }

    /// <summary>Whose action it is, for error messages.</summary>
    public string Name { get; }

    /// <summary>Da: values an action.</summary>
    public int Dimension { get; }

    /// <summary>The lowest allowed value of each dimension in raw units, or empty where there is no limit.</summary>
    public IReadOnlyList<float> Minimum { get; init; } = [];

    /// <summary>The highest allowed value of each dimension in raw units, or empty where there is no limit.</summary>
    public IReadOnlyList<float> Maximum { get; init; } = [];

    /// <summary>A name for each dimension, or empty.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(ActionSpec? other) =>
        other is not null && Name == other.Name && Dimension == other.Dimension
        && Minimum.SequenceEqual(other.Minimum) && Maximum.SequenceEqual(other.Maximum) && Names.SequenceEqual(other.Names);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Dimension);

    /// <summary>Every fault of this specification, none if it is sound.</summary>
    public IEnumerable<string> Problems()
    {
        foreach ((string list, int count) in new[] { (nameof(Minimum), Minimum.Count), (nameof(Maximum), Maximum.Count), (nameof(Names), Names.Count) })
        {
            if (count != 0 && count != Dimension)
                yield return $"Action '{Name}' has {Dimension} dimensions, but {list} has {count} entries. Give one a dimension, or none.";
        }

        for (int i = 0; i < Math.Min(Minimum.Count, Maximum.Count); i++)
        {
            if (!(Minimum[i] < Maximum[i]))
                yield return $"Action '{Name}', dimension {i}: minimum {Minimum[i]} is not below maximum {Maximum[i]}.";
        }
    }
}
