using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace Seeing;

/// <summary>Trains a policy for as many steps as a budget of processor time allows.</summary>
internal static class Learner
{
    /// <summary>Windows a step: on a processor, small batches see fewer windows in the same time.</summary>
    public const int Batch = 256;

    /// <summary>Trains a policy in place.</summary>
    /// <param name="policy">What is trained.</param>
    /// <param name="demonstrations">What it learns from.</param>
    /// <param name="batch">Windows a step.</param>
    /// <param name="job">The budget.</param>
    /// <param name="share">How much of it.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static TrainingCost Train(LearnedPolicy policy, IEpisodeSource demonstrations, int batch, Job job, double share = 1)
    {
        int windows = job.Quick ? 8 : batch;
        long steps = Math.Max(1, (long)(share * (job.Steps ?? (job.Minutes * 60 * StepsPerSecond(policy, demonstrations, windows)))));
        job.Say(string.Create(CultureInfo.InvariantCulture, $"  {steps:N0} steps of {windows} windows"));
        TimeSpan before = Spent();
        TrainingResult result = Trainer.Train(policy, demonstrations, Config(steps, windows, job.Seed), cancellationToken: job.CancellationToken);
        job.CancellationToken.ThrowIfCancellationRequested();
        return new TrainingCost { Steps = result.Steps, Windows = result.Steps * windows, Seconds = (Spent() - before).TotalSeconds, Loss = result.FinalLoss };
    }

    // Of a copy; the first steps are slower and do not count.
    private static double StepsPerSecond(LearnedPolicy policy, IEpisodeSource demonstrations, int windows)
    {
        const int Few = 50;
        using LearnedPolicy copy = policy.With(policy.Config);
        Trainer.Train(copy, demonstrations, Config(10, windows, 0));
        TimeSpan before = Spent();
        Trainer.Train(copy, demonstrations, Config(Few, windows, 0));
        return Few / (Spent() - before).TotalSeconds;
    }

    /// <summary>Processor time of this program so far: what else the machine does counts little.</summary>
    public static TimeSpan Spent() => Environment.CpuUsage.TotalTime;

    private static TrainerConfig Config(long steps, int windows, long seed) => new()
    {
        Steps = steps,
        BatchSize = windows,
        Seed = seed,
        Beta2 = 0.99,
        WarmupSteps = Math.Min(300, steps / 10),
        LogInterval = (int)Math.Clamp(steps / 50, 1, 200),
    };
}
