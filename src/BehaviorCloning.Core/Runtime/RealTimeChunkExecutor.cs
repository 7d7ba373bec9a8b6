using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BehaviorCloning.Runtime;

/// <summary>
/// Infers the next chunk on a thread of its own while the running one is executed, and joins the two (Real-Time Chunking, arXiv 2506.07339,
/// Algorithm 1). With a policy that honors the prefix the joint is smooth; with <see cref="UnguidedPolicy"/> this is naive asynchronous
/// execution, with <see cref="BidirectionalDecodingPolicy"/> asynchronous BID.
/// </summary>
/// <remarks>
/// H = 8, s_min = 4, and an inference that takes two control steps:
/// <code>
/// // executed    A0 A1 A2 A3 A4 A5 | B2 B3 B4 B5 | C2 ...
/// // index t                 s=4      |        s=4
/// // inference               [-----]  B replaces A with t = 6 - 4 = 2: B0, B1 are what A4, A5 were
/// </code>
/// <para>What the paper leaves open, as decided here:</para>
/// <list type="bullet">
/// <item>An observation belongs to the step whose action it is given for, and index 0 of a chunk to its newest observation's step. The
/// inference therefore starts when the observation of index s arrives (the paper's listing would take the one before), and a delay of
/// 1 is the least that can be measured.</item>
/// <item>A delay is a number of consumed actions. Where none is left (a delay beyond H - s) steps consume nothing: <see cref="TryAct"/>
/// says so, the robot holds, and the late chunk goes on where it joins the last executed action. Nothing is skipped by the clock.</item>
/// <item>The delay planned with is cut to the H - s actions that are left; with none left the chunk is inferred without prefix.</item>
/// <item>Warm-up and the first chunk happen in <see cref="Begin"/>, while the robot stands, and are no measurement of the delay.</item>
/// <item>An inference that throws is counted and logged, the running chunk goes on, and the next observation tries again. One that hangs
/// lets the chunk run out. A chunk that arrives after its episode is thrown away whole.</item>
/// </list>
/// The policy is only ever called on the inference thread.
/// </remarks>
public sealed partial class RealTimeChunkExecutor : IActionExecutor
{
    private readonly object gate = new(); // The paper's mutex M; its monitor is the condition variable C.
    private readonly IPrefixGuidedPolicy policy;
    private readonly RealTimeChunkOptions options;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly int minimumExecution;
    private readonly ObservationHistory history; // of the inference thread
    private readonly DelayEstimate delays;
    private readonly DurationHistogram durations = new();
    private readonly Observation?[] arrived; // observations that the inference thread has not seen yet, a ring
    private readonly Thread thread;
    private long arrivedCount;
    private long seenCount;
    private ActionChunk? current;
    private int consumed; // t
    private int observedIndex; // the index in the running chunk that the newest observation belongs to
    private long attempted = -1; // arrivedCount at the last inference's start: one attempt an observation
    private int episode;
    private Observation? first;
    private Exception? beginError;
    private bool closing;
    private TimeSpan coldStart;
    private long inferences, failures, discarded, starved;
    private string? lastError;

    /// <summary>Starts the inference thread, which waits for <see cref="Begin"/>.</summary>
    /// <param name="policy">The policy; not disposed, and not to be used elsewhere meanwhile.</param>
    /// <param name="options">Horizon, delays, timeouts.</param>
    /// <param name="time">Measures how long inferences take; decides nothing.</param>
    /// <param name="logger">Told of inferences that fail.</param>
    /// <exception cref="ArgumentException">The options do not suit the policy; the message lists every fault.</exception>
    public RealTimeChunkExecutor(IPrefixGuidedPolicy policy, RealTimeChunkOptions? options = null, TimeProvider? time = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        this.options = options ?? new();
        string[] problems = [.. policy.Horizons.Problems(), .. this.options.Problems(policy.Horizons)];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
        this.policy = policy;
        this.time = time ?? TimeProvider.System;
        this.logger = logger ?? NullLogger.Instance;
        minimumExecution = this.options.MinimumExecutionHorizon ?? policy.Horizons.Execution;
        history = new ObservationHistory(policy.Horizons.Observation);
        delays = new DelayEstimate(this.options.InitialDelay, this.options.DelayQueueLength);
        // Longer than any chunk: while an inference hangs beyond that, only the newest observations matter.
        arrived = new Observation?[policy.Horizons.Prediction + policy.Horizons.Observation];
        thread = new Thread(InferenceLoop) { IsBackground = true, Name = "chunk inference" };
        thread.Start();
    }

    /// <inheritdoc/>
    public ObservationSpec Observations => policy.Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => policy.Actions;

    /// <inheritdoc/>
    public int QueueDepth
    {
        get
        {
            lock (gate) return current is null ? 0 : current.Length - consumed;
        }
    }

    /// <summary>What it has done since it was made.</summary>
    public RealTimeChunkStatistics Statistics
    {
        get
        {
            lock (gate) return new(inferences, failures, discarded, starved, delays.Conservative, lastError, durations.Summarize(), coldStart);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TimeoutException">No first chunk came in time: an inference hangs.</exception>
    /// <exception cref="InvalidOperationException">The first inference failed.</exception>
    public void Begin(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        long start = time.GetTimestamp();
        var limit = System.Diagnostics.Stopwatch.StartNew();
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closing, this);
            episode++;
            (current, consumed, observedIndex, beginError, first) = (null, 0, 0, null, observation);
            (arrivedCount, seenCount, attempted) = (0, 0, -1);
            Monitor.PulseAll(gate);
            while (current is null && beginError is null)
            {
                TimeSpan left = options.BeginTimeout - limit.Elapsed;
                if (left <= TimeSpan.Zero || !Monitor.Wait(gate, left))
                {
                    if (current is not null || beginError is not null) break;
                    first = null;
                    throw new TimeoutException($"No first chunk came within {options.BeginTimeout}: an inference hangs or is slower than {nameof(RealTimeChunkOptions.BeginTimeout)}. The robot was not started.");
                }
            }

            coldStart = time.GetElapsedTime(start);
            if (beginError is not null) throw new InvalidOperationException($"The first inference failed, so the robot was not started: {beginError.Message}", beginError);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException"><see cref="Begin"/> was not called.</exception>
    public bool TryAct(Observation observation, Span<float> action)
    {
        lock (gate)
        {
            if (current is null) throw new InvalidOperationException($"There is no first chunk. Call {nameof(Begin)} before the first step.");
            arrived[arrivedCount++ % arrived.Length] = observation;
            observedIndex = consumed;
            bool left = consumed < current.Length;
            if (left) current[consumed++].CopyTo(action);
            else starved++;
            Monitor.PulseAll(gate);
            return left;
        }
    }

    /// <summary>Ends the inference thread. One that hangs in an inference is left behind; it holds nothing that the process needs to end.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (closing) return;
            closing = true;
            Monitor.PulseAll(gate);
        }

        if (Thread.CurrentThread != thread) thread.Join(options.ShutdownTimeout);
    }

    private bool InferenceIsDue => current is not null && observedIndex >= minimumExecution && attempted < arrivedCount;

    private void InferenceLoop()
    {
        lock (gate)
        {
            while (!closing)
            {
                if (first is { } observation) BeginEpisode(observation);
                else if (InferenceIsDue) ReplaceChunk();
                else Monitor.Wait(gate);
            }
        }
    }

    // Both are entered and left with the gate held, and let go of it while the policy works.
    private void BeginEpisode(Observation observation)
    {
        int of = episode;
        first = null;
        history.Clear();
        (ActionChunk? chunk, Exception? error) = Unlocked(() =>
        {
            // A history of its own: the observation comes again as the first of the episode.
            var standing = new ObservationHistory(history.Length);
            standing.Push(observation);
            for (int i = 0; i < options.WarmUpInferences; i++)
            {
                ActionChunk sample = Checked(policy.Predict(standing));
                policy.Predict(standing, new ChunkPrefix(sample, Math.Min(options.InitialDelay, sample.Length), minimumExecution));
            }

            return Checked(policy.Predict(standing));
        });
        if (of != episode) return;
        (current, beginError) = (chunk, error);
        Monitor.PulseAll(gate);
    }

    private void ReplaceChunk()
    {
        int of = episode, s = observedIndex;
        int left = current!.Length - s, d = Math.Min(delays.Conservative, left);
        ChunkPrefix? prefix = left == 0 ? null : new ChunkPrefix(new ActionChunk(current.Values[(s * current.Dimension)..].ToArray(), current.Dimension), d, s);
        attempted = arrivedCount;
        for (seenCount = Math.Max(seenCount, arrivedCount - arrived.Length); seenCount < arrivedCount; seenCount++) history.Push(arrived[seenCount % arrived.Length]!);

        long start = time.GetTimestamp();
        (ActionChunk? chunk, Exception? error) = Unlocked(() => Checked(prefix is null ? policy.Predict(history) : policy.Predict(history, prefix)));
        if (of != episode)
        {
            discarded++;
            return;
        }

        if (chunk is null)
        {
            failures++;
            lastError = error!.Message;
            LogFailure(logger, current.Length - consumed, error);
            return;
        }

        durations.Record(time.GetElapsedTime(start));
        inferences++;
        current = chunk;
        // Now t equals the measured delay, and the next action is chunk[t].
        consumed -= s;
        observedIndex -= s;
        delays.Add(consumed);
    }

    private (ActionChunk? Chunk, Exception? Error) Unlocked(Func<ActionChunk> infer)
    {
        Monitor.Exit(gate);
        try
        {
            return (infer(), null);
        }
        catch (Exception e)
        {
            return (null, e);
        }
        finally
        {
            Monitor.Enter(gate);
        }
    }

    private ActionChunk Checked(ActionChunk chunk) =>
        chunk.Length == policy.Horizons.Prediction && chunk.Dimension == policy.Actions.Dimension
            ? chunk
            : throw new InvalidOperationException($"The policy returned {chunk.Length} actions of dimension {chunk.Dimension}; it promises {policy.Horizons.Prediction} of {policy.Actions.Dimension}.");

    [LoggerMessage(Level = LogLevel.Error, Message = "An inference failed; {Left} actions of the running chunk are left.")]
    private static partial void LogFailure(ILogger logger, int left, Exception error);
}
