using BehaviorCloning.Engine;

namespace BehaviorCloning.Training;

/// <summary>Where a parameter lies in the flat buffers of a checkpoint.</summary>
public sealed record ParameterPlace(string Name, IReadOnlyList<long> Shape, long Start);

/// <summary>The numbers of a run's checkpoint; its tensors lie beside it.</summary>
public sealed record RunState
{
    /// <summary>The newest format that this version reads and the one it writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of the format.</summary>
    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>Optimizer steps taken; with the configuration, also the learning-rate schedule's position.</summary>
    public required long Step { get; init; }

    /// <summary>Optimizer steps in all.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>How the run is trained.</summary>
    public required TrainerConfig Config { get; init; }

    /// <summary>What tells the training data from other data.</summary>
    public required string Data { get; init; }

    /// <summary>AdamW's step count.</summary>
    public required long OptimizerSteps { get; init; }

    /// <summary>The moving average's counter.</summary>
    public required long EmaCounter { get; init; }

    /// <summary>Windows served by the loader.</summary>
    public required long SamplerPosition { get; init; }

    /// <summary>The lowest validation loss so far.</summary>
    public ValidationPoint? BestValidation { get; init; }

    /// <summary>Validations since then.</summary>
    public required int ValidationsWithoutBetter { get; init; }

    /// <summary>The policies that are kept, each by its folder's name.</summary>
    public required IReadOnlyList<SavedPolicy> Policies { get; init; }

    /// <summary>Time in training.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Where each parameter lies in the flat buffers.</summary>
    public required IReadOnlyList<ParameterPlace> Layout { get; init; }

    /// <summary>The kept policies, with folders below a run's.</summary>
    internal IEnumerable<SavedPolicy> PoliciesIn(string runFolder) =>
        Policies.Select(policy => policy with { Folder = Path.Combine(TrainingRun.PoliciesFolder(runFolder), policy.Folder) }).Where(policy => Directory.Exists(policy.Folder));

    /// <summary>Every reason why a run with this data and these parameters cannot go on from here.</summary>
    internal IEnumerable<string> Problems(string data, IReadOnlyList<ParameterRange> ranges)
    {
        if (data != Data)
            yield return $"Its data was {Data}, but this is {data}. Resume on the same episodes; to train further on other data, start a new run from the saved policy.";
        var places = ranges.ToDictionary(range => range.Name, range => (range.Start, Shape: string.Join(", ", range.Shape)));
        foreach (ParameterPlace place in Layout)
        {
            if (!places.Remove(place.Name, out (long Start, string Shape) now)) yield return $"Parameter '{place.Name}' is no longer trained.";
            else if (now.Start != place.Start || now.Shape != string.Join(", ", place.Shape)) yield return $"Parameter '{place.Name}' was [{string.Join(", ", place.Shape)}] at {place.Start} and is [{now.Shape}] at {now.Start}.";
        }

        foreach (string name in places.Keys) yield return $"Parameter '{name}' was not trained before.";
    }
}
