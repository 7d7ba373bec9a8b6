namespace BehaviorCloning.Runtime;

/// <summary>Why <see cref="ActionGuard"/> sent something else than it was given.</summary>
public enum GuardReason
{
    /// <summary>The action held a NaN or an infinity: it counts as no action.</summary>
    NotFinite,

    /// <summary>Outside the action specification's minimum and maximum.</summary>
    Position,

    /// <summary>Faster than the velocity limit.</summary>
    Velocity,

    /// <summary>Beyond the acceleration limit.</summary>
    Acceleration,

    /// <summary>Beyond the jerk limit.</summary>
    Jerk,

    /// <summary>Within all limits, but from there the robot could not have stopped within them.</summary>
    Braking,

    /// <summary>The tool would have left the workspace box, or could not have stopped inside it.</summary>
    Workspace,

    /// <summary>There was no action: the robot held.</summary>
    StaleHold,

    /// <summary>There was no action for too long: the robot was stopped.</summary>
    StaleStop,

    /// <summary>Someone pressed the emergency stop.</summary>
    EmergencyStop,
}

/// <summary>What an <see cref="ActionGuard"/> did since it was made.</summary>
public sealed class GuardReport
{
    private readonly long[] counts;

    internal GuardReport(long steps, long changed, long[] counts)
    {
        Steps = steps;
        Changed = changed;
        this.counts = counts;
    }

    /// <summary>Control steps seen.</summary>
    public long Steps { get; }

    /// <summary>Control steps in which something else was sent than was given.</summary>
    public long Changed { get; }

    /// <summary>Control steps in which a reason applied; several may apply to one.</summary>
    public long this[GuardReason reason] => counts[(int)reason];

    /// <summary>For people: what applied, how often.</summary>
    public override string ToString() => Changed == 0
        ? $"{Steps} steps, none changed"
        : $"{Steps} steps, {Changed} changed: {string.Join(", ", Enum.GetValues<GuardReason>().Where(r => counts[(int)r] > 0).Select(r => $"{r} {counts[(int)r]}"))}";
}
