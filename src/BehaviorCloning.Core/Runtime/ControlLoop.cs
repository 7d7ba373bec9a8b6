using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BehaviorCloning.Runtime;

/// <summary>
/// Runs a robot at a fixed rate: observe, act, guard, send. Soft real time with its accounts kept: it reports how late every step began
/// and which deadlines it missed; servoing above some hundred hertz belongs into the robot's own controller.
/// </summary>
/// <remarks>
/// <para>Deadlines are absolute, <c>start + k / rate</c> on a monotonic clock, so that lateness does not add up. A step that takes longer
/// than a period runs over deadlines: of these the newest is taken at once, late, and those before it are missed, not made up for.</para>
/// <code>
/// // deadlines   0      1      2      3      4
/// // steps       [---]  [---------------][---]  [---]     1 runs over 2 and 3: 2 is missed, 3 begins late
/// </code>
/// <para>The loop has a thread of its own and allocates nothing in a step. However it ends, the guard first brings the robot to rest;
/// only a robot that fails is left as it is.</para>
/// </remarks>
public sealed partial class ControlLoop
{
    private static readonly Histogram<double> LatenessMetric = RuntimeMetrics.Meter.CreateHistogram<double>("behavior_cloning.control.lateness", "s", "How long after its deadline a control step began.");
    private static readonly Counter<long> MissMetric = RuntimeMetrics.Meter.CreateCounter<long>("behavior_cloning.control.misses", "{deadline}", "Deadlines for which no step was taken.");
    private static readonly Counter<long> StarvedMetric = RuntimeMetrics.Meter.CreateCounter<long>("behavior_cloning.control.starved", "{step}", "Control steps without an action.");
    private static readonly Histogram<int> QueueMetric = RuntimeMetrics.Meter.CreateHistogram<int>("behavior_cloning.control.queue", "{action}", "Actions at hand after a control step.");

    private readonly IRobot robot;
    private readonly IActionExecutor executor;
    private readonly ActionGuard guard;
    private readonly ControlLoopOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly DurationHistogram lateness = new(), work = new();

    /// <summary>Prepares a loop.</summary>
    /// <param name="robot">What is moved.</param>
    /// <param name="executor">What decides.</param>
    /// <param name="options">Rate and ends.</param>
    /// <param name="guard">What limits. Null: a guard of the robot's own action limits and the standard watchdog; there is no loop without one.</param>
    /// <param name="time">The clock. Null: the system's.</param>
    /// <param name="logger">Told how it ended, and of steps that failed.</param>
    /// <exception cref="ArgumentException">Options, robot and executor do not fit; the message lists every fault.</exception>
    public ControlLoop(IRobot robot, IActionExecutor executor, ControlLoopOptions options, ActionGuard? guard = null, TimeProvider? time = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(robot);
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(options);
        List<string> problems = [.. options.Problems()];
        if (robot.Actions.Dimension != executor.Actions.Dimension)
            problems.Add($"The executor's actions ('{executor.Actions.Name}') have {executor.Actions.Dimension} values, the robot's ('{robot.Actions.Name}') {robot.Actions.Dimension}.");
        problems.AddRange(executor.Observations.Where(feature => !robot.Observations.Contains(feature.Name) || !robot.Observations[feature.Name].Equals(feature))
            .Select(feature => $"The executor must see {feature}, which the robot does not observe (it has: {robot.Observations})."));
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
        this.robot = robot;
        this.executor = executor;
        this.options = options;
        this.guard = guard ?? new ActionGuard(robot.Actions, new GuardOptions { ControlRateHz = options.RateHz }, logger);
        this.time = time ?? TimeProvider.System;
        this.logger = logger ?? NullLogger.Instance;
    }

    /// <summary>The guard, to read or to press its emergency stop.</summary>
    public ActionGuard Guard => guard;

    /// <summary>Runs until something ends it; blocks the caller, works on a thread of its own at the highest priority.</summary>
    /// <param name="cancellationToken">Ends it: the robot is brought to rest first.</param>
    /// <exception cref="InvalidOperationException">The executor could not begin; the robot was not moved.</exception>
    public ControlLoopReport Run(CancellationToken cancellationToken = default)
    {
        ControlLoopReport? report = null;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                report = Loop(cancellationToken);
            }
            catch (Exception e)
            {
                error = e;
            }
        }) { Name = "control loop", IsBackground = true, Priority = ThreadPriority.Highest };
        thread.Start();
        thread.Join();
        if (error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        LogEnd(logger, report!.Reason, report.Steps, report.Misses);
        return report;
    }

    private ControlLoopReport Loop(CancellationToken cancellationToken)
    {
        lateness.Clear();
        work.Clear();
        long begin = time.GetTimestamp();
        Observation observation = robot.Observe();
        if (options.Start is { } where) guard.Begin(where(observation));
        executor.Begin(observation);
        TimeSpan coldStart = time.GetElapsedTime(begin);

        using var wait = new DeadlineWait(time, options.Spin);
        float[] action = new float[robot.Actions.Dimension];
        double period = time.TimestampFrequency / options.RateHz;
        long start = time.GetTimestamp(), deadlineNumber = 0, step = 0, misses = 0, starved = 0, failed = 0, queueSum = 0;
        int queueLeast = int.MaxValue, collections = GC.CollectionCount(0);
        TimeSpan pause = GC.GetTotalPauseDuration(), coldLateness = TimeSpan.Zero;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        StopReason? ending = null;
        Exception? error = null;
        while (true)
        {
            // Cancelled while waiting: this step comes early and begins to bring the robot to rest.
            long deadline = start + (long)(deadlineNumber * period);
            if (!wait.Until(deadline, ending is null ? cancellationToken : default)) ending = StopReason.Cancelled;
            long began = time.GetTimestamp();
            TimeSpan late = time.GetElapsedTime(deadline, began);
            bool cold = step < options.ColdSteps;
            if (step == options.ColdSteps) allocated = GC.GetAllocatedBytesForCurrentThread();

            try
            {
                observation = robot.Observe();
                if (ending is null && options.StopWhen is { } stop && stop(observation, step)) ending = StopReason.Condition;
                if (ending is null) error = Act(observation, action, ref starved, ref failed) ?? error;
                else guard.Brake(action);
                robot.Send(action);
            }
            catch (Exception e)
            {
                (ending, error) = (StopReason.RobotFailed, e);
            }

            step++;
            int depth = executor.QueueDepth;
            queueSum += depth;
            queueLeast = Math.Min(queueLeast, depth);
            QueueMetric.Record(depth);
            LatenessMetric.Record(late.TotalSeconds);
            long ended = time.GetTimestamp();
            if (cold)
            {
                if (late > coldLateness) coldLateness = late;
            }
            else
            {
                lateness.Record(late);
                work.Record(time.GetElapsedTime(began, ended));
            }

            if (guard.IsStopped) ending ??= StopReason.Guard;
            if (step >= options.StepLimit) ending ??= StopReason.StepLimit;
            if (ending == StopReason.RobotFailed || (ending is not null && guard.IsAtRest)) break;

            // The next deadline, or the newest one that this step has run over.
            long next = Math.Max(deadlineNumber + 1, (long)((ended - start) / period));
            long missed = next - deadlineNumber - 1;
            if (missed > 0) MissMetric.Add(missed);
            misses += missed;
            deadlineNumber = next;
        }

        allocated = step > options.ColdSteps ? GC.GetAllocatedBytesForCurrentThread() - allocated : 0;
        return new ControlLoopReport
        {
            Reason = ending.Value,
            Steps = step,
            Misses = misses,
            StarvedSteps = starved,
            FailedSteps = failed,
            Lateness = lateness.Summarize(),
            Work = work.Summarize(),
            ColdLateness = coldLateness,
            ColdStart = coldStart,
            LeastQueueDepth = queueLeast,
            MeanQueueDepth = (double)queueSum / step,
            Collections = GC.CollectionCount(0) - collections,
            CollectionPause = GC.GetTotalPauseDuration() - pause,
            AllocatedBytes = allocated,
            Guard = guard.Report,
            Error = error,
        };
    }

    // An executor that throws is one that has no action.
    private Exception? Act(Observation observation, float[] action, ref long starved, ref long failed)
    {
        bool acted = false;
        Exception? error = null;
        try
        {
            acted = executor.TryAct(observation, action);
        }
        catch (Exception e)
        {
            error = e;
            if (failed++ == 0) LogFailure(logger, e);
        }

        if (acted)
        {
            guard.Filter(action, action);
        }
        else
        {
            starved++;
            StarvedMetric.Add(1);
            guard.Hold(action);
        }

        return error;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The executor failed in a control step; the robot holds. Further failures are counted, not logged.")]
    private static partial void LogFailure(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The control loop ended: {Reason} after {Steps} steps, {Misses} deadlines missed.")]
    private static partial void LogEnd(ILogger logger, StopReason reason, long steps, long misses);
}
