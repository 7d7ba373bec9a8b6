namespace BehaviorCloning.Training;

/// <summary>How a policy is trained.</summary>
public sealed record TrainerConfig
{
    /// <summary>Optimizer steps. Default 15,000.</summary>
    public long Steps { get; init; } = 15_000;

    /// <summary>Passes over all windows, in place of <see cref="Steps"/>. Default none.</summary>
    public double? Epochs { get; init; }

    /// <summary>Windows a forward pass. Default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Forward and backward passes an optimizer step, whose gradients are averaged. Default 1.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>The highest learning rate. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the mean gradient. Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean squared gradient. Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>AdamW's epsilon. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay. Default 1e-4.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Whether only parameters of two or more dimensions decay: weights, but no biases, norms or single vectors. Default false: all decay.</summary>
    public bool DecayMatricesOnly { get; init; }

    /// <summary>Multiplies the learning rate of the observation encoder; below 1 for a pretrained one. Default 1.</summary>
    public double EncoderLearningRateScale { get; init; } = 1;

    /// <summary>Steps over which the learning rate rises. Default 300.</summary>
    public long WarmupSteps { get; init; } = 300;

    /// <summary>What the cosine falls to, as a share of <see cref="LearningRate"/>; 1 keeps it constant. Default 0.01.</summary>
    public double FinalLearningRateFraction { get; init; } = 0.01;

    /// <summary>The gradient's norm is cut to this. Default 1; 0: never.</summary>
    public double MaximumGradientNorm { get; init; } = 1;

    /// <summary>The moving average of the weights. Default: <see cref="WarmupEmaConfig"/>.</summary>
    public EmaConfig Ema { get; init; } = new WarmupEmaConfig();

    /// <summary>Steps between validations, where there is validation data. Default 1000.</summary>
    public long ValidationInterval { get; init; } = 1000;

    /// <summary>How many validation windows, spread evenly, a validation looks at. Default 4096.</summary>
    public int ValidationWindows { get; init; } = 4096;

    /// <summary>Training ends after this many validations in a row without a better one. Default null: never.</summary>
    public int? Patience { get; init; }

    /// <summary>Steps between checkpoints of the run, where there is a run folder. Default 1000.</summary>
    public long CheckpointInterval { get; init; } = 1000;

    /// <summary>How many policies of the lowest validation loss are kept. Default 3.</summary>
    public int KeepBest { get; init; } = 3;

    /// <summary>How many of the newest policies that were saved with a checkpoint are kept. Default 1.</summary>
    public int KeepNewest { get; init; } = 1;

    /// <summary>Steps between log entries. Default 100.</summary>
    public int LogInterval { get; init; } = 100;

    /// <summary>Batches made ahead. Default 3.</summary>
    public int PrefetchDepth { get; init; } = 3;

    /// <summary>What data order, noise and dropout are derived from. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>The optimizer steps of a run over a number of windows.</summary>
    public long TotalSteps(long windows) =>
        Epochs is { } epochs ? Math.Max(1, (long)Math.Ceiling(epochs * windows / ((double)BatchSize * Accumulation))) : Steps;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Steps < 1) yield return $"Steps {Steps} must be at least 1.";
        if (Epochs is { } epochs && !(epochs > 0 && double.IsFinite(epochs))) yield return $"Epochs {epochs} must be positive; leave it out to train for {nameof(Steps)}.";
        if (BatchSize < 1) yield return $"Batch size {BatchSize} must be at least 1.";
        if (Accumulation < 1) yield return $"Accumulation {Accumulation} must be at least 1; 1 takes a step after every batch.";
        if (!(LearningRate > 0 && double.IsFinite(LearningRate))) yield return $"Learning rate {LearningRate} must be positive; 1e-3 to 1e-4 is usual.";
        if (!(Beta1 >= 0 && Beta1 < 1)) yield return $"Beta1 {Beta1} must be at least 0 and below 1; 0.9 is usual.";
        if (!(Beta2 >= 0 && Beta2 < 1)) yield return $"Beta2 {Beta2} must be at least 0 and below 1; 0.95 to 0.999 is usual.";
        if (!(Epsilon > 0)) yield return $"Epsilon {Epsilon} must be positive; 1e-8 is usual.";
        if (!(WeightDecay >= 0 && double.IsFinite(WeightDecay))) yield return $"Weight decay {WeightDecay} must not be negative.";
        if (!(EncoderLearningRateScale >= 0 && double.IsFinite(EncoderLearningRateScale))) yield return $"Encoder learning-rate scale {EncoderLearningRateScale} must not be negative.";
        if (WarmupSteps < 0) yield return $"Warm-up steps {WarmupSteps} must not be negative; 0 is none.";
        if (Epochs is null && WarmupSteps >= Steps) yield return $"Warm-up takes {WarmupSteps} of {Steps} steps: the learning rate would never reach its height. Shorten the warm-up or train longer.";
        if (!(FinalLearningRateFraction >= 0 && FinalLearningRateFraction <= 1)) yield return $"Final learning-rate fraction {FinalLearningRateFraction} must be between 0 and 1.";
        if (!(MaximumGradientNorm >= 0 && double.IsFinite(MaximumGradientNorm))) yield return $"Maximum gradient norm {MaximumGradientNorm} must not be negative; 0 is no clipping.";
        if (ValidationInterval < 1) yield return $"Validation interval {ValidationInterval} must be at least 1.";
        if (ValidationWindows < 1) yield return $"Validation windows {ValidationWindows} must be at least 1.";
        if (Patience is < 1) yield return $"Patience {Patience} must be at least 1; leave it null to train to the end.";
        if (CheckpointInterval < 1) yield return $"Checkpoint interval {CheckpointInterval} must be at least 1.";
        if (KeepBest < 0) yield return $"Keep-best {KeepBest} must not be negative.";
        if (KeepNewest < 1) yield return $"Keep-newest {KeepNewest} must be at least 1.";
        if (LogInterval < 1) yield return $"Log interval {LogInterval} must be at least 1.";
        if (PrefetchDepth < 1) yield return $"Prefetch depth {PrefetchDepth} must be at least 1.";
        foreach (string problem in Ema.Problems()) yield return problem;
    }

    /// <summary>Throws if anything is wrong.</summary>
    /// <exception cref="ArgumentException">The message lists every fault.</exception>
    public void Require()
    {
        string[] problems = [.. Problems()];
        if (problems.Length > 0) throw new ArgumentException($"The training configuration has {problems.Length} fault(s): {string.Join(" ", problems)}");
    }
}
