using System.Globalization;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Dagger;

/// <summary>
/// DAgger (Ross, Gordon and Bagnell 2011): the learner drives, the expert says what it should have done, and the learner trains on all of
/// it, round after round. It learns in the states it gets itself into, so that its cost grows with the length of an episode and not
/// with its square.
/// </summary>
/// <remarks>
/// The loop's folder holds
/// <code>
/// rounds/round-000/     the round's episodes, an EpisodeStore, each durable when it is finished
/// training/round-000/   the training run, for Trainer.Resume
/// policies/round-000/   the round's policy, for LearnedPolicy.Load
/// state/                what is done, replaced as a whole
/// </code>
/// A loop that was killed goes on where it was when it is run again: in the middle of a round, of a training, of a validation. On the same
/// machine and with an expert that answers alike it ends with the same policy bit for bit. With a
/// <see cref="DaggerOptions.Search"/> it is batch DAgger.
/// </remarks>
public sealed class DaggerLoop
{
    private readonly string folder;
    private readonly Func<IEnvironment> createEnvironment;
    private readonly RoundCollector collector;
    private readonly DaggerOptions options;
    private readonly IEpisodeSource? demonstrations;
    private readonly Accelerator? accelerator;
    private DaggerState state;

    /// <summary>Prepares a loop, or to go on with one.</summary>
    /// <param name="folder">Where it keeps its data.</param>
    /// <param name="createEnvironment">Makes an environment; disposed afterwards.</param>
    /// <param name="createExpert">Makes the expert of an episode from its seed; disposed afterwards where it can be.</param>
    /// <param name="options">What it does.</param>
    /// <param name="demonstrations">Round 0's data, if there are demonstrations already. Null: in round 0 the expert drives.</param>
    /// <param name="accelerator">Where the learner computes; null for the best there is.</param>
    /// <exception cref="ArgumentException">The options are at fault, or the folder holds a loop with others; the message lists every fault.</exception>
    public DaggerLoop(
        string folder, Func<IEnvironment> createEnvironment, Func<long, IExpert> createExpert, DaggerOptions options,
        IEpisodeSource? demonstrations = null, Accelerator? accelerator = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(createEnvironment);
        ArgumentNullException.ThrowIfNull(createExpert);
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. options.Problems(demonstrations is not null), .. Mismatches(createEnvironment, createExpert, options, demonstrations)];
        if (problems.Length > 0) throw new ArgumentException($"The loop has {problems.Length} fault(s): {string.Join(" ", problems)}", nameof(options));
        this.folder = folder;
        this.createEnvironment = createEnvironment;
        this.options = options;
        this.demonstrations = demonstrations;
        this.accelerator = accelerator;
        collector = new RoundCollector(createEnvironment, createExpert, options);
        state = ReadState(options.Fingerprint(demonstrations));
    }

    /// <summary>Rounds that are done.</summary>
    public IReadOnlyList<DaggerRound> Rounds => state.Rounds;

    /// <summary>The policy of a round that is done.</summary>
    public string PolicyFolder(int round) => Folder("policies", round);

    /// <summary>The data of a round, or null for a round 0 of demonstrations.</summary>
    public string? DataFolder(int round) => round == 0 && demonstrations is not null ? null : Folder("rounds", round);

    /// <summary>Plays, labels and trains all rounds that are not done yet.</summary>
    /// <param name="progress">Told after every round.</param>
    /// <param name="cancellationToken">Stops between steps; what is done stays.</param>
    /// <exception cref="LabelingFailedException">The expert fails again and again, or a round is empty. What was labeled is stored.</exception>
    public DaggerResult Run(IProgress<DaggerRound>? progress = null, CancellationToken cancellationToken = default)
    {
        for (int round = state.Rounds.Count; round < options.Rounds; round++)
        {
            Collect(round, cancellationToken);
            List<EpisodeStore> stores = [];
            try
            {
                IEpisodeSource data = Aggregate(round, stores);
                using LearnedPolicy policy = Train(round, data, cancellationToken);
                DaggerRound done = Judge(policy, Describe(round, stores), cancellationToken);
                Write(state with { Rounds = [.. state.Rounds, done] });
                progress?.Report(done);
            }
            finally
            {
                stores.ForEach(store => store.Dispose());
            }
        }

        DaggerRound best = options.ValidationSeeds.Count == 0 ? state.Rounds[^1] : state.Rounds.OrderByDescending(r => r.Score).ThenByDescending(r => r.Solved).ThenBy(r => r.Round).First();
        return new DaggerResult(state.Rounds, best, PolicyFolder(best.Round));
    }

    private void Collect(int round, CancellationToken cancellationToken)
    {
        if (state.Collected > round) return;
        int broken = 0;
        IReadOnlyList<FailureRegion>? regions = null;
        if (DataFolder(round) is { } data)
        {
            bool searches = options.Search is not null && round > 0;
            using LearnedPolicy? learner = searches || options.Beta.At(round) < 1 ? LearnedPolicy.Load(PolicyFolder(round - 1), accelerator) : null;
            IReadOnlyList<Observation> starts = [];
            if (searches) (regions, starts) = FindFailures(round, learner!, cancellationToken);
            broken = collector.Collect(round, data, learner, starts, cancellationToken);
        }

        Write(state with { Collected = round + 1, BrokenOff = broken, Regions = regions });
    }

    private (IReadOnlyList<FailureRegion> Regions, IReadOnlyList<Observation> Starts) FindFailures(int round, LearnedPolicy learner, CancellationToken cancellationToken)
    {
        List<EpisodeStore> stores = [];
        try
        {
            return options.Search!.Find(createEnvironment, learner, options.Search.SeedsOf(round), Aggregate(round - 1, stores), (long)RandomStreams.SeedOf(options.Seed, $"search {round}"), cancellationToken);
        }
        finally
        {
            stores.ForEach(store => store.Dispose());
        }
    }

    private IEpisodeSource Aggregate(int round, List<EpisodeStore> stores)
    {
        for (int r = 0; r <= round; r++)
        {
            if (DataFolder(r) is { } data) stores.Add(EpisodeStore.Open(data));
        }

        return demonstrations is null ? new ConcatenatedEpisodes([.. stores]) : stores.Count == 0 ? demonstrations : new ConcatenatedEpisodes([demonstrations, .. stores]);
    }

    private LearnedPolicy Train(int round, IEpisodeSource data, CancellationToken cancellationToken)
    {
        string target = PolicyFolder(round), run = Folder("training", round);
        if (AtomicFolder.Find(target) is null && round == 0 && options.Start is { } start)
        {
            using LearnedPolicy given = LearnedPolicy.Load(start, accelerator, _ => options.Policy);
            given.Save(target);
        }
        else if (AtomicFolder.Find(target) is null)
        {
            data = options.Augmentation?.Invoke(data) ?? data;
            LearnedPolicy? made = null;
            TrainingResult? result = null;
            try
            {
                if (RunCheckpoint.Exists(run))
                {
                    result = Trainer.Resume(run, data, accelerator: accelerator, cancellationToken: cancellationToken);
                }
                else
                {
                    // What a run left that was killed before its first checkpoint is of no use.
                    if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
                    made = options.WarmStart && round > 0 ? LearnedPolicy.Load(PolicyFolder(round - 1), accelerator) : LearnedPolicy.Create(options.Policy, data, options.Seed, accelerator);
                    result = Trainer.Train(made, data, options.Training, runFolder: run, cancellationToken: cancellationToken);
                }

                if (result.Outcome == TrainingOutcome.Canceled) throw new OperationCanceledException(cancellationToken);
                result.Policy.Save(target);
            }
            finally
            {
                (result?.Policy ?? made)?.Dispose();
            }
        }

        return LearnedPolicy.Load(target, accelerator);
    }

    private DaggerRound Describe(int round, List<EpisodeStore> stores)
    {
        IEpisodeSource own = DataFolder(round) is null ? demonstrations! : stores[^1];
        (int labels, int byExpert) = RoundStore.Count(own);
        return new DaggerRound
        {
            Round = round,
            Beta = DataFolder(round) is null ? 1 : options.Beta.At(round),
            Episodes = own.EpisodeCount,
            Labels = labels,
            ExpertSteps = DataFolder(round) is null ? labels : byExpert,
            BrokenOff = state.BrokenOff,
            Regions = state.Regions,
            TotalLabels = labels + (state.Rounds.Count == 0 ? 0 : state.Rounds[^1].TotalLabels),
        };
    }

    private DaggerRound Judge(LearnedPolicy policy, DaggerRound round, CancellationToken cancellationToken)
    {
        if (options.ValidationSeeds.Count == 0) return round;
        policy.Seed = (long)RandomStreams.SeedOf(options.Seed, "validation");
        var runner = new RolloutRunner(createEnvironment, new RolloutOptions { Seeds = options.ValidationSeeds, Parallelism = options.Parallelism });
        IReadOnlyList<RolloutResult> played = runner.Run(policy, cancellationToken: cancellationToken);
        return round with { Score = played.Average(episode => episode.Score), Solved = played.Count(episode => episode.Success) };
    }

    private static IEnumerable<string> Mismatches(Func<IEnvironment> createEnvironment, Func<long, IExpert> createExpert, DaggerOptions options, IEpisodeSource? demonstrations)
    {
        using IEnvironment environment = createEnvironment();
        foreach (string problem in options.Policy.Problems(environment.Observations, environment.Actions)) yield return problem;
        foreach (string problem in options.Search?.Problems(environment) ?? []) yield return problem;
        if (options.LabelsPlans)
        {
            IExpert expert = createExpert(options.FirstSeed);
            if (expert is not IPlanningExpert) yield return $"LabelsPlans is set, but {expert.GetType().Name} knows its next action only (it is no {nameof(IPlanningExpert)}).";
            (expert as IDisposable)?.Dispose();
        }

        if (demonstrations is null) yield break;
        if (demonstrations.EpisodeCount == 0) yield return "There are no demonstrations: give at least one, or none at all.";
        if (!demonstrations.Observations.Equals(environment.Observations)) yield return $"The demonstrations observe {demonstrations.Observations}, the environment {environment.Observations}.";
        if (!demonstrations.Actions.Equals(environment.Actions)) yield return $"The demonstrations' actions ('{demonstrations.Actions.Name}', {demonstrations.Actions.Dimension} values) are not the environment's ('{environment.Actions.Name}', {environment.Actions.Dimension} values), or limits or names differ.";
    }

    private string Folder(string kind, int round) => Path.Combine(folder, kind, string.Create(CultureInfo.InvariantCulture, $"round-{round:000}"));

    private DaggerState ReadState(string settings)
    {
        if (AtomicFolder.Find(Path.Combine(folder, "state")) is not { } found) return new DaggerState { Settings = settings };
        string path = Path.Combine(found, "dagger.json");
        DaggerState read;
        try
        {
            read = ConfigJson.Read<DaggerState>(File.ReadAllText(path));
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"'{path}' does not describe a loop. {e.Message}", e);
        }

        if (read.FormatVersion != 1) throw new InvalidDataException($"'{path}' has format version {read.FormatVersion}; this library reads version 1.");
        (string Old, string Now)[] differences = [.. DaggerOptions.Differences(read.Settings, settings)];
        if (differences.Length == 0) return read with { Settings = settings };
        throw new ArgumentException($"'{folder}' holds a loop with other options: {string.Join("; ", differences.Select(line => $"it had '{line.Old.Trim()}', asked for is '{line.Now.Trim()}'"))}. Go on with the same, or choose another folder.", nameof(settings));
    }

    private void Write(DaggerState next)
    {
        AtomicFolder.Replace(Path.Combine(folder, "state"), fresh =>
        {
            using var stream = new FileStream(Path.Combine(fresh, "dagger.json"), FileMode.CreateNew, FileAccess.Write);
            stream.Write(System.Text.Encoding.UTF8.GetBytes(ConfigJson.Write(next)));
            stream.Flush(flushToDisk: true);
        });
        state = next;
    }
}
