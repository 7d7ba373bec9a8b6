namespace BehaviorCloning.Training;

/// <summary>How a training stands.</summary>
public sealed record TrainingProgress
{
    /// <summary>Optimizer steps taken.</summary>
    public required long Step { get; init; }

    /// <summary>Optimizer steps in all.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>Passes over the data so far.</summary>
    public required double Epoch { get; init; }

    /// <summary>Mean training loss since the last report.</summary>
    public required double Loss { get; init; }

    /// <summary>Parts of the loss of the newest batch, by name.</summary>
    public IReadOnlyDictionary<string, double> LossParts { get; init; } = System.Collections.Frozen.FrozenDictionary<string, double>.Empty;

    /// <summary>The learning rate of the newest step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The gradient's norm at the newest step, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Windows trained on a second since the last report.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>The share of time since the last report that was spent waiting for data. Above a few percent the loader is the bottleneck.</summary>
    public required double DataWaitShare { get; init; }

    /// <summary>The newest validation loss, or null where there was none.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Time in training, that of earlier parts of a resumed run included.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Time to go at the present speed.</summary>
    public required TimeSpan Remaining { get; init; }
}
