namespace BehaviorCloning.Features;

/// <summary>A rigid body in the plane that a sensor finds by points on it.</summary>
/// <param name="Name">What it is called: its features are "name_position", "name_angle" (with two points or more) and "name_deviation".</param>
/// <param name="ModelPoints">x, y of each point in the body's own frame, in world units; one pair (0, 0) for what is only a point.</param>
public sealed record SensedBody(string Name, IReadOnlyList<float> ModelPoints)
{
    /// <summary>How many points it has.</summary>
    public int PointCount => ModelPoints.Count / 2;

    /// <summary>Whether it has an angle.</summary>
    public bool Turns => PointCount > 1;

    /// <inheritdoc/>
    public bool Equals(SensedBody? other) => other is not null && Name == other.Name && ModelPoints.SequenceEqual(other.ModelPoints);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, ModelPoints.Count);
}
