using BehaviorCloning.Images;

namespace BehaviorCloning.Datasets;

/// <summary>Which demonstrations a <see cref="DemonstrationRecorder"/> records.</summary>
public sealed record DemonstrationOptions
{
    /// <summary>Demonstrations the store shall hold in the end, those included that it holds already.</summary>
    public required int Episodes { get; init; }

    /// <summary>Seed of the first episode of a new store; every further one has the next seed. Default 0.</summary>
    public long FirstSeed { get; init; }

    /// <summary>Demonstrations played at the same time. Default: the processors there are.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Standard deviation of noise on the actions that are executed, in raw units. What is recorded is what the expert wanted, so that
    /// demonstrations also show the way back from small errors (DART, arXiv 1703.09327). Default 0: none.
    /// </summary>
    public double ActionNoise { get; init; }

    /// <summary>Gives up after this many failures in a row: the expert cannot do the task. Default 20.</summary>
    public int FailuresInARow { get; init; } = 20;

    /// <summary>How frames are kept in the store, by image feature; those not named are kept raw. Default none.</summary>
    public IReadOnlyDictionary<string, FrameEncoding> Frames { get; init; } = System.Collections.Frozen.FrozenDictionary<string, FrameEncoding>.Empty;

    // Seeds are kept as floats, which are exact up to here.
    private const long MaximumSeed = 1 << 24;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Episodes < 1) yield return $"Episodes is {Episodes}; record at least 1.";
        if (FirstSeed is < 0 or > MaximumSeed) yield return $"FirstSeed {FirstSeed} must be between 0 and {MaximumSeed}.";
        if (Parallelism < 1) yield return $"Parallelism {Parallelism} must be at least 1.";
        if (!(ActionNoise >= 0 && double.IsFinite(ActionNoise))) yield return $"ActionNoise {ActionNoise} must be finite and not negative.";
        if (FailuresInARow < 1) yield return $"FailuresInARow {FailuresInARow} must be at least 1.";
    }
}

/// <summary>How far a recording is, and in the end what it came to.</summary>
/// <param name="Kept">Demonstrations the store holds.</param>
/// <param name="Recorded">Those of them that were recorded now.</param>
/// <param name="Dropped">Demonstrations dropped now, because the expert did not solve the task.</param>
/// <param name="Steps">Control steps recorded now.</param>
public readonly record struct DemonstrationProgress(int Kept, int Recorded, int Dropped, long Steps);

/// <summary>
/// Lets an expert demonstrate in an environment and records what succeeds. Several demonstrations are played at once, but recorded
/// in the order of their seeds, so the same options give the same recording. Each is durable once it is finished, and a recording
/// that was interrupted goes on at the seed after its last one.
/// </summary>
/// <remarks>
/// Every step is annotated with its "reward", with the episode's "seed" and with the "executed_action", which differs from the action
/// by the noise.
/// </remarks>
public static class DemonstrationRecorder
{
    /// <summary>The annotation that holds what was executed, noise included.</summary>
    public const string ExecutedAction = "executed_action";

    /// <summary>Records until there are enough demonstrations.</summary>
    /// <param name="folder">The episode store; made where there is none.</param>
    /// <param name="createEnvironment">Makes an environment; disposed afterwards.</param>
    /// <param name="createExpert">Makes the expert of an episode from its seed; disposed afterwards where it can be.</param>
    /// <param name="options">Which and how many.</param>
    /// <param name="progress">Told after every demonstration.</param>
    /// <param name="cancellationToken">Stops between steps; what is recorded stays.</param>
    /// <exception cref="ArgumentException">The options are at fault, or the store holds other episodes; the message lists every fault.</exception>
    /// <exception cref="InvalidOperationException">The expert fails again and again.</exception>
    public static DemonstrationProgress Record(
        string folder, Func<IEnvironment> createEnvironment, Func<long, IExpert> createExpert, DemonstrationOptions options,
        IProgress<DemonstrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(createEnvironment);
        ArgumentNullException.ThrowIfNull(createExpert);
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));

        using EpisodeRecorder recorder = Open(folder, createEnvironment, options.Frames);
        var state = new DemonstrationProgress(recorder.EpisodeCount, 0, 0, 0);
        long nextToStart = SeedAfterLast(folder) ?? options.FirstSeed;
        int failuresInARow = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var turns = new SemaphoreSlim(options.Parallelism);
        var playing = new Queue<Task<Demonstration>>();
        try
        {
            while (state.Kept < options.Episodes)
            {
                // Twice as many as play at once, so that a slow one at the front does not leave processors idle.
                while (playing.Count < 2 * options.Parallelism)
                {
                    long seed = nextToStart++;
                    playing.Enqueue(Task.Run(() => InTurn(turns, () => Play(createEnvironment, createExpert, seed, options.ActionNoise, stop.Token), stop.Token), CancellationToken.None));
                }

                Demonstration demonstration = playing.Dequeue().GetAwaiter().GetResult();
                if (demonstration.Solved)
                {
                    Keep(demonstration, recorder);
                    failuresInARow = 0;
                    state = state with { Kept = state.Kept + 1, Recorded = state.Recorded + 1, Steps = state.Steps + demonstration.Actions.Count };
                }
                else
                {
                    state = state with { Dropped = state.Dropped + 1 };
                    if (++failuresInARow == options.FailuresInARow)
                        throw new InvalidOperationException($"The expert failed {failuresInARow} times in a row, at seed {demonstration.Seed} last ({state.Kept} demonstrations are in the store). Check that expert and environment belong together, or give it more effort.");
                }

                progress?.Report(state);
            }
        }
        finally
        {
            // Those still being played are for seeds beyond the last one used.
            stop.Cancel();
            foreach (Task<Demonstration> task in playing) Settle(task);
        }

        return state;
    }

    private static EpisodeRecorder Open(string folder, Func<IEnvironment> createEnvironment, IReadOnlyDictionary<string, FrameEncoding> frames)
    {
        using IEnvironment environment = createEnvironment();
        return EpisodeRecorder.OpenOrCreate(
            folder, environment.Observations, environment.Actions, environment.ControlRateHz,
            annotations: new(new FeatureSpec("reward", 1), new FeatureSpec("seed", 1), new FeatureSpec(ExecutedAction, environment.Actions.Dimension)), frames: frames);
    }

    private static long? SeedAfterLast(string folder)
    {
        using var store = EpisodeStore.Open(folder);
        return store.EpisodeCount == 0 ? null : (long)store.ReadEpisode(store.EpisodeCount - 1).Annotation("seed")!.Value.Span[0] + 1;
    }

    private static Demonstration InTurn(SemaphoreSlim turns, Func<Demonstration> play, CancellationToken cancellationToken)
    {
        turns.Wait(cancellationToken);
        try
        {
            return play();
        }
        finally
        {
            turns.Release();
        }
    }

    private static Demonstration Play(Func<IEnvironment> createEnvironment, Func<long, IExpert> createExpert, long seed, double noise, CancellationToken cancellationToken)
    {
        using IEnvironment environment = createEnvironment();
        IExpert expert = createExpert(seed);
        using var disposable = expert as IDisposable;
        var demonstration = new Demonstration(seed, [], [], [], []);
        var random = new SplitMix64(seed);
        Observation observation = environment.Reset(seed);
        for (int step = 0; step < environment.StepLimit; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            float[] action = expert.Act(observation, environment);
            if (FiniteCheck.FirstNonFinite(action) is var bad && bad >= 0)
                throw new InvalidOperationException($"The expert's action of step {step}, seed {seed}, is {action[bad]} in dimension {bad}: it was neither executed nor recorded.");
            float[] executed = noise == 0 ? action : [.. action.Select(value => (float)(value + (noise * random.NextNormal())))];
            StepResult result = environment.Step(executed);
            demonstration.Observations.Add(observation);
            demonstration.Actions.Add(action);
            demonstration.Executed.Add(executed);
            demonstration.Rewards.Add((float)result.Reward);
            observation = result.Observation;
            if (result.Success) return demonstration with { Solved = true };
            if (result.Terminated) break;
        }

        return demonstration;
    }

    private static void Keep(Demonstration demonstration, EpisodeRecorder recorder)
    {
        for (int step = 0; step < demonstration.Actions.Count; step++)
        {
            recorder.Append(demonstration.Observations[step], demonstration.Actions[step], new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal)
            {
                ["reward"] = new[] { demonstration.Rewards[step] },
                ["seed"] = new[] { (float)demonstration.Seed },
                [ExecutedAction] = demonstration.Executed[step],
            });
        }

        recorder.FinishEpisode();
    }

    private static void Settle(Task<Demonstration> task)
    {
        try
        {
            task.Wait(CancellationToken.None);
        }
        catch (AggregateException)
        {
            // Canceled, or failed where its result was no longer wanted.
        }
    }

    private sealed record Demonstration(long Seed, List<Observation> Observations, List<float[]> Actions, List<float[]> Executed, List<float> Rewards)
    {
        public bool Solved { get; init; }
    }
}
