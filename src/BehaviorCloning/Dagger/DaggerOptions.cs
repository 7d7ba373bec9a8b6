using BehaviorCloning.Datasets;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Dagger;

/// <summary>What a <see cref="DaggerLoop"/> does.</summary>
public sealed record DaggerOptions
{
    /// <summary>The learner: any head, any encoder.</summary>
    public required PolicyConfig Policy { get; init; }

    /// <summary>How it is trained in every round.</summary>
    public required TrainerConfig Training { get; init; }

    /// <summary>Rounds, that of the first demonstrations (round 0) included. Default 10.</summary>
    public int Rounds { get; init; } = 10;

    /// <summary>Episodes that a round plays at most. Default 10.</summary>
    public int EpisodesPerRound { get; init; } = 10;

    /// <summary>Labels after which a round ends, its last episode cut short, so that methods can be compared at equal labels. Default null: no limit.</summary>
    public int? LabelsPerRound { get; init; }

    /// <summary>How often the expert drives. Default: only in round 0.</summary>
    public BetaSchedule Beta { get; init; } = BetaSchedule.FirstRoundOnly;

    /// <summary>
    /// Control steps for which whoever drives goes on driving. Default null: a step where the policy predicts one action, else its prediction
    /// horizon, because a chunk can be learned only as far as the expert drove (<see cref="WindowIndex.LearnedActions"/>).
    /// </summary>
    public int? Stretch { get; init; }

    /// <summary>
    /// Whether the expert labels every step with as much of its plan as a chunk holds, instead of one action, so that a chunk can be learned wherever the learner drove. It must
    /// be an <see cref="IPlanningExpert"/>. Default false.
    /// </summary>
    public bool LabelsPlans { get; init; }

    /// <summary>Whether a round goes on from the last round's weights, and its normalizers, instead of from scratch. Default false: every policy is what its data alone would give.</summary>
    public bool WarmStart { get; init; }

    /// <summary>
    /// Folder of a trained policy that is round 0's, instead of one that is trained on the demonstrations; where it samples, it does so as <see cref="Policy"/> says.
    /// Default null. Needs demonstrations.
    /// </summary>
    public string? Start { get; init; }

    /// <summary>What all data passes before a training, such as <see cref="SymmetricEpisodes"/> for mirror images. Default null: nothing.</summary>
    public Func<IEpisodeSource, IEpisodeSource>? Augmentation { get; init; }

    /// <summary>Seed of the first episode that is played; every further one has the next. Keep clear of those of tests and validation. Default 0.</summary>
    public long FirstSeed { get; init; }

    /// <summary>Episodes by which each round's policy is judged; the best by mean score, then by success, is picked. Default none: the last is picked.</summary>
    public IReadOnlyList<long> ValidationSeeds { get; init; } = [];

    /// <summary>Of initial weights, of who drives, and of the learner's noise. Data order is the trainer's. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Batch DAgger: where the episodes of every round but round 0 start. Default null: where the task starts.</summary>
    public FailureSearch? Search { get; init; }

    /// <summary>How long the expert is waited for.</summary>
    public LabelingOptions Labeling { get; init; } = new();

    /// <summary>Episodes played at the same time, each with its own environment and expert. Changes nothing but the time. Default: the processors there are.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    /// <param name="hasDemonstrations">Whether the loop is given demonstrations for round 0.</param>
    public IEnumerable<string> Problems(bool hasDemonstrations)
    {
        if (Rounds < 1) yield return $"Rounds {Rounds} must be at least 1.";
        if (EpisodesPerRound < 1) yield return $"EpisodesPerRound {EpisodesPerRound} must be at least 1.";
        if (LabelsPerRound < 1) yield return $"LabelsPerRound {LabelsPerRound} must be at least 1; null sets no limit.";
        if (Stretch < 1) yield return $"Stretch {Stretch} must be at least 1; null is the prediction horizon.";
        if (Start is not null && !hasDemonstrations) yield return $"Start '{Start}' is the policy of the demonstrations, but there are none: give them too.";
        if (Parallelism < 1) yield return $"Parallelism {Parallelism} must be at least 1.";
        if (ValidationSeeds.Distinct().Count() != ValidationSeeds.Count) yield return "ValidationSeeds holds a seed twice.";
        long end = FirstSeed + ((long)Rounds * EpisodesPerRound);
        if (ValidationSeeds.Any(seed => seed >= FirstSeed && seed < end))
            yield return $"ValidationSeeds overlap the seeds of the rollouts ({FirstSeed} to {end - 1}): a policy would be judged on episodes it learned from.";
        for (int round = 1; Search is { Seeds.Count: > 0 } && round < Rounds; round++)
        {
            SeedRange searched = Search.SeedsOf(round);
            if (!ValidationSeeds.Any(searched.Contains)) continue;
            yield return $"ValidationSeeds overlap the seeds of the failure search before round {round} ({searched}): a policy would be judged on episodes it was corrected in.";
            break;
        }

        bool expertDrivesLater = Rounds <= 1;
        for (int round = 0; round < Rounds; round++)
        {
            string? fault = null;
            try
            {
                double beta = Beta.At(round);
                expertDrivesLater |= round > 0 && beta > 0;
                if (beta < 1 && round == 0 && !hasDemonstrations)
                    fault = $"Beta is {beta} in round 0, but there is no learner yet to drive the other steps: begin with 1, or give demonstrations.";
            }
            catch (InvalidOperationException e)
            {
                fault = e.Message;
                expertDrivesLater |= round > 0; // Not known: the schedule is at fault.
            }

            if (fault is not null) yield return fault;
        }

        if (Policy.Horizons.Execution > 1 && !expertDrivesLater && !LabelsPlans)
            yield return $"The learner executes {Policy.Horizons.Execution} actions of a chunk and drives every step of every round, but behind a step that it drove there is no label for where its chunk leads: only first actions would be learned. Let the expert drive stretches too (Beta = BetaSchedule.FirstRoundThen(0.5)), execute one action (Horizons.Execution = 1), or label plans (LabelsPlans).";

        foreach (string problem in Labeling.Problems()) yield return problem;
        foreach (string problem in Training.Problems()) yield return problem;
    }

    internal int StretchInUse => Stretch ?? Policy.Horizons.Prediction;

    private const string Betas = "betas ";

    // What of a loop's old fingerprint contradicts these options.
    internal static IEnumerable<(string Old, string Now)> Differences(string old, string now)
    {
        string[] olds = old.Split('\n'), nows = now.Split('\n');
        for (int i = 0; i < Math.Max(olds.Length, nows.Length); i++)
        {
            (string was, string @is) = (olds.ElementAtOrDefault(i) ?? "nothing", nows.ElementAtOrDefault(i) ?? "nothing");
            bool longer = was.StartsWith(Betas, StringComparison.Ordinal) && (was.StartsWith(@is, StringComparison.Ordinal) || @is.StartsWith(was, StringComparison.Ordinal));
            if (was != @is && !longer) yield return (was, @is);
        }
    }

    // Actions that are asked for at every step.
    internal int PlanSteps => LabelsPlans ? Policy.Horizons.Prediction : 1;

    // What a resumed loop must have in common with the one it goes on with. How fast it goes does not matter, nor how far: of the betas one may be the other's beginning.
    internal string Fingerprint(IEpisodeSource? demonstrations) => string.Join('\n', (string[])
    [
        ConfigJson.Write(Policy),
        ConfigJson.Write(Training),
        $"episodes {EpisodesPerRound}, labels {LabelsPerRound?.ToString() ?? "unlimited"}, warm start {WarmStart}, plans {LabelsPlans}, stretch {StretchInUse}, first seed {FirstSeed}, seed {Seed}",
        $"{Betas}{string.Concat(Enumerable.Range(0, Rounds).Select(round => FormattableString.Invariant($"{Beta.At(round):R} ")))}",
        $"validation {string.Join(' ', ValidationSeeds)}",
        $"start {Start ?? "from scratch"}, augmentation {Augmentation is not null}",
        Search is null ? "no search" : $"search {Search.Seeds}, {Search.StepsBefore} steps before, {Search.Regions} regions, {string.Join(' ', Search.Features)}",
        demonstrations is null ? "no demonstrations" : $"demonstrations {demonstrations.EpisodeCount}: {string.Join(' ', Enumerable.Range(0, demonstrations.EpisodeCount).Select(demonstrations.EpisodeLength))}",
    ]);
}
