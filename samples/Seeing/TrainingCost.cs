using Samples;

namespace Seeing;

/// <summary>What a training cost.</summary>
internal sealed record TrainingCost
{
    private const string FileName = "training.json";

    public required long Steps { get; init; }

    /// <summary>Windows it was shown, in all steps.</summary>
    public required long Windows { get; init; }

    /// <summary>Processor seconds of the policy's training.</summary>
    public required double Seconds { get; init; }

    /// <summary>Processor seconds before it: training a sensor, pre-training, features made once.</summary>
    public double PreparationSeconds { get; init; }

    public required double Loss { get; init; }

    /// <summary>Weights beside the policy's: a sensor's.</summary>
    public long SensorParameters { get; init; }

    public void Write(string folder) => JsonFile.Write(Path.Combine(folder, FileName), this);

    public static TrainingCost? Read(string folder) =>
        File.Exists(Path.Combine(folder, FileName)) ? JsonFile.Read<TrainingCost>(Path.Combine(folder, FileName)) : null;
}
