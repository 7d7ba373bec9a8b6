using BehaviorCloning.Engine;
using BehaviorCloning.Policies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BehaviorCloning.Training;

/// <summary>Trains any policy by its head's loss: AdamW, warm-up and cosine, clipping, accumulation, a moving average, validation, checkpoints.</summary>
/// <remarks>
/// A run folder holds
/// <code>
/// policies/step-00001000/   policies with averaged weights, for LearnedPolicy.Load
/// state/                    everything needed to go on; replaced as a whole at every checkpoint
/// metrics.csv               reports, a row each
/// events.out.tfevents.*     the same for TensorBoard
/// </code>
/// A resumed run equals an uninterrupted one bit for bit on the same machine, engine and thread counts.
/// </remarks>
public static class Trainer
{
    /// <summary>Trains a policy.</summary>
    /// <param name="policy">What to train; afterwards it holds the averaged weights. Borrowed.</param>
    /// <param name="training">Raw demonstrations, of the observations and actions that the policy was made for.</param>
    /// <param name="config">How.</param>
    /// <param name="validation">Episodes held out, or null: see <c>EpisodeSplit</c>.</param>
    /// <param name="runFolder">Where checkpoints and metrics go, or null for none.</param>
    /// <param name="observers">Who watches.</param>
    /// <param name="progress">Receives every report.</param>
    /// <param name="logger">Receives messages with event ids 1000 to 1099.</param>
    /// <param name="cancellationToken">Ends the training after the running step and leaves a checkpoint to resume from.</param>
    /// <exception cref="ArgumentException">The configuration or the data does not fit; the message lists every fault.</exception>
    /// <exception cref="TrainingDivergedException">The loss or the gradient is no longer finite.</exception>
    /// <exception cref="InvalidDataException">The data holds a value that is not finite.</exception>
    public static TrainingResult Train(
        LearnedPolicy policy,
        IEpisodeSource training,
        TrainerConfig config,
        IEpisodeSource? validation = null,
        string? runFolder = null,
        IReadOnlyList<ITrainingObserver>? observers = null,
        IProgress<TrainingProgress>? progress = null,
        ILogger? logger = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(config);
        if (runFolder is not null && RunCheckpoint.Exists(runFolder))
            throw new InvalidOperationException($"'{runFolder}' holds a run already. Go on with Trainer.Resume, or choose another folder.");
        using var run = new TrainingRun(policy, training, validation, config, runFolder, logger ?? NullLogger.Instance);
        return run.Train(null, observers ?? [], progress, cancellationToken);
    }

    /// <summary>Goes on with a run from its newest checkpoint.</summary>
    /// <param name="runFolder">The folder of the run.</param>
    /// <param name="training">The same demonstrations as before.</param>
    /// <param name="validation">The same held-out episodes as before.</param>
    /// <param name="config">Null: the run's own. Another one changes the rest of the run, which then no longer equals an uninterrupted one.</param>
    /// <param name="accelerator">Null: the best there is.</param>
    /// <param name="observers">Who watches.</param>
    /// <param name="progress">Receives every report.</param>
    /// <param name="logger">Receives messages with event ids 1000 to 1099.</param>
    /// <param name="cancellationToken">Ends the training after the running step and leaves a checkpoint to resume from.</param>
    /// <exception cref="InvalidDataException">A checkpoint is damaged, or of a newer format.</exception>
    /// <exception cref="ArgumentException">The data is not that of the run.</exception>
    public static TrainingResult Resume(
        string runFolder,
        IEpisodeSource training,
        IEpisodeSource? validation = null,
        TrainerConfig? config = null,
        Accelerator? accelerator = null,
        IReadOnlyList<ITrainingObserver>? observers = null,
        IProgress<TrainingProgress>? progress = null,
        ILogger? logger = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(runFolder);
        ArgumentNullException.ThrowIfNull(training);
        using RunCheckpoint checkpoint = RunCheckpoint.Load(runFolder);
        LearnedPolicy policy = LearnedPolicy.Load(PolicyShelf.FolderOf(TrainingRun.PoliciesFolder(runFolder), checkpoint.State.Step), accelerator);
        try
        {
            using var run = new TrainingRun(policy, training, validation, config ?? checkpoint.State.Config, runFolder, logger ?? NullLogger.Instance);
            return run.Train(checkpoint, observers ?? [], progress, cancellationToken);
        }
        catch
        {
            policy.Dispose();
            throw;
        }
    }
}
