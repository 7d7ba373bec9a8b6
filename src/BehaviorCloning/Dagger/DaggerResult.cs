using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Dagger;

/// <summary>What a round came to.</summary>
public sealed record DaggerRound
{
    /// <summary>From 0, the round of the first demonstrations.</summary>
    public required int Round { get; init; }

    /// <summary>Probability with which the expert drove a step.</summary>
    public required double Beta { get; init; }

    /// <summary>Episodes with at least one label.</summary>
    public required int Episodes { get; init; }

    /// <summary>Labels of this round: its steps.</summary>
    public required int Labels { get; init; }

    /// <summary>Steps of this round that the expert drove.</summary>
    public required int ExpertSteps { get; init; }

    /// <summary>Episodes that the expert broke off.</summary>
    public required int BrokenOff { get; init; }

    /// <summary>Labels of this and all earlier rounds: what the round's policy was trained on.</summary>
    public required int TotalLabels { get; init; }

    /// <summary>Mean score on the validation seeds, or null without any.</summary>
    public double? Score { get; init; }

    /// <summary>Validation episodes that were solved, or null without any.</summary>
    public int? Solved { get; init; }

    /// <summary>Where the learner of the round before failed, the worst first, where the round's episodes started; null without a search.</summary>
    public IReadOnlyList<FailureRegion>? Regions { get; init; }

    /// <summary>Share of the steps that the expert drove, with its interval: holds beta in 95 of 100 rounds.</summary>
    public WilsonInterval ExpertShare() => new(ExpertSteps, Labels);
}

/// <summary>What a loop came to.</summary>
/// <param name="Rounds">Every round.</param>
/// <param name="Best">The round whose policy was picked.</param>
/// <param name="PolicyFolder">Where that policy is, for <c>LearnedPolicy.Load</c>.</param>
public sealed record DaggerResult(IReadOnlyList<DaggerRound> Rounds, DaggerRound Best, string PolicyFolder);

/// <summary>What is kept of a loop on disk, beside its episodes and policies.</summary>
internal sealed record DaggerState
{
    /// <summary>Raised when an older library could not read what a newer one writes.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>What the loop was asked to do.</summary>
    public required string Settings { get; init; }

    /// <summary>Rounds that are done.</summary>
    public IReadOnlyList<DaggerRound> Rounds { get; init; } = [];

    /// <summary>Rounds whose data is complete: as many as are done, or one more.</summary>
    public int Collected { get; init; }

    /// <summary>Where the episodes of the newest collected round started.</summary>
    public IReadOnlyList<FailureRegion>? Regions { get; init; }

    /// <summary>Episodes of the newest collected round that the expert broke off.</summary>
    public int BrokenOff { get; init; }
}

/// <summary>Labels could not be had. Everything labeled before is stored; the same loop goes on from there.</summary>
public sealed class LabelingFailedException : Exception
{
    /// <summary>Says which round, and why.</summary>
    public LabelingFailedException(string message)
        : base(message)
    {
    }
}
