namespace BehaviorCloning.Runtime;

/// <summary>Real threads, random inference times, exceptions and hangs: every trace must be one that Algorithm 1 allows.</summary>
public sealed class RealTimeChunkStressTests
{
    private const int Horizon = 8;
    private const int QueueLength = 4;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(3, 6)]
    public void Every_trace_fits_the_model(int seed, int minimumExecution) => Run(seed, minimumExecution, ticks: 15_000, episodes: 15);

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData(11, 1)]
    [InlineData(12, 4)]
    public void A_million_ticks_fit_the_model(int seed, int minimumExecution) => Run(seed, minimumExecution, ticks: 500_000, episodes: 100);

    [Fact]
    public void The_model_refuses_a_skipped_a_repeated_and_an_early_index()
    {
        // Negative control: hand-made traces of a chunk 1 that continues chunk 0 from index 4.
        var inferences = new Dictionary<int, Inference> { [0] = new(null, 0, null), [1] = new(0, 4, 2) };
        Check([new(0, 0), new(0, 1), new(0, 2), new(0, 3), new(0, 4), new(0, 5), new(1, 2)]).Should().NotThrow();
        Check([new(0, 0), new(0, 2)]).Should().Throw<InvalidOperationException>("skipped");
        Check([new(0, 0), new(0, 0)]).Should().Throw<InvalidOperationException>("repeated");
        Check([new(0, 0), new(0, 1), new(0, 2), new(0, 3), new(0, 4), new(1, 2)]).Should().Throw<InvalidOperationException>("joined one late");
        Check([new(0, 0), null]).Should().Throw<InvalidOperationException>("starved with actions left");

        Action Check(Taken?[] trace) => () => _ = new ScheduleModel(inferences, initialDelay: 2).Follow(trace);
    }

    private static void Run(int seed, int minimumExecution, int ticks, int episodes)
    {
        var random = new Random(seed);
        long swaps = 0, failures = 0;
        // An executor an episode, so that the model knows every delay it has measured.
        for (int e = 0; e < episodes; e++)
        {
            var inferences = new RandomInferences(seed + (1000 * e));
            var policy = new NumberedPolicy { OnInference = inferences.Take };
            var options = new RealTimeChunkOptions { MinimumExecutionHorizon = minimumExecution, InitialDelay = 1, DelayQueueLength = QueueLength, WarmUpInferences = 0 };
            var trace = new Taken?[ticks / episodes];
            using (var executor = new RealTimeChunkExecutor(policy, options))
            {
                Play(executor, inferences, trace, random);
                inferences.Release();
                executor.Statistics.StarvedSteps.Should().Be(trace.Count(taken => taken is null));
                failures += executor.Statistics.Failures;
            }

            var model = new ScheduleModel(Inferences(policy), options.InitialDelay);
            model.Follow(trace);
            swaps += model.Swaps;
        }

        swaps.Should().BeGreaterThan(ticks / 50, "the run must have met what it is about");
        failures.Should().BePositive();
    }

    private static void Play(RealTimeChunkExecutor executor, RandomInferences inferences, Taken?[] trace, Random random)
    {
        float[] action = new float[2];
        Observation observation = NumberedPolicy.At(0);
        executor.Begin(observation);
        inferences.LetLoose();
        for (int k = 0; k < trace.Length; k++)
        {
            int finished = inferences.Finished;
            trace[k] = executor.TryAct(observation, action) ? new((int)action[0], (int)action[1]) : null;
            inferences.Tick();
            // Now at full speed, now at the pace of the inferences, so that swaps fall everywhere. A dry queue waits for the inference
            // that this observation starts, unless that one waits for more control steps.
            if (trace[k] is null) RealTimeChunkExecutorTests.Until(() => inferences.Finished > finished || inferences.WaitsForTicks || executor.QueueDepth > 0);
            else if (random.Next(2) == 0) SpinWait.SpinUntil(() => !inferences.IsOverdue, millisecondsTimeout: 1);
        }
    }

    /// <summary>Inferences that take a random number of control steps; some fail, some outlast a chunk.</summary>
    private sealed class RandomInferences(int seed)
    {
        private readonly Random random = new(seed);
        private int tick, finished, until;
        private volatile bool loose, released, underWay;

        public int Finished => Volatile.Read(ref finished);

        public bool WaitsForTicks => Volatile.Read(ref tick) < Volatile.Read(ref until);

        public bool IsOverdue => underWay && !WaitsForTicks;

        public void Tick() => Interlocked.Increment(ref tick);

        public void LetLoose() => loose = true;

        public void Release() => released = true;

        public void Take(int chunk)
        {
            if (!loose) return;
            int roll = random.Next(100);
            int wait = roll < 5 ? random.Next(Horizon, 5 * Horizon) : roll < 20 ? 0 : random.Next(Horizon - 2);
            Volatile.Write(ref until, Volatile.Read(ref tick) + wait);
            var spin = default(SpinWait);
            underWay = true;
            while (WaitsForTicks && !released) spin.SpinOnce(-1);
            underWay = false;
            Interlocked.Increment(ref finished);
            if (roll is >= 20 and < 25) throw new InvalidOperationException("an inference failed");
        }
    }

    private static Dictionary<int, Inference> Inferences(NumberedPolicy policy)
    {
        Dictionary<int, Inference> inferences = [];
        foreach ((int chunk, _, ChunkPrefix? prefix) in policy.Asked)
        {
            if (prefix is null)
            {
                inferences[chunk] = new(null, Horizon, null);
                continue;
            }

            // What remains is one chunk's end, whole and in order: nothing is torn.
            int previous = (int)prefix.Remaining[0][0], s = (int)prefix.Remaining[0][1];
            for (int i = 0; i < prefix.Remaining.Length; i++)
                ((int)prefix.Remaining[i][0], (int)prefix.Remaining[i][1]).Should().Be((previous, s + i));
            (s + prefix.Remaining.Length).Should().Be(Horizon);
            prefix.ExecutionHorizon.Should().Be(s);
            inferences[chunk] = new(previous, s, prefix.InferenceDelay);
        }

        return inferences;
    }

    /// <summary>An action that was executed.</summary>
    private sealed record Taken(int Chunk, int Index);

    /// <summary>What an inference was started with; no previous chunk: the first of an episode, or one after all had run out.</summary>
    private sealed record Inference(int? Previous, int S, int? Delay);

    /// <summary>Algorithm 1 as a rule about what may follow what.</summary>
    private sealed class ScheduleModel(Dictionary<int, Inference> inferences, int initialDelay)
    {
        private readonly List<int> measured = [initialDelay];

        public int Swaps { get; private set; }

        public int Follow(Taken?[] trace)
        {
            int chunk = -1, t = 0;
            foreach (Taken? taken in trace)
            {
                if (taken is null)
                {
                    Require(t == Horizon, "no action although some were left");
                    continue;
                }

                if (chunk < 0) (chunk, t) = (taken.Chunk, 0);
                // More than one chunk may have come since the last step: each continues the one before.
                foreach (int next in Between(chunk, taken.Chunk))
                {
                    Inference inference = inferences[next];
                    Require(inference.S <= t, "continues what was not executed");
                    if (inference.Delay is { } planned) Require(planned == Math.Min(measured.TakeLast(QueueLength).Max(), Horizon - inference.S), "planned with another delay than the largest measured");
                    t -= inference.S;
                    measured.Add(t);
                    Swaps++;
                }

                chunk = taken.Chunk;
                Require(taken.Index == t && t < Horizon, $"index {taken.Index} of chunk {chunk} where {t} was due");
                t++;
            }

            return t;
        }

        // From the newest back through the chunks they continue; a chunk without prefix continues whatever had run out.
        private List<int> Between(int from, int to)
        {
            List<int> path = [];
            for (int at = to; at != from; at = inferences[at].Previous ?? from)
            {
                Require(at > from, "went back to an older chunk");
                path.Insert(0, at);
            }

            return path;
        }

        private static void Require(bool condition, string what)
        {
            if (!condition) throw new InvalidOperationException(what);
        }
    }
}
