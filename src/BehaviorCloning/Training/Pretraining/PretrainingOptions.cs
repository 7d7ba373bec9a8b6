namespace BehaviorCloning.Training;

/// <summary>How a network is learned on frames.</summary>
public sealed record PretrainingOptions
{
    /// <summary>Optimizer steps. Default 5000.</summary>
    public int Steps { get; init; } = 5000;

    /// <summary>Frames a step. Default 16: on a CPU, many small steps get farther than few large ones.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The highest learning rate; it rises over the first steps and falls as a cosine to 0. Default 0.001.</summary>
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Steps over which the learning rate rises. Default 100.</summary>
    public int WarmupSteps { get; init; } = 100;

    /// <summary>AdamW's weight decay. Default 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The gradient's norm is cut to this. Default 1.</summary>
    public double MaximumGradientNorm { get; init; } = 1;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Steps < 1) yield return $"{nameof(Steps)} {Steps} must be at least 1.";
        if (BatchSize < 1) yield return $"{nameof(BatchSize)} {BatchSize} must be at least 1.";
        if (!(LearningRate > 0 && double.IsFinite(LearningRate))) yield return $"{nameof(LearningRate)} {LearningRate} must be positive.";
        if (WarmupSteps < 0) yield return $"{nameof(WarmupSteps)} {WarmupSteps} must not be negative.";
        if (!(WeightDecay >= 0 && double.IsFinite(WeightDecay))) yield return $"{nameof(WeightDecay)} {WeightDecay} must not be negative.";
        if (!(MaximumGradientNorm > 0)) yield return $"{nameof(MaximumGradientNorm)} {MaximumGradientNorm} must be positive.";
    }
}
