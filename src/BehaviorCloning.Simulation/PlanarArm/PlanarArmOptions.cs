using BehaviorCloning.Control;

namespace BehaviorCloning.Simulation;

/// <summary>What an action of a planar arm means.</summary>
public enum PlanarArmAction
{
    /// <summary>n joint angles, rad, approached by a joint impedance.</summary>
    JointTarget,

    /// <summary>The tool's x and y, m, approached by a Cartesian impedance.</summary>
    ToolTarget,

    /// <summary>n torques, N m; gravity is not compensated.</summary>
    Torque,
}

/// <summary>Options of <see cref="PlanarArmEnvironment"/>.</summary>
public sealed record PlanarArmOptions
{
    /// <summary>From the base to the tool. Default two of 0.4 m and 1 kg.</summary>
    public IReadOnlyList<PlanarLink> Links { get; init; } = [new(), new()];

    /// <summary>m/s², downward. Default 9.81.</summary>
    public double Gravity { get; init; } = 9.81;

    /// <summary>Actions a second. Default 20.</summary>
    public double ControlRateHz { get; init; } = 20;

    /// <summary>Integration steps (fourth-order Runge-Kutta) and controller steps a second, a multiple of the control rate. Default 1,000.</summary>
    public double ServoRateHz { get; init; } = 1000;

    /// <summary>What an action means. Default joint targets.</summary>
    public PlanarArmAction Action { get; init; } = PlanarArmAction.JointTarget;

    /// <summary>Stiffness toward the target: N m/rad for joints, N/m for the tool. Default 100.</summary>
    public double Stiffness { get; init; } = 100;

    /// <summary>Damping ratio of every joint with the others held (tool: of the arm's mass in front of the wall). Default 1: critical.</summary>
    public double DampingRatio { get; init; } = 1;

    /// <summary>How targets are drawn from the control rate to the servo rate. Default straight lines.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Linear;

    /// <summary>Largest torque of a joint, N m. Default 40.</summary>
    public double TorqueLimit { get; init; } = 40;

    /// <summary>Whether there is a wall with a slot. Default true; without it an episode only ends by its length.</summary>
    public bool Wall { get; init; } = true;

    /// <summary>Half the slot's height, m. Default 0.015.</summary>
    public double SlotHalfHeight { get; init; } = 0.015;

    /// <summary>A contact force at which the tool breaks, N. Default 60.</summary>
    public double BreakingForce { get; init; } = 60;

    /// <summary>Every fault, none if sound.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (string problem in PlanarArmModel.Problems(Links, Gravity)) yield return problem;
        foreach ((string name, double value) in new[]
        {
            (nameof(ControlRateHz), ControlRateHz), (nameof(ServoRateHz), ServoRateHz), (nameof(Stiffness), Stiffness), (nameof(TorqueLimit), TorqueLimit),
            (nameof(SlotHalfHeight), SlotHalfHeight), (nameof(BreakingForce), BreakingForce),
        })
        {
            if (!(value > 0) || (!double.IsFinite(value) && name != nameof(BreakingForce))) yield return $"{name} {value} must be positive and finite.";
        }

        if (!(DampingRatio >= 0) || !double.IsFinite(DampingRatio)) yield return $"{nameof(DampingRatio)} {DampingRatio} must be finite and not negative.";
        if (Math.Abs(Math.IEEERemainder(ServoRateHz, ControlRateHz)) > 1e-6 || ServoRateHz < ControlRateHz)
            yield return $"{nameof(ServoRateHz)} {ServoRateHz} must be a multiple of {nameof(ControlRateHz)} {ControlRateHz}.";
        if (!Enum.IsDefined(Action)) yield return $"There is no action kind {Action}.";
        if (!Enum.IsDefined(Interpolation)) yield return $"There is no interpolation {Interpolation}.";
        double reach = Links.Sum(link => link.Length);
        if (Wall && !(reach > PlanarArmEnvironment.NeededReach))
            yield return $"The arm reaches {reach} m; the slot needs {PlanarArmEnvironment.NeededReach} m. Lengthen it, or leave the wall out.";
        if (Wall && Links.Count < 2) yield return "An arm of one link cannot enter the slot. Give it two, or leave the wall out.";
    }
}
