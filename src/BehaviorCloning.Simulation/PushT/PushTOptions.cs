namespace BehaviorCloning.Simulation;

/// <summary>Options of <see cref="PushTEnvironment"/>. The defaults are the published evaluation's.</summary>
public sealed record PushTOptions
{
    /// <summary>How a drawn pose is set. Default legacy, as in the published evaluations and the human demonstrations.</summary>
    public PushTResetOrder ResetOrder { get; init; } = PushTResetOrder.Legacy;

    /// <summary>State that episodes start near, as on a rig where a person puts the T back to its place. Default null: as drawn, all over the window.</summary>
    public PushTState? StartsNear { get; init; }

    /// <summary>How near: starts are off by this share of what the benchmark's draw is off its mean. Default 0.1: at most 20 pixels, and a standard deviation of 0.6 radians.</summary>
    public double StartSpread { get; init; } = 0.1;

    /// <summary>Where the T must go. Default (256, 256, pi/4).</summary>
    public PushTPose Goal { get; init; } = PushTPose.DefaultGoal;

    /// <summary>Control steps after which an evaluation gives up. Default 300.</summary>
    public int StepLimit { get; init; } = 300;

    /// <summary>Also observe "keypoints" [18]: nine points of the T. Default no.</summary>
    public bool Keypoints { get; init; }

    /// <summary>Also observe "image" [96, 96, 3], bytes. Default no.</summary>
    public bool Images { get; init; }

    /// <summary>The colors of that image. Default the benchmark's.</summary>
    public PushTColors Colors { get; init; } = new();

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (StepLimit < 1) yield return $"The step limit is {StepLimit}; it must be at least 1.";
        if (!double.IsFinite(Goal.X) || !double.IsFinite(Goal.Y) || !double.IsFinite(Goal.Angle))
            yield return $"The goal ({Goal.X}, {Goal.Y}, {Goal.Angle}) is not finite.";
        if (StartsNear is { } near && !near.IsFinite) yield return $"StartsNear ({near}) is not finite.";
        if (!(StartSpread >= 0 && double.IsFinite(StartSpread))) yield return $"StartSpread {StartSpread} must be finite and not negative.";
        if (!Enum.IsDefined(ResetOrder)) yield return $"The reset order {ResetOrder} is neither Legacy nor Modern.";
    }
}
