using BehaviorCloning;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Policies;

namespace Seeing;

/// <summary>A way to represent what is seen: how its policy is learned, and what that policy needs where it plays.</summary>
/// <param name="name">On the command line and in the tables.</param>
/// <param name="family">Minimal, frozen, fine-tuned, learned or explicit.</param>
/// <param name="light">What changes of light and color it saw in training.</param>
internal abstract class Input(string name, string family, string light)
{
    public string Name => name;

    public string Family => family;

    public string Light => light;

    /// <summary>Whether it begins with published weights.</summary>
    public virtual bool NeedsWeights => false;

    /// <summary>Learns a policy of the demonstrations.</summary>
    public abstract Learned Learn(Job job);

    /// <summary>The sensor that <see cref="Learned.Save"/> left in a folder; null where there is none.</summary>
    public virtual ISensingModule? LoadSensor(string folder, Accelerator accelerator) => null;
}

/// <summary>What an input learns from, and how long.</summary>
internal sealed record Job
{
    /// <summary>States and small frames, each demonstration also as its mirror image.</summary>
    public required IEpisodeSource Demonstrations { get; init; }

    /// <summary>Processor time to train for.</summary>
    public required double Minutes { get; init; }

    /// <summary>Optimizer steps in place of <see cref="Minutes"/>.</summary>
    public long? Steps { get; init; }

    public required long Seed { get; init; }

    public required Accelerator Accelerator { get; init; }

    public bool Quick { get; init; }

    /// <summary>Where the input may keep what it makes on the way.</summary>
    public required string Folder { get; init; }

    public string? Weights { get; init; }

    public required Action<string> Say { get; init; }

    public CancellationToken CancellationToken { get; init; }
}

/// <summary>What an input learned.</summary>
/// <param name="Policy">Takes frames, or what the sensor says of them.</param>
/// <param name="Training">What it cost.</param>
internal sealed record Learned(LearnedPolicy Policy, TrainingCost Training) : IDisposable
{
    /// <summary>What the policy's observations pass through first, or null.</summary>
    public ISensingModule? Sensor { get; init; }

    /// <summary>Where the policy plays.</summary>
    public IEnvironment Create(PixelWorld world, int stepLimit) => Sensor is null ? world.Create(stepLimit) : new SensedEnvironment(world.Create(stepLimit), Sensor);

    /// <summary>Writes policy and costs to a folder; costs last, so that a folder with them is whole.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        Policy.Save(Path.Combine(folder, "policy"));
        if (Sensor is BehaviorCloning.Sensing.KeypointSensor keypoints) keypoints.Save(Path.Combine(folder, "sensor"));
        Training.Write(folder);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; null where there is nothing whole.</summary>
    public static Learned? Load(Input input, string folder, Accelerator accelerator) => TrainingCost.Read(folder) is { } training
        ? new Learned(LearnedPolicy.Load(Path.Combine(folder, "policy"), accelerator), training) { Sensor = input.LoadSensor(folder, accelerator) }
        : null;

    public void Dispose()
    {
        Policy.Dispose();
        (Sensor as IDisposable)?.Dispose();
    }
}
