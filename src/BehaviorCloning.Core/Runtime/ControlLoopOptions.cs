namespace BehaviorCloning.Runtime;

/// <summary>Options of <see cref="ControlLoop"/>.</summary>
public sealed record ControlLoopOptions
{
    /// <summary>Control steps a second.</summary>
    public required double RateHz { get; init; }

    /// <summary>Ends after so many control steps. Null (default): runs until something else ends it.</summary>
    public long? StepLimit { get; init; }

    /// <summary>Ends when this says so, asked once a control step with what was observed and the step's number. Must not block.</summary>
    public Func<Observation, long, bool>? StopWhen { get; init; }

    /// <summary>
    /// Reads from an observation where the robot stands, as an action: where the guard begins. Null (default) suits guards without rate
    /// limits, and those that were begun by hand.
    /// </summary>
    public Func<Observation, float[]>? Start { get; init; }

    /// <summary>
    /// How long before a deadline sleeping turns into spinning. Default 1 ms: what a sleep may be late by. Zero never spins, which costs
    /// punctuality and saves a processor's time.
    /// </summary>
    public TimeSpan Spin { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>First control steps whose times are kept apart: code is compiled and caches fill in them. Default 20.</summary>
    public int ColdSteps { get; init; } = 20;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (!(RateHz > 0 && RateHz <= 10_000)) yield return $"{nameof(RateHz)} {RateHz} must be above 0 and at most 10,000.";
        if (StepLimit < 1) yield return $"{nameof(StepLimit)} {StepLimit} must be at least 1.";
        if (Spin < TimeSpan.Zero || Spin > TimeSpan.FromMilliseconds(20)) yield return $"{nameof(Spin)} {Spin} must be between 0 and 20 ms: spinning takes a whole processor.";
        if (ColdSteps < 0) yield return $"{nameof(ColdSteps)} {ColdSteps} must not be negative.";
    }
}

/// <summary>Why a <see cref="ControlLoop"/> ended.</summary>
public enum StopReason
{
    /// <summary>After <see cref="ControlLoopOptions.StepLimit"/> steps.</summary>
    StepLimit,

    /// <summary><see cref="ControlLoopOptions.StopWhen"/> said so.</summary>
    Condition,

    /// <summary>The caller cancelled.</summary>
    Cancelled,

    /// <summary>The guard stopped the robot: no actions for too long, or the emergency stop.</summary>
    Guard,

    /// <summary>The robot failed; the exception is in the report.</summary>
    RobotFailed,
}

/// <summary>How a control loop went. Times exclude the first <see cref="ControlLoopOptions.ColdSteps"/> steps.</summary>
public sealed record ControlLoopReport
{
    /// <summary>Why it ended.</summary>
    public required StopReason Reason { get; init; }

    /// <summary>Control steps taken, those that brought the robot to rest included.</summary>
    public required long Steps { get; init; }

    /// <summary>Deadlines that passed while an earlier step was still at work, so that no step was taken for them.</summary>
    public required long Misses { get; init; }

    /// <summary>Control steps for which the executor had no action.</summary>
    public required long StarvedSteps { get; init; }

    /// <summary>Control steps in which the executor threw; they are starved too.</summary>
    public required long FailedSteps { get; init; }

    /// <summary>How long after its deadline each step began.</summary>
    public required DurationSummary Lateness { get; init; }

    /// <summary>How long each step took: observing, acting, guarding, sending.</summary>
    public required DurationSummary Work { get; init; }

    /// <summary>The latest beginning among the cold steps.</summary>
    public required TimeSpan ColdLateness { get; init; }

    /// <summary>How long the executor took to begin: warm-up and first chunk.</summary>
    public required TimeSpan ColdStart { get; init; }

    /// <summary>The fewest actions that were at hand after a step.</summary>
    public required int LeastQueueDepth { get; init; }

    /// <summary>The mean number of actions at hand after a step.</summary>
    public required double MeanQueueDepth { get; init; }

    /// <summary>Garbage collections of the process while it ran, of any generation.</summary>
    public required int Collections { get; init; }

    /// <summary>How long they held up all threads, in sum.</summary>
    public required TimeSpan CollectionPause { get; init; }

    /// <summary>Managed bytes that the loop's thread allocated after its cold steps: 0 unless robot or executor allocate.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>What the guard did.</summary>
    public required GuardReport Guard { get; init; }

    /// <summary>What the robot or the executor threw last; null if nothing.</summary>
    public Exception? Error { get; init; }

    /// <summary>For people, in a few lines.</summary>
    public override string ToString() => FormattableString.Invariant($"""
        {Steps} steps, ended by {Reason}; {Misses} deadlines missed, {StarvedSteps} steps starved ({FailedSteps} by an error)
        lateness  {Lateness}
        work      {Work}
        cold      begin {ColdStart.TotalMilliseconds:0.0} ms, latest step {ColdLateness.TotalMilliseconds:0.000} ms
        queue     {MeanQueueDepth:0.0} actions in the mean, {LeastQueueDepth} at least
        garbage   {Collections} collections, {CollectionPause.TotalMilliseconds:0.000} ms pause, {AllocatedBytes} bytes allocated by the loop
        guard     {Guard}
        """);
}
