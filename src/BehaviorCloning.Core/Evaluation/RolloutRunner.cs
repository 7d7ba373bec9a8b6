namespace BehaviorCloning.Evaluation;

/// <summary>
/// Plays episodes and scores them. Episodes run in lock step: one inference for all that are still running, then their
/// environments are stepped in parallel until the next chunk is due.
/// </summary>
/// <remarks>
/// Receding horizon, with To = 2, Tp = 4, Te = 2:
/// <code>
/// //   step             0   1   2   3   4
/// //   observation     o0  o1  o2  o3  o4
/// //   inference at 0, sees o0 o0:   chunk index 0 is executed at step 0, 1 at step 1
/// //   inference at 2, sees o1 o2:   chunk index 0 is executed at step 2, 1 at step 3
/// </code>
/// The same policy, options and seeds give the same episodes, whatever <see cref="RolloutOptions.Parallelism"/> is.
/// </remarks>
public sealed class RolloutRunner
{
    private readonly Func<IEnvironment> createEnvironment;
    private readonly RolloutOptions options;

    /// <summary>Checks and holds the options.</summary>
    /// <param name="createEnvironment">Makes an environment. Called for as many as run at once; each is disposed afterwards.</param>
    /// <param name="options">Which episodes.</param>
    /// <exception cref="ArgumentException">The options are at fault; the message lists every fault.</exception>
    public RolloutRunner(Func<IEnvironment> createEnvironment, RolloutOptions options)
    {
        ArgumentNullException.ThrowIfNull(createEnvironment);
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
        this.createEnvironment = createEnvironment;
        this.options = options;
    }

    /// <summary>Plays a policy.</summary>
    /// <returns>One result a seed, in the order of the seeds.</returns>
    /// <exception cref="ArgumentException">The policy does not fit the environment; the message lists every fault.</exception>
    public IReadOnlyList<RolloutResult> Run(IPolicy policy, IProgress<RolloutProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        int executed = options.ExecutionHorizon ?? policy.Horizons.Execution;
        if (executed > policy.Horizons.Prediction)
            throw new ArgumentException($"Execution horizon {executed} is longer than the {policy.Horizons.Prediction} actions this policy predicts. Use at most {policy.Horizons.Prediction}.");

        var finished = new List<RolloutResult>(options.Seeds.Count);
        List<IEnvironment> environments = [];
        try
        {
            int atOnce = Math.Min(options.EpisodesAtOnce, options.Seeds.Count);
            for (int i = 0; i < atOnce; i++) environments.Add(createEnvironment());
            RequireFit(policy, environments[0]);
            foreach (long[] wave in options.Seeds.Chunk(atOnce))
                RunWave(policy, executed, wave, environments, finished, progress, cancellationToken);
        }
        finally
        {
            environments.ForEach(environment => environment.Dispose());
        }

        return finished;
    }

    /// <summary>Plays an expert, which is asked for one action a step.</summary>
    /// <param name="createExpert">
    /// Makes the expert of an episode from the episode's seed, so that one that plans or draws noise starts afresh and episodes do
    /// not depend on each other. Disposed after the episode where it can be.
    /// </param>
    /// <param name="progress">Told after every episode.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <returns>One result a seed, in the order of the seeds.</returns>
    public IReadOnlyList<RolloutResult> RunExpert(Func<long, IExpert> createExpert, IProgress<RolloutProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(createExpert);
        var results = new RolloutResult[options.Seeds.Count];
        var finished = new List<RolloutResult>();
        Parallel.For(0, results.Length, Degree(cancellationToken), index =>
        {
            long seed = options.Seeds[index];
            using IEnvironment environment = createEnvironment();
            IExpert expert = createExpert(seed);
            using var disposable = expert as IDisposable;
            var episode = new RunningEpisode(environment, seed, index < options.TrajectoriesKept);
            while (!episode.Finished)
            {
                cancellationToken.ThrowIfCancellationRequested();
                episode.Step(expert.Act(episode.Observation, environment));
            }

            results[index] = episode.Result();
            lock (finished)
            {
                finished.Add(results[index]);
                progress?.Report(new(finished.Count, results.Length, (double)finished.Count / results.Length, finished.Average(result => result.Score)));
            }
        });
        return results;
    }

    private void RunWave(
        IPolicy policy, int executed, long[] seeds, List<IEnvironment> environments, List<RolloutResult> finished,
        IProgress<RolloutProgress>? progress, CancellationToken cancellationToken)
    {
        var episodes = new RunningEpisode[seeds.Length];
        var histories = new ObservationHistory[seeds.Length];
        int before = finished.Count;
        Parallel.For(0, seeds.Length, Degree(cancellationToken), i =>
        {
            episodes[i] = new RunningEpisode(environments[i], seeds[i], before + i < options.TrajectoriesKept);
            histories[i] = new ObservationHistory(policy.Horizons.Observation);
            histories[i].Push(episodes[i].Observation);
        });

        while (true)
        {
            int[] running = [.. Enumerable.Range(0, seeds.Length).Where(i => !episodes[i].Finished)];
            Report(episodes, environments[0].StepLimit, finished, progress);
            if (running.Length == 0) break;
            cancellationToken.ThrowIfCancellationRequested();

            IReadOnlyList<ActionChunk> chunks = policy.PredictBatch([.. running.Select(i => histories[i])]);
            Require(chunks, running.Length, executed);
            Parallel.For(0, running.Length, Degree(cancellationToken), k =>
            {
                RunningEpisode episode = episodes[running[k]];
                for (int index = 0; index < executed && !episode.Finished; index++)
                {
                    episode.Step(chunks[k][index]);
                    histories[running[k]].Push(episode.Observation);
                }
            });
        }

        finished.AddRange(episodes.Select(episode => episode.Result()));
    }

    private void Report(RunningEpisode[] episodes, int stepLimit, List<RolloutResult> earlier, IProgress<RolloutProgress>? progress)
    {
        if (progress is null) return;
        double[] scores = [.. earlier.Select(result => result.Score), .. episodes.Where(e => e.Finished).Select(e => e.Result().Score)];
        double steps = episodes.Sum(e => e.Finished ? stepLimit : e.Steps);
        double fraction = (earlier.Count + (steps / Math.Max(stepLimit, 1))) / options.Seeds.Count;
        progress.Report(new(scores.Length, options.Seeds.Count, Math.Min(fraction, 1), scores.Length == 0 ? double.NaN : scores.Average()));
    }

    private ParallelOptions Degree(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };

    private static void Require(IReadOnlyList<ActionChunk> chunks, int expected, int executed)
    {
        if (chunks.Count != expected)
            throw new InvalidOperationException($"The policy was shown {expected} episodes and returned {chunks.Count} chunks; PredictBatch must return one each, in order.");
        int shortest = chunks.Min(chunk => chunk.Length);
        if (shortest < executed)
            throw new InvalidOperationException($"The policy returned a chunk of {shortest} actions, but {executed} are to be executed.");
    }

    internal static void RequireFit(IPolicy policy, IEnvironment environment)
    {
        List<string> faults = [];
        foreach (FeatureSpec feature in policy.Observations)
        {
            if (!environment.Observations.Contains(feature.Name))
                faults.Add($"it must see '{feature.Name}', which the environment does not observe (it has: {environment.Observations.Names})");
            else if (!environment.Observations[feature.Name].Equals(feature))
                faults.Add($"it must see {feature}, but the environment observes {environment.Observations[feature.Name]}");
        }

        if (policy.Actions.Dimension != environment.Actions.Dimension)
            faults.Add($"its actions ('{policy.Actions.Name}') have {policy.Actions.Dimension} values, the environment's ('{environment.Actions.Name}') {environment.Actions.Dimension}");
        if (faults.Count > 0)
            throw new ArgumentException($"The policy does not fit the environment: {string.Join("; ", faults)}. Evaluate it where its data came from.", nameof(policy));
    }
}
