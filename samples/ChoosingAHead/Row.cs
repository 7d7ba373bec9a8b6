using System.Globalization;
using System.Text.Json.Serialization;

namespace ChoosingAHead;

/// <summary>What came of one training.</summary>
internal sealed record Row
{
    public required string Head { get; init; }

    public required string World { get; init; }

    public required long Seed { get; init; }

    /// <summary>Trained weights.</summary>
    public required long Parameters { get; init; }

    public required long Steps { get; init; }

    /// <summary>Seconds from nothing to the trained policy, what the head is fitted by beforehand included.</summary>
    public required double TrainSeconds { get; init; }

    public required double TrainStepsPerS { get; init; }

    /// <summary>The head's own training loss: comparable between seeds, not between heads.</summary>
    public required double Loss { get; init; }

    /// <summary>Median milliseconds of an inference for one episode.</summary>
    public double InferenceMs { get; init; }

    /// <summary>Episodes played, those of all checkpoints together.</summary>
    public int Episodes { get; init; }

    public int Successes { get; init; }

    public double Success { get; init; }

    /// <summary>Wilson's 95 % interval of the success.</summary>
    public double SuccessLow { get; init; }

    public double SuccessHigh { get; init; }

    /// <summary>Mean of the episodes' best rewards.</summary>
    public double Score { get; init; }

    /// <summary>Of the successes at a fork, the share that went left.</summary>
    public double? LeftShare { get; init; }

    public int Demonstrations { get; init; }

    public double Corrupted { get; init; }

    public int Prediction { get; init; }

    public int Execution { get; init; }

    /// <summary>The chunk size asked for, or null: the world's own horizons.</summary>
    public int? Chunk { get; init; }

    /// <summary>The sampling steps asked for, or null: the head's own.</summary>
    public int? SamplingSteps { get; init; }

    /// <summary>How those steps are taken.</summary>
    public string? Sampler { get; init; }

    /// <summary>What is compared: everything but the seed.</summary>
    [JsonIgnore]
    public string Label => string.Create(CultureInfo.InvariantCulture, $"{World}, {Head}{Variant}");

    /// <summary>What was asked for beyond world and head.</summary>
    [JsonIgnore]
    public string Variant => string.Concat(
        Chunk is { } chunk ? string.Create(CultureInfo.InvariantCulture, $", chunk {chunk}") : "",
        Corrupted > 0 ? string.Create(CultureInfo.InvariantCulture, $", {100 * Corrupted:0} % corrupted") : "",
        SamplingSteps is { } steps ? string.Create(CultureInfo.InvariantCulture, $", {Sampler} {steps}") : "");
}
