using System.CommandLine;
using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace PushT;

/// <summary><c>pusht train</c>: demonstrations in, a policy out.</summary>
internal sealed class Train : Verb
{
    private readonly Option<string> data;
    private readonly Option<string> folder;
    private readonly Option<string> head;
    private readonly Option<string> mirror;
    private readonly Option<long?> steps;
    private readonly Option<long> seed;
    private readonly Option<int> batch;
    private readonly Option<int> threads;
    private readonly Option<bool> quick;
    private readonly Option<bool> resume;

    public Train()
        : base("train", "Train a policy on demonstrations.")
    {
        var standard = new TrainOptions();
        data = Option("--data", "Demonstrations: a Zarr folder, an npz file or an episode store.", "runs/pusht/demonstrations");
        folder = Option("--out", "The run's folder; the policy ends up in its sub-folder 'policy'.", standard.Folder);
        head = Option("--head", "What predicts the actions.", standard.Head);
        head.AcceptOnlyFromAmong([.. HeadChoice.All.Select(choice => choice.Name)]);
        mirror = Option("--mirror", "Whether each demonstration is also shown as its mirror image.", "on");
        mirror.AcceptOnlyFromAmong("on", "off");
        steps = Option<long?>("--steps", TrainOptions.StepsHelp);
        seed = Option("--seed", "Seed of weights, data order and noise.", standard.Seed);
        batch = Option("--batch", "Windows a step.", standard.BatchSize);
        threads = Option("--threads", "Processors to use; 0 for all.", standard.Threads);
        quick = Option("--quick", "A small network and few steps: seconds, to see that everything works.", false);
        resume = Option("--resume", "Go on with the run in --out, with its own options.", false);
    }

    public override string Interrupted => "Interrupted. The run is saved; the same command with --resume goes on.";

    public override void Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var options = new TrainOptions
        {
            Folder = parsed.GetValue(folder)!,
            Head = parsed.GetValue(head)!,
            Mirror = parsed.GetValue(mirror) == "on",
            Steps = parsed.GetValue(steps),
            Seed = parsed.GetValue(seed),
            BatchSize = parsed.GetValue(batch),
            Threads = parsed.GetValue(threads),
            Resume = parsed.GetValue(resume),
        };
        LearnedPolicy policy = On(PushTDataset.Open(parsed.GetValue(data)!), parsed.GetValue(quick) ? options.Quick() : options, terminal, cancellationToken);
        policy.Dispose();
    }

    /// <summary>Trains, and saves the policy in the run's folder.</summary>
    /// <returns>The policy; the caller disposes it.</returns>
    public static LearnedPolicy On(IEpisodeSource demonstrations, TrainOptions options, Terminal terminal, CancellationToken cancellationToken)
    {
        if (!options.Resume && RunCheckpoint.Exists(options.Folder))
            throw new InvalidOperationException($"'{options.Folder}' holds a run already: add --resume to go on with it, or give another --out.");

        (IEpisodeSource training, IEpisodeSource validation) = options.Split(demonstrations);
        var accelerator = Accelerator.Cpu(options.Threads);
        terminal.Say($"{demonstrations.EpisodeCount} demonstrations, {validation.EpisodeCount} of them for validation{(options.Mirror ? ", mirrored for training" : "")}. {accelerator.Describe()}");

        TrainingResult result = terminal.Watch("training", progress =>
        {
            var shares = new ShareOf<TrainingProgress>(progress, p => new((double)p.Step / p.TotalSteps, string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:0.0000}  {p.SamplesPerSecond:0} windows/s")));
            if (options.Resume)
                return Trainer.Resume(options.Folder, training, validation, accelerator: accelerator, progress: shares, cancellationToken: cancellationToken);
            var policy = LearnedPolicy.Create(HeadChoice.Find(options.Head).Config(options.Small), training, options.Seed, accelerator);
            long windows = Enumerable.Range(0, training.EpisodeCount).Sum(episode => (long)training.EpisodeLength(episode));
            return Trainer.Train(policy, training, options.Trainer(windows), validation, options.Folder, progress: shares, cancellationToken: cancellationToken);
        });
        if (result.Outcome == TrainingOutcome.Canceled)
        {
            result.Policy.Dispose();
            throw new OperationCanceledException(cancellationToken);
        }

        string saved = Path.Combine(options.Folder, "policy");
        result.Policy.Save(saved);
        terminal.Show(
            $"Policy in {saved}",
            new Figure("training_steps", result.Steps, "steps", $"{result.Steps:N0}"),
            new Figure("training_seconds", result.Elapsed.TotalSeconds, "training time", Terminal.Duration(result.Elapsed)),
            new Figure("windows_per_second", result.SamplesPerSecond, "windows a second", $"{result.SamplesPerSecond:N0}"),
            new Figure("final_loss", result.FinalLoss, "loss at the end", result.FinalLoss.ToString("0.0000", CultureInfo.InvariantCulture)),
            new Figure("best_validation_loss", result.BestValidation?.Loss, "best validation loss", result.BestValidation is { } best ? string.Create(CultureInfo.InvariantCulture, $"{best.Loss:0.0000} at step {best.Step:N0}") : "none"));
        return result.Policy;
    }
}

/// <summary>What can be chosen about a training.</summary>
internal sealed record TrainOptions
{
    public string Folder { get; init; } = "runs/pusht/flow";

    public string Head { get; init; } = "flow";

    public bool Mirror { get; init; } = true;

    public const string StepsHelp = "Optimizer steps. Default: as many as 100 passes over the demonstrations take; far more over-fit.";

    public long? Steps { get; init; }

    public long Seed { get; init; }

    public int BatchSize { get; init; } = 256;

    public int Threads { get; init; }

    public bool Small { get; init; }

    public bool Resume { get; init; }

    /// <summary>What is trained on and what is validated on: split first and mirrored then, so that no demonstration is validated on its own mirror image.</summary>
    public (IEpisodeSource Training, IEpisodeSource Validation) Split(IEpisodeSource demonstrations)
    {
        (IEpisodeSource training, IEpisodeSource validation) = EpisodeSplit.Draw(demonstrations, validationShare: 0.02, seed: 0);
        return (Mirror ? new SymmetricEpisodes(training, PushTSymmetry.Mirror) : training, validation);
    }

    /// <summary>The trainer's options for a number of training windows.</summary>
    public TrainerConfig Trainer(long windows)
    {
        long steps = Steps ?? (100 * windows / BatchSize) + 1;
        return new()
        {
            Steps = steps,
            BatchSize = BatchSize,
            Seed = Seed,
            Beta2 = 0.99,
            WarmupSteps = Math.Min(300, steps / 10),
            ValidationInterval = Math.Max(steps / 20, 1),
            CheckpointInterval = Math.Max(steps / 20, 1),
            LogInterval = (int)Math.Clamp(steps / 200, 1, 100),
            KeepNewest = 5,
        };
    }

    public TrainOptions Quick() => this with { Steps = Math.Min(Steps ?? 150, 150), BatchSize = Math.Min(BatchSize, 64), Small = true };
}
