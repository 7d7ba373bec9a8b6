namespace BehaviorCloning.Training;

/// <summary>A loss or gradient stopped being finite. Checkpoints written before are intact.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Says where and what.</summary>
    public TrainingDivergedException(long step, string what, double value, string? lastCheckpoint)
        : base($"Training diverged at step {step}: the {what} is {value}. "
            + (lastCheckpoint is null ? "There is no checkpoint. " : $"The last sound checkpoint is intact: {lastCheckpoint}. ")
            + "Lower the learning rate, lengthen the warm-up, clip the gradient harder, or look for outliers in the data.")
    {
        Step = step;
        What = what;
    }

    /// <summary>Optimizer steps taken before.</summary>
    public long Step { get; }

    /// <summary>What was not finite: "loss", "gradient norm", "weights", "validation loss".</summary>
    public string What { get; }
}
