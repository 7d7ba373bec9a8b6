using BehaviorCloning.Policies;

namespace BehaviorCloning.Training;

/// <summary>Why a training ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All steps were taken.</summary>
    Finished,

    /// <summary>Validation no longer improved.</summary>
    StoppedEarly,

    /// <summary>It was canceled; with a run folder it can be resumed.</summary>
    Canceled,
}

/// <summary>A policy on disk.</summary>
/// <param name="Step">Optimizer steps it was trained for.</param>
/// <param name="Folder">What <c>LearnedPolicy.Load</c> reads.</param>
/// <param name="IsCheckpoint">Whether it was saved with a checkpoint of the run, not for its validation loss alone.</param>
public sealed record SavedPolicy(long Step, string Folder, bool IsCheckpoint)
{
    /// <summary>Its validation loss, or null where it was not validated.</summary>
    public double? ValidationLoss { get; init; }
}

/// <summary>A validation.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Loss">Validation loss of the averaged weights.</param>
public sealed record ValidationPoint(long Step, double Loss);

/// <summary>What a training led to.</summary>
public sealed record TrainingResult
{
    /// <summary>The policy with the averaged weights of the last step, in evaluation mode: the one given to <c>Train</c>, or a new one after <c>Resume</c> that the caller disposes.</summary>
    public required LearnedPolicy Policy { get; init; }

    /// <summary>Why it ended.</summary>
    public required TrainingOutcome Outcome { get; init; }

    /// <summary>Optimizer steps taken, those before a resume included.</summary>
    public required long Steps { get; init; }

    /// <summary>Mean training loss of the last report, or NaN where no step was taken.</summary>
    public required double FinalLoss { get; init; }

    /// <summary>The lowest validation loss and its step, or null where there was no validation.</summary>
    public ValidationPoint? BestValidation { get; init; }

    /// <summary>The reports of this call.</summary>
    public required IReadOnlyList<TrainingProgress> Reports { get; init; }

    /// <summary>The validations of this call.</summary>
    public required IReadOnlyList<ValidationPoint> Validations { get; init; }

    /// <summary>The policies kept in the run folder, oldest first.</summary>
    public required IReadOnlyList<SavedPolicy> Policies { get; init; }

    /// <summary>Time in training, that of earlier parts of a resumed run included.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Windows trained on a second, in this call, validation and checkpoints included.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>The kept policy of the lowest validation loss, or null.</summary>
    public SavedPolicy? BestPolicy => Policies.Where(policy => policy.ValidationLoss is not null).MinBy(policy => policy.ValidationLoss);
}
