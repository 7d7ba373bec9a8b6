using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace ControlGains;

/// <summary>How much of everything; the same for all gains.</summary>
internal sealed record Budget
{
    public int Demonstrations { get; init; } = 10;

    public int Steps { get; init; } = 2000;

    public int Episodes { get; init; } = 200;

    public int Width { get; init; } = 128;

    public int Threads { get; init; } = 1;

    public IEnumerable<string> Problems()
    {
        if (Demonstrations is < 1 or > 1000) yield return $"--demonstrations is {Demonstrations}; it must be 1 to 1,000.";
        if (Steps < 1) yield return $"--steps is {Steps}; it must be at least 1.";
        if (Episodes < 1) yield return $"--episodes is {Episodes}; it must be at least 1.";
        if (Threads < 0) yield return $"--threads is {Threads}; it must not be negative.";
    }
}

/// <summary>What one training came to.</summary>
/// <param name="Gains">Through which controller.</param>
/// <param name="Head">Which head learned.</param>
/// <param name="Seed">Of the training.</param>
/// <param name="Episodes">Played.</param>
/// <param name="Successes">Of them.</param>
/// <param name="Broken">Episodes that ended with too large a force.</param>
/// <param name="ExpertSuccesses">How often the expert itself succeeds from the same starts.</param>
/// <param name="TargetLead">Mean distance of a demonstrated target from the joint it is for, rad.</param>
/// <param name="Loss">The last training loss, in normalized units.</param>
internal sealed record Row(Gains Gains, string Head, long Seed, int Episodes, int Successes, int Broken, int ExpertSuccesses, double TargetLead, double Loss);

/// <summary>Demonstrates, trains and plays through a controller.</summary>
internal static class Cloning
{
    private const long FirstTest = 200_000, StartsASeed = 1000;

    public static readonly string[] Heads = ["mse", "flow"];

    public static IEnumerable<Row> Run(Gains gains, IEnumerable<string> heads, IEnumerable<long> seeds, Budget budget, CancellationToken stop)
    {
        var accelerator = Accelerator.Cpu(budget.Threads);
        using PlanarArmEnvironment environment = gains.Create();
        var runner = new RolloutRunner(gains.Create, new RolloutOptions { Seeds = new SeedRange(FirstTest, budget.Episodes), Parallelism = budget.Threads == 0 ? Environment.ProcessorCount : budget.Threads });
        int expert = runner.RunExpert(_ => new PlanarArmExpert(), cancellationToken: stop).Count(result => result.Success);
        foreach (string head in heads)
        {
            foreach (long seed in seeds)
            {
                // Other demonstrations for every seed, from the same starts for all gains.
                InMemoryEpisodes data = Demonstrations.Play(environment, _ => new PlanarArmExpert(), budget.Demonstrations, firstSeed: seed * StartsASeed);
                var config = new PolicyConfig
                {
                    Horizons = new Horizons { Observation = 1, Prediction = 8, Execution = 4 },
                    Encoder = new ProprioceptionEncoderConfig(),
                    Head = head == "flow"
                        ? new FlowMatchingHeadConfig { Denoiser = new ResidualMlpDenoiserConfig { Width = budget.Width, Blocks = 3 }, SamplingSteps = 5 }
                        : new MseHeadConfig { HiddenWidth = budget.Width, Blocks = 3 },
                };
                using LearnedPolicy policy = LearnedPolicy.Create(config, data, seed, accelerator);
                var trainer = new TrainerConfig
                {
                    Steps = budget.Steps, BatchSize = 128, WarmupSteps = Math.Min(200, budget.Steps / 4), Seed = seed,
                    ValidationInterval = budget.Steps + 1, CheckpointInterval = budget.Steps + 1,
                };
                TrainingResult trained = Trainer.Train(policy, data, trainer, cancellationToken: stop);
                policy.Seed = seed;
                IReadOnlyList<RolloutResult> results = runner.Run(policy, cancellationToken: stop);
                int broken = results.Count(result => !result.Success && result.Steps < environment.StepLimit);
                yield return new Row(gains, head, seed, results.Count, results.Count(result => result.Success), broken, expert, Lead(data), trained.FinalLoss);
            }
        }
    }

    private static double Lead(InMemoryEpisodes data)
    {
        double sum = 0;
        long count = 0;
        for (int e = 0; e < data.EpisodeCount; e++)
        {
            Episode episode = data.ReadEpisode(e);
            ReadOnlySpan<float> targets = episode.Actions.Span, joints = episode.Feature("joints").Span;
            for (int i = 0; i < targets.Length; i++, count++) sum += Math.Abs(targets[i] - joints[i]);
        }

        return sum / count;
    }
}
