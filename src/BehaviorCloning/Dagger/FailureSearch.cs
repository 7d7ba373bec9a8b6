using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;

namespace BehaviorCloning.Dagger;

/// <summary>
/// Batch DAgger's way to collect: play the learner, find where it fails, and start the round's episodes there instead of where the task
/// starts. With <see cref="BetaSchedule.Constant"/> of 1 the expert demonstrates from there; with less the learner tries again.
/// </summary>
public sealed record FailureSearch
{
    /// <summary>
    /// Episodes that the learner plays before round 1; before every further round as many with the seeds that follow. A round's search is new to the policy:
    /// where it failed before, it was shown since. Keep all of them clear of those of tests and validation.
    /// </summary>
    public required SeedRange Seeds { get; init; }

    /// <summary>How many steps before the end of a failed episode count as its failure: demonstrations start in them. Default 10.</summary>
    public int StepsBefore { get; init; } = 10;

    /// <summary>Regions at most. Default 5.</summary>
    public int Regions { get; init; } = 5;

    /// <summary>Float features in which regions are found, or empty (default) for all.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Every fault of these options, none if they are sound.</summary>
    /// <param name="environment">What is played.</param>
    public IEnumerable<string> Problems(IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment is not IStateResettable)
            yield return $"{environment.GetType().Name} cannot start an episode in a given state (it is no {nameof(IStateResettable)}), so demonstrations cannot start where the learner fails. Leave out the search: DAgger without it labels what the learner visits.";
        if (Seeds.Count < 1) yield return "The search needs at least one seed to play.";
        if (StepsBefore < 1) yield return $"StepsBefore {StepsBefore} must be at least 1.";
        if (Regions < 1) yield return $"Regions {Regions} must be at least 1.";
        foreach (string name in Features.Where(name => !environment.Observations.Contains(name) || environment.Observations[name].Element != FeatureElement.Float32))
            yield return $"Features names '{name}', which is no float feature of the environment ({environment.Observations}).";
    }

    /// <summary>The episodes that are played before a round.</summary>
    /// <param name="round">From 1.</param>
    internal SeedRange SeedsOf(int round) => Seeds with { Start = Seeds.Start + ((round - 1L) * Seeds.Count) };

    /// <summary>Plays the learner and finds its failures.</summary>
    /// <param name="createEnvironment">What is played.</param>
    /// <param name="learner">Who plays.</param>
    /// <param name="seeds">The episodes that are played.</param>
    /// <param name="demonstrations">What it learned from.</param>
    /// <param name="seed">Of the learner's noise and of the clusters.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <returns>The regions, and states to start from. Both empty where it never failed.</returns>
    internal (IReadOnlyList<FailureRegion> Regions, IReadOnlyList<Observation> Starts) Find(
        Func<IEnvironment> createEnvironment, LearnedPolicy learner, SeedRange seeds, IEpisodeSource demonstrations, long seed, CancellationToken cancellationToken)
    {
        learner.Seed = (long)RandomStreams.SeedOf(seed, "failure search");
        var runner = new RolloutRunner(createEnvironment, new RolloutOptions { Seeds = seeds, TrajectoriesKept = seeds.Count });
        Observation[] before =
        [
            .. runner.Run(learner, cancellationToken: cancellationToken).Where(episode => !episode.Success)
                .SelectMany(episode => episode.Trajectory!.Observations.Take(episode.Steps).TakeLast(StepsBefore)),
        ];
        if (before.Length == 0) return ([], []);
        string[] names = Features.Count > 0 ? [.. Features] : [.. learner.Observations.Where(f => f.Element == FeatureElement.Float32).Select(f => f.Name)];
        List<float[]> shown = [];
        for (int e = 0; e < demonstrations.EpisodeCount; e++)
        {
            Episode episode = demonstrations.ReadEpisode(e);
            for (int t = 0; t < episode.Length; t++)
                shown.Add([.. names.SelectMany(name => episode.Feature(name).Slice(t * learner.Observations[name].Size, learner.Observations[name].Size).ToArray())]);
        }

        FailureRegions found = FailureRegions.Find([.. before.Select(o => names.SelectMany(name => o[name].ToArray()).ToArray())], shown, Regions, seed);
        return (found.Regions, Starts(before, found, new RandomStream(RandomStreams.SeedOf(seed, "starts"))));
    }

    // A region is drawn by its failures, less often where demonstrations of it are there already. Not by its ratio alone: that has no bound, and one state far off would get nearly all starts.
    internal static Observation[] Starts(IReadOnlyList<Observation> before, FailureRegions found, RandomStream random)
    {
        double[] weights = [.. found.Regions.Select(region => region.Failures * region.Ratio / (1 + region.Ratio))];
        int[][] members = [.. found.Regions.Select((_, region) => Enumerable.Range(0, before.Count).Where(i => found.RegionOf(i) == region).ToArray())];
        return [.. Enumerable.Range(0, before.Count).Select(_ =>
        {
            double left = random.NextUniform() * weights.Sum();
            int region = 0;
            while (region < weights.Length - 1 && (left -= weights[region]) > 0) region++;
            return before[members[region][(int)random.NextInteger(members[region].Length)]];
        })];
    }
}
