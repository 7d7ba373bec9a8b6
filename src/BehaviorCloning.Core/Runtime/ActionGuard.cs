using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BehaviorCloning.Runtime;

/// <summary>
/// Stands between what was decided and the robot: whatever comes in, what goes out is finite and within limits of position, velocity,
/// acceleration, jerk and workspace. Holds while there is no action, stops when that lasts, and has a latched emergency stop.
/// </summary>
/// <remarks>
/// <para>Cutting an action to its limits is not enough: at full speed before an end stop no allowed action is left. The guard therefore
/// sends an action only if the robot could still come to rest within all limits afterwards, and keeps that stop in reserve; an action
/// that fails is moved toward the reserve's next step until it passes. The reserve itself always passes, so there is always a way.</para>
/// <code>
/// // position limit 10, velocity limit 2, acceleration limit 1; the policy asks for 10 at once:
/// //   sent   0   1   3   5   7   9   10  10        speeds 1 2 2 2 2 1 0
/// </code>
/// <para>Sums run in double precision; what is sent is rounded to float, so rates of the floats differ by that rounding.
/// One thread calls it; <see cref="EmergencyStop"/> and <see cref="Report"/> may be called from any. A step allocates nothing.</para>
/// </remarks>
public sealed partial class ActionGuard
{
    private const int Reasons = (int)GuardReason.EmergencyStop + 1;
    private const int Halvings = 12;
    private static readonly Counter<long> Interventions = RuntimeMetrics.Meter.CreateCounter<long>("behavior_cloning.guard.interventions", "{step}", "Control steps in which the guard changed what was sent, by reason.");
    private static readonly KeyValuePair<string, object?>[] Tags = [.. Enum.GetNames<GuardReason>().Select(name => new KeyValuePair<string, object?>("reason", name))];

    // Fields of the instance too, so that they exist before the first step that needs them.
    private readonly Counter<long> interventions = Interventions;
    private readonly KeyValuePair<string, object?>[] tags = Tags;
    private readonly GuardOptions options;
    private readonly ActionSpec actions;
    private readonly ILogger logger;
    private readonly StoppingMotion[] stopping;
    private readonly double[] minimum, maximum;
    private readonly double[] position, velocity, acceleration;
    private readonly double[] wanted, trial, reserve;
    private readonly double[] aheadPosition, aheadVelocity, aheadAcceleration, point;
    private readonly long[] counts = new long[Reasons];
    private readonly bool[] now = new bool[Reasons], before = new bool[Reasons];
    private readonly bool hasRates;
    private bool begun;
    private int stale;
    private long steps, changed;
    private volatile bool emergency;
    private volatile bool stopped;

    /// <summary>Guards a robot.</summary>
    /// <param name="actions">What an action is, with its limits.</param>
    /// <param name="options">Rates, workspace, watchdog.</param>
    /// <param name="logger">Told whenever a reason begins to apply.</param>
    /// <exception cref="ArgumentException">The options do not suit the actions; the message lists every fault.</exception>
    public ActionGuard(ActionSpec actions, GuardOptions options, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. options.Problems(actions)];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
        this.actions = actions;
        this.options = options;
        this.logger = logger ?? NullLogger.Instance;
        int n = actions.Dimension;
        stopping = [.. Enumerable.Range(0, n).Select(i => new StoppingMotion(options, i))];
        hasRates = options.Velocity.Count + options.Acceleration.Count + options.Jerk.Count > 0 || options.Workspace is not null;
        minimum = [.. Enumerable.Range(0, n).Select(i => actions.Minimum.Count == 0 ? double.NegativeInfinity : actions.Minimum[i])];
        maximum = [.. Enumerable.Range(0, n).Select(i => actions.Maximum.Count == 0 ? double.PositiveInfinity : actions.Maximum[i])];
        (position, velocity, acceleration) = (new double[n], new double[n], new double[n]);
        (wanted, trial, reserve) = (new double[n], new double[n], new double[n]);
        (aheadPosition, aheadVelocity, aheadAcceleration) = (new double[n], new double[n], new double[n]);
        point = new double[options.Workspace?.Minimum.Count ?? 0];
    }

    /// <summary>Whether the robot was stopped for good, by hand or by the watchdog; <see cref="Begin"/> ends that.</summary>
    public bool IsStopped => stopped || emergency;

    /// <summary>Whether what is sent no longer changes.</summary>
    public bool IsAtRest
    {
        get
        {
            for (int i = 0; i < position.Length; i++)
            {
                if (!StoppingMotion.IsAtRest(velocity[i], acceleration[i])) return false;
            }

            return true;
        }
    }

    /// <summary>What it did since it was made.</summary>
    public GuardReport Report
    {
        get
        {
            long[] copy = new long[Reasons];
            for (int i = 0; i < Reasons; i++) copy[i] = Volatile.Read(ref counts[i]);
            return new(Volatile.Read(ref steps), Volatile.Read(ref changed), copy);
        }
    }

    /// <summary>Says where the robot stands and releases a stop. Needed where there are rate limits; limits nothing by itself.</summary>
    /// <param name="at">The action that corresponds to where the robot stands at rest.</param>
    /// <exception cref="ArgumentException">The robot stands outside its limits; the message says where.</exception>
    public void Begin(ReadOnlySpan<float> at)
    {
        if (at.Length != actions.Dimension) throw new ArgumentException($"The start has {at.Length} values; '{actions.Name}' has {actions.Dimension} dimensions.", nameof(at));
        for (int i = 0; i < at.Length; i++)
        {
            if (!(at[i] >= minimum[i] && at[i] <= maximum[i]))
                throw new ArgumentException($"The robot stands at {at[i]} in dimension {i}, outside {minimum[i]} to {maximum[i]}. Move it inside by hand before the policy takes over.", nameof(at));
        }

        for (int i = 0; i < at.Length; i++) (position[i], velocity[i], acceleration[i]) = (at[i], 0, 0);
        if (!InWorkspace(position)) throw new ArgumentException("The robot's tool stands outside the workspace box. Move it inside by hand before the policy takes over.", nameof(at));
        (begun, stale, emergency, stopped) = (true, 0, false, false);
    }

    /// <summary>Brings the robot to rest and keeps it there until <see cref="Begin"/>, whatever is asked. From any thread, at once.</summary>
    public void EmergencyStop() => emergency = true;

    /// <summary>Takes the action of a control step and writes the one to send.</summary>
    /// <param name="requested">What was decided: anything at all.</param>
    /// <param name="safe">Receives what to send; may be the same memory.</param>
    /// <returns>Whether the action passed as it was.</returns>
    public bool Filter(ReadOnlySpan<float> requested, Span<float> safe)
    {
        if (safe.Length != actions.Dimension) throw new ArgumentException($"There is room for {safe.Length} values; '{actions.Name}' has {actions.Dimension}.", nameof(safe));
        if (requested.Length != actions.Dimension) throw new ArgumentException($"The action has {requested.Length} values; '{actions.Name}' has {actions.Dimension}.", nameof(requested));
        if (FiniteCheck.FirstNonFinite(requested) >= 0)
        {
            now[(int)GuardReason.NotFinite] = true;
            return Hold(safe);
        }

        stale = 0;
        if (!begun && !hasRates && !IsStopped) First(requested);
        for (int i = 0; i < wanted.Length; i++) wanted[i] = requested[i];
        return Send(safe);
    }

    /// <summary>A control step for which there is no action: holds, and stops if that lasts.</summary>
    /// <param name="safe">Receives what to send.</param>
    /// <returns>False: something else than an action was sent.</returns>
    public bool Hold(Span<float> safe)
    {
        if (safe.Length != actions.Dimension) throw new ArgumentException($"There is room for {safe.Length} values; '{actions.Name}' has {actions.Dimension}.", nameof(safe));
        if (!begun && !hasRates) First(default);
        now[(int)GuardReason.StaleHold] = true;
        if (++stale > options.StaleLimit) stopped = true;
        Rest();
        return Send(safe);
    }

    /// <summary>A step on the way to rest, for a loop that ends. Nothing is counted.</summary>
    internal void Brake(Span<float> safe)
    {
        if (!begun && !hasRates) First(default);
        Rest();
        Settle();
        Write(safe);
    }

    // Without rates the start does not matter: the first action is where the robot is taken to be.
    private void First(ReadOnlySpan<float> at)
    {
        for (int i = 0; i < position.Length; i++) position[i] = Math.Clamp(at.IsEmpty ? 0 : at[i], minimum[i], maximum[i]);
        begun = true;
    }

    private void Rest()
    {
        for (int i = 0; i < wanted.Length; i++) wanted[i] = options.Hold == HoldBehavior.Zero ? 0 : double.NaN;
    }

    private bool Send(Span<float> safe)
    {
        if (!begun) throw new InvalidOperationException($"The guard has rate limits and does not know where the robot stands. Call {nameof(Begin)} before the first step.");
        if (IsStopped)
        {
            Rest();
            now[(int)(emergency ? GuardReason.EmergencyStop : GuardReason.StaleStop)] = true;
        }

        Settle();
        Write(safe);
        Account();
        bool unchanged = true;
        for (int i = 0; i < Reasons; i++) unchanged &= !before[i];
        return unchanged;
    }

    // Decides the next positions from what is wanted; NaN wants rest.
    private void Settle()
    {
        for (int i = 0; i < wanted.Length; i++)
        {
            reserve[i] = position[i] + velocity[i] + stopping[i].Next(velocity[i], acceleration[i]);
            trial[i] = double.IsNaN(wanted[i]) ? reserve[i] : Limit(i, wanted[i]);
            if (!CanStop(i, trial[i]))
            {
                now[(int)GuardReason.Braking] = true;
                trial[i] = Toward(i, trial[i]);
            }
        }

        if (options.Workspace is not null && !WorkspaceAllows())
        {
            now[(int)GuardReason.Workspace] = true;
            for (int halving = 0; ; halving++)
            {
                for (int i = 0; i < trial.Length; i++) trial[i] = halving == Halvings ? reserve[i] : Between(i, reserve[i] + ((trial[i] - reserve[i]) / 2));
                if (halving == Halvings || WorkspaceAllows()) break;
            }
        }

        for (int i = 0; i < trial.Length; i++)
        {
            double v = trial[i] - position[i];
            (position[i], velocity[i], acceleration[i]) = (trial[i], v, v - velocity[i]);
        }
    }

    // Cut to what this step's limits allow. Where they contradict each other the stop in reserve decides.
    private double Limit(int i, double value)
    {
        double p = position[i], v = velocity[i], a = acceleration[i];
        StoppingMotion m = stopping[i];
        value = Cut(value, minimum[i], maximum[i], GuardReason.Position);
        value = Cut(value, p - m.Velocity, p + m.Velocity, GuardReason.Velocity);
        value = Cut(value, p + v - m.Acceleration, p + v + m.Acceleration, GuardReason.Acceleration);
        return Cut(value, p + v + a - m.Jerk, p + v + a + m.Jerk, GuardReason.Jerk);
    }

    private double Cut(double value, double low, double high, GuardReason reason)
    {
        double cut = Math.Min(Math.Max(value, low), high);
        // Rounding of sums is no intervention.
        if (Math.Abs(cut - value) > 1e-9 * (1 + Math.Abs(value))) now[(int)reason] = true;
        return cut;
    }

    private double Toward(int i, double value)
    {
        for (int halving = 0; halving < Halvings; halving++)
        {
            value = reserve[i] + ((value - reserve[i]) / 2);
            if (CanStop(i, value)) return value;
        }

        return reserve[i];
    }

    // In the workspace search a dimension that cannot stop from there takes its reserve.
    private double Between(int i, double value) => CanStop(i, value) ? value : reserve[i];

    // Whether the next position keeps this dimension's limits, and the stop that follows does too.
    private bool CanStop(int i, double next)
    {
        // The reserve was looked at a step ago; looking again would only add rounding.
        if (next == reserve[i]) return true;
        StoppingMotion m = stopping[i];
        const double Slack = 1e-9;
        double v = next - position[i], a = v - velocity[i];
        if (Math.Abs(a) > m.Acceleration * (1 + Slack) || Math.Abs(a - acceleration[i]) > m.Jerk * (1 + Slack)) return false;
        for (int step = 0; step <= StoppingMotion.StepLimit; step++)
        {
            if (next < minimum[i] || next > maximum[i] || Math.Abs(v) > m.Velocity * (1 + Slack)) return false;
            if (StoppingMotion.IsAtRest(v, a)) return true;
            a = m.Next(v, a);
            v += a;
            next += v;
        }

        return false;
    }

    // Whether the tool stays in the box on the next step and until rest.
    private bool WorkspaceAllows()
    {
        for (int i = 0; i < trial.Length; i++)
        {
            aheadPosition[i] = trial[i];
            aheadVelocity[i] = trial[i] - position[i];
            aheadAcceleration[i] = aheadVelocity[i] - velocity[i];
        }

        for (int step = 0; step <= StoppingMotion.StepLimit; step++)
        {
            if (!InWorkspace(aheadPosition)) return false;
            bool resting = true;
            for (int i = 0; i < trial.Length; i++)
            {
                if (StoppingMotion.IsAtRest(aheadVelocity[i], aheadAcceleration[i])) continue;
                resting = false;
                aheadAcceleration[i] = stopping[i].Next(aheadVelocity[i], aheadAcceleration[i]);
                aheadVelocity[i] += aheadAcceleration[i];
                aheadPosition[i] += aheadVelocity[i];
            }

            if (resting) return true;
        }

        return false;
    }

    private bool InWorkspace(double[] at)
    {
        if (options.Workspace is not { } box) return true;
        box.Point(at, point);
        for (int i = 0; i < point.Length; i++)
        {
            // A NaN is outside.
            if (!(point[i] >= box.Minimum[i] && point[i] <= box.Maximum[i])) return false;
        }

        return true;
    }

    private void Write(Span<float> safe)
    {
        // The reserve's sums may end a rounding error outside; what is sent does not.
        for (int i = 0; i < safe.Length; i++) safe[i] = (float)Math.Clamp(position[i], minimum[i], maximum[i]);
    }

    private void Account()
    {
        Volatile.Write(ref steps, steps + 1);
        bool any = false;
        for (int i = 0; i < Reasons; i++)
        {
            if (now[i])
            {
                any = true;
                Volatile.Write(ref counts[i], counts[i] + 1);
                interventions.Add(1, tags[i]);
                if (!before[i]) LogIntervention(logger, i >= (int)GuardReason.StaleStop ? LogLevel.Error : LogLevel.Warning, (GuardReason)i, steps);
            }

            before[i] = now[i];
            now[i] = false;
        }

        if (any) Volatile.Write(ref changed, changed + 1);
    }

    [LoggerMessage(Message = "The guard steps in: {Reason}, from control step {Step} on.")]
    private static partial void LogIntervention(ILogger logger, LogLevel level, GuardReason reason, long step);
}
