namespace BehaviorCloning.Simulation;

/// <summary>A rigid link of a planar arm and the joint before it.</summary>
public sealed record PlanarLink
{
    /// <summary>From joint to joint (the last: to the tool), m. Default 0.4.</summary>
    public double Length { get; init; } = 0.4;

    /// <summary>kg. Default 1.</summary>
    public double Mass { get; init; } = 1;

    /// <summary>Distance of the center of mass from the joint, m. Default 0.2.</summary>
    public double CenterOfMass { get; init; } = 0.2;

    /// <summary>About the center of mass, kg m². Default that of a thin rod of 0.4 m and 1 kg.</summary>
    public double Inertia { get; init; } = 0.4 * 0.4 / 12;

    /// <summary>Viscous friction of the joint, N m s/rad. Default 0.1.</summary>
    public double Viscous { get; init; } = 0.1;

    /// <summary>Coulomb friction of the joint, N m. Default 0.1.</summary>
    public double Coulomb { get; init; } = 0.1;

    internal IEnumerable<string> Problems(int index)
    {
        foreach ((string name, double value) in new[] { (nameof(Length), Length), (nameof(Mass), Mass) })
        {
            if (!(value > 0) || !double.IsFinite(value)) yield return $"Link {index}: {name} {value} must be positive and finite.";
        }

        foreach ((string name, double value) in new[] { (nameof(Inertia), Inertia), (nameof(Viscous), Viscous), (nameof(Coulomb), Coulomb) })
        {
            if (!(value >= 0) || !double.IsFinite(value)) yield return $"Link {index}: {name} {value} must be finite and not negative.";
        }

        if (!double.IsFinite(CenterOfMass)) yield return $"Link {index}: {nameof(CenterOfMass)} {CenterOfMass} must be finite.";
        if (Inertia == 0 && CenterOfMass == 0) yield return $"Link {index} has no inertia about its joint.";
    }
}
