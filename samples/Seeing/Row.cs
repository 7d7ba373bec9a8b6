namespace Seeing;

/// <summary>An input in a world.</summary>
internal sealed record Row
{
    public required string Input { get; init; }

    public required string Family { get; init; }

    /// <summary>What changes of light and color it saw in training.</summary>
    public required string Light { get; init; }

    public required string World { get; init; }

    public required long Seed { get; init; }

    /// <summary>All weights, a sensor's included.</summary>
    public required long Parameters { get; init; }

    /// <summary>Those that were trained here.</summary>
    public required long TrainedParameters { get; init; }

    public required TrainingCost Training { get; init; }

    /// <summary>Median milliseconds of an inference for one episode: encoder and head, with a sensor its look at a frame too.</summary>
    public required double InferenceMs { get; init; }

    public required int Episodes { get; init; }

    /// <summary>Mean of the episodes' best rewards.</summary>
    public required double Score { get; init; }

    /// <summary>Its 95 % bootstrap interval over starting states.</summary>
    public required double ScoreLow { get; init; }

    public required double ScoreHigh { get; init; }

    /// <summary>Share of episodes above 0.95 of coverage.</summary>
    public required double Success { get; init; }

    /// <summary>Its 95 % interval (Wilson).</summary>
    public required double SuccessLow { get; init; }

    public required double SuccessHigh { get; init; }
}
