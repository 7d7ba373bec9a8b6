using BehaviorCloning.Simulation;

namespace ControlGains;

/// <summary>The gains of one cell of the table.</summary>
internal sealed record Gains(string Stiffness, double Value, string Damping, double Ratio)
{
    /// <summary>Compliant or stiff, underdamped or overdamped.</summary>
    public static readonly Gains[] All =
    [
        .. from stiffness in new[] { ("compliant", 25.0), ("stiff", 400.0) }
           from damping in new[] { ("underdamped", 0.3), ("overdamped", 2.0) }
           select new Gains(stiffness.Item1, stiffness.Item2, damping.Item1, damping.Item2),
    ];

    public string Name => $"{Stiffness}, {Damping}";

    public PlanarArmEnvironment Create() => new(new PlanarArmOptions { Stiffness = Value, DampingRatio = Ratio });
}
