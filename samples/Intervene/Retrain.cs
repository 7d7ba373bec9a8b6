using System.CommandLine;
using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;
using Spectre.Console;

namespace Intervene;

/// <summary><c>intervene retrain</c>: a policy from the demonstrations and the corrections together, as HG-DAgger aggregates them.</summary>
internal sealed class Retrain
{
    public const string Description = "Train a policy on the demonstrations and the corrections together.";

    private readonly Option<string> demonstrations = new("--data") { Description = "Demonstrations: a Zarr folder, an npz file or an episode store.", DefaultValueFactory = _ => "runs/pusht/demonstrations" };
    private readonly Option<string[]> corrections = new("--corrections") { Description = "Episode stores of corrections.", DefaultValueFactory = _ => [Drive.StandardStore], AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> policy = new("--policy") { Description = "Go on from this policy's weights and normalizers. Default: from scratch." };
    private readonly Option<string> run = new("--out") { Description = "The run's folder; the policy ends up in its sub-folder 'policy'.", DefaultValueFactory = _ => "runs/intervene/retrained" };
    private readonly Option<long> steps = new("--steps") { Description = "Optimizer steps.", DefaultValueFactory = _ => 8000L };
    private readonly Option<int> batch = new("--batch") { Description = "Windows a step.", DefaultValueFactory = _ => 256 };
    private readonly Option<long> seed = new("--seed") { Description = "Seed of weights, data order and noise.", DefaultValueFactory = _ => 0L };
    private readonly Option<int> threads = new("--threads") { Description = "Processors to use; 0 for all.", DefaultValueFactory = _ => 0 };

    public IEnumerable<Option> Options => [demonstrations, corrections, policy, run, steps, batch, seed, threads];

    public void Run(ParseResult parsed, IAnsiConsole console, CancellationToken cancellationToken)
    {
        string folder = parsed.GetValue(run)!;
        IEpisodeSource shown = PushTDataset.Open(parsed.GetValue(demonstrations)!);
        IEpisodeSource[] corrected = [.. parsed.GetValue(corrections)!.Select(store => PushTDataset.Open(store))];
        var all = new ConcatenatedEpisodes([shown, .. corrected]);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{shown.EpisodeCount} demonstrations of {Steps(shown)} steps, {corrected.Sum(store => store.EpisodeCount)} corrections of {corrected.Sum(Steps)} steps."));

        var accelerator = Accelerator.Cpu(parsed.GetValue(threads));
        long count = parsed.GetValue(steps);
        var training = new TrainerConfig
        {
            Steps = count, BatchSize = parsed.GetValue(batch), Seed = parsed.GetValue(seed), Beta2 = 0.99, WarmupSteps = Math.Min(300, count / 10), CheckpointInterval = Math.Max(count / 20, 1),
        };
        TrainingResult result;
        if (RunCheckpoint.Exists(folder))
        {
            console.WriteLine($"Going on with the run in {folder}.");
            result = Trainer.Resume(folder, all, accelerator: accelerator, cancellationToken: cancellationToken);
        }
        else
        {
            LearnedPolicy learner = parsed.GetValue(policy) is { } start
                ? LearnedPolicy.Load(start, accelerator, Cut)
                : LearnedPolicy.Create(Cut(Presets.FlowMatchingPushTState), all, parsed.GetValue(seed), accelerator);
            result = Trainer.Train(learner, all, training, runFolder: folder, cancellationToken: cancellationToken);
        }

        using LearnedPolicy trained = result.Policy;
        if (result.Outcome == TrainingOutcome.Canceled) throw new OperationCanceledException(cancellationToken);
        string saved = Path.Combine(folder, "policy");
        trained.Save(saved);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Policy in {saved} after {result.Steps} steps, loss {result.FinalLoss:0.0000}."));
    }

    // A correction ends where the person hands back, not where the agent shall stay: what lies behind its end is not to be learned.
    private static PolicyConfig Cut(PolicyConfig config) => config with { HoldsAfterEnd = false };

    private static long Steps(IEpisodeSource episodes) => Enumerable.Range(0, episodes.EpisodeCount).Sum(e => (long)episodes.EpisodeLength(e));
}
