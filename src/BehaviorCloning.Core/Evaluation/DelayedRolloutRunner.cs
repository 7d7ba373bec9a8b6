namespace BehaviorCloning.Evaluation;

/// <summary>
/// Plays episodes in which an inference takes d control steps, without clocks or threads: what asynchronous execution does to a policy,
/// the same every time. Episodes run in lock step, one inference for all.
/// </summary>
/// <remarks>
/// As the RTC paper's benchmark does (arXiv 2506.07339). d = 2, s = 4, H = 8; chunk B is inferred from o4 and arrives two steps later:
/// <code>
/// // step         0   1   2   3   4   5   6   7   8   9
/// // executed     A0  A1  A2  A3  A4  A5  B2  B3  B4  B5  ...
/// // inference    A               B               C
/// //                              prefix of B: A4 A5 A6 A7, of which d = 2 will surely be executed
/// </code>
/// The first chunk comes at once, as it does while a robot still stands. A policy that ignores prefixes runs naively
/// (<c>Runtime.UnguidedPolicy</c>). The same policy, options and seeds give the same episodes.
/// </remarks>
public sealed class DelayedRolloutRunner
{
    private readonly Func<IEnvironment> createEnvironment;
    private readonly DelayedRolloutOptions options;

    /// <summary>Holds the options, which are checked with the policy.</summary>
    /// <param name="createEnvironment">Makes an environment. Called for as many as run at once; each is disposed afterwards.</param>
    /// <param name="options">Episodes and delay.</param>
    public DelayedRolloutRunner(Func<IEnvironment> createEnvironment, DelayedRolloutOptions options)
    {
        ArgumentNullException.ThrowIfNull(createEnvironment);
        ArgumentNullException.ThrowIfNull(options);
        this.createEnvironment = createEnvironment;
        this.options = options;
    }

    /// <summary>Plays a policy.</summary>
    /// <returns>One result a seed, in the order of the seeds.</returns>
    /// <exception cref="ArgumentException">Options, policy and environment do not fit; the message lists every fault.</exception>
    public IReadOnlyList<DelayedRolloutResult> Run(IPrefixGuidedPolicy policy, IProgress<RolloutProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        string[] problems = [.. options.Problems(policy.Horizons)];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(policy));
        var finished = new List<DelayedRolloutResult>(options.Seeds.Count);
        List<IEnvironment> environments = [];
        try
        {
            int atOnce = Math.Min(options.EpisodesAtOnce, options.Seeds.Count);
            for (int i = 0; i < atOnce; i++) environments.Add(createEnvironment());
            RolloutRunner.RequireFit(policy, environments[0]);
            foreach (long[] wave in options.Seeds.Chunk(atOnce))
            {
                RunWave(policy, wave, environments, finished, cancellationToken);
                progress?.Report(new(finished.Count, options.Seeds.Count, (double)finished.Count / options.Seeds.Count, finished.Average(episode => episode.Result.Score)));
            }
        }
        finally
        {
            environments.ForEach(environment => environment.Dispose());
        }

        return finished;
    }

    private void RunWave(IPrefixGuidedPolicy policy, long[] seeds, List<IEnvironment> environments, List<DelayedRolloutResult> finished, CancellationToken cancellationToken)
    {
        var degree = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
        var all = new DelayedEpisode[seeds.Length];
        Parallel.For(0, seeds.Length, degree, i => all[i] = new DelayedEpisode(new RunningEpisode(environments[i], seeds[i], keepTrajectory: false), policy, options));
        DelayedEpisode[] running = [.. all.Where(episode => !episode.Finished)];
        if (running.Length > 0) Give(running, policy.PredictBatch([.. running.Select(episode => episode.History)]));

        // All episodes are at the same step, so their inferences coincide. The first chunk counts as inferred at step 0 and arrived.
        int d = options.InferenceDelay, s = options.Horizon;
        while (running.Length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Until the next observation that is inferred from ...
            Parallel.For(0, running.Length, degree, i => running[i].Play(running[i].JustArrived ? s - d : s));
            running = [.. running.Where(episode => !episode.Finished)];
            if (running.Length == 0) break;

            // ... and while its inference is under way, the chunk before is executed on.
            IReadOnlyList<ActionChunk> chunks = policy.PredictBatch([.. running.Select(episode => episode.History)], [.. running.Select(episode => episode.Prefix())]);
            int now = running[0].Steps;
            Parallel.For(0, running.Length, degree, i => running[i].Play(d));
            Give(running, chunks, now);
            running = [.. running.Where(episode => !episode.Finished)];
        }

        finished.AddRange(all.Select(episode => episode.Result()));
    }

    private static void Give(DelayedEpisode[] running, IReadOnlyList<ActionChunk> chunks, int firstStep = 0)
    {
        if (chunks.Count != running.Length)
            throw new InvalidOperationException($"The policy was shown {running.Length} episodes and returned {chunks.Count} chunks; PredictBatch must return one each, in order.");
        for (int i = 0; i < running.Length; i++) running[i].Arrive(chunks[i], firstStep);
    }
}

/// <summary>An episode in which chunks arrive late, and what its seams look like.</summary>
internal sealed class DelayedEpisode
{
    private readonly RunningEpisode episode;
    private readonly DelayedRolloutOptions options;
    private readonly TemporalEnsemble? ensemble;
    private readonly float[] action, last;
    private readonly int predictionHorizon;
    private ActionChunk? current;
    private int firstStep;
    private bool seam;
    private int seams;
    private double seamSum, seamMax, insideMax;

    public DelayedEpisode(RunningEpisode episode, IPolicy policy, DelayedRolloutOptions options)
    {
        this.episode = episode;
        this.options = options;
        predictionHorizon = policy.Horizons.Prediction;
        History = new ObservationHistory(policy.Horizons.Observation);
        History.Push(episode.Observation);
        action = new float[policy.Actions.Dimension];
        last = new float[policy.Actions.Dimension];
        if (options.EnsembleDecay is { } decay) ensemble = new TemporalEnsemble(predictionHorizon, policy.Actions.Dimension, decay);
    }

    public ObservationHistory History { get; }

    public int Steps => episode.Steps;

    public bool Finished => episode.Finished;

    /// <summary>Whether the newest chunk came late, so that d steps of its period are over.</summary>
    public bool JustArrived => firstStep > 0;

    public void Arrive(ActionChunk chunk, int first)
    {
        if (chunk.Length != predictionHorizon) throw new InvalidOperationException($"The policy returned a chunk of {chunk.Length} actions; it promises {predictionHorizon}.");
        (current, firstStep, seam) = (chunk, first, Steps > 0);
        ensemble?.Add(chunk, first);
    }

    /// <summary>The rest of the running chunk, from the newest observation's step on.</summary>
    public ChunkPrefix Prefix()
    {
        int consumed = Steps - firstStep;
        return new(new ActionChunk(current!.Values[(consumed * current.Dimension)..].ToArray(), current.Dimension), options.InferenceDelay, options.Horizon);
    }

    public void Play(int steps)
    {
        for (int k = 0; k < steps && !Finished; k++)
        {
            if (ensemble is null) current![Steps - firstStep].CopyTo(action);
            else ensemble.Average(Steps, action);
            NoteJump();
            episode.Step(action);
            History.Push(episode.Observation);
        }
    }

    public DelayedRolloutResult Result() => new(episode.Result(), seamMax, seams == 0 ? 0 : seamSum / seams, insideMax);

    private void NoteJump()
    {
        if (Steps > 0)
        {
            double square = 0;
            for (int i = 0; i < action.Length; i++) square += (action[i] - last[i]) * (double)(action[i] - last[i]);
            double jump = Math.Sqrt(square);
            if (seam)
            {
                seams++;
                seamSum += jump;
                seamMax = Math.Max(seamMax, jump);
            }
            else
            {
                insideMax = Math.Max(insideMax, jump);
            }
        }

        seam = false;
        action.CopyTo(last, 0);
    }
}
