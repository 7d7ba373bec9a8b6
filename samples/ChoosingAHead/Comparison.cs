using System.Diagnostics;
using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;
using Samples;

namespace ChoosingAHead;

/// <summary>What is compared.</summary>
internal sealed record ComparisonOptions
{
    public required IReadOnlyList<HeadEntry> Heads { get; init; }

    public required IReadOnlyList<World> Worlds { get; init; }

    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Optimizer steps, or null: the world's own.</summary>
    public int? Steps { get; init; }

    /// <summary>Episodes played, or null: the world's own.</summary>
    public int? Episodes { get; init; }

    public bool Mirror { get; init; }

    public IReadOnlyList<double> CorruptedShares { get; init; } = [0];

    /// <summary>Chunk sizes, predicted and executed, or none: the world's own.</summary>
    public IReadOnlyList<int> Chunks { get; init; } = [];

    /// <summary>Numbers of sampling steps, or none: the head's own.</summary>
    public IReadOnlyList<int> SamplingSteps { get; init; } = [];

    public int Checkpoints { get; init; } = 1;

    public int Threads { get; init; } = 1;

    /// <summary>Throws if anything is wrong.</summary>
    public void Require()
    {
        List<string> faults = [];
        if (Heads.Count == 0) faults.Add("There is no head to compare.");
        if (Worlds.Count == 0) faults.Add("There is no world to compare in.");
        if (Steps < 1) faults.Add($"--steps is {Steps}; it must be at least 1.");
        if (Episodes < 1) faults.Add($"--episodes is {Episodes}; it must be at least 1.");
        if (Checkpoints is < 1 or > Comparison.CheckpointsARun) faults.Add($"--checkpoints is {Checkpoints}; a run has {Comparison.CheckpointsARun}, of which at least 1 is played.");
        if (Checkpoints > 1 && Steps < Comparison.CheckpointsARun) faults.Add($"--steps is {Steps}; that is too few for {Comparison.CheckpointsARun} checkpoints.");
        if (Threads < 0) faults.Add($"--threads is {Threads}; it must not be negative.");
        faults.AddRange(CorruptedShares.Where(share => !(share is >= 0 and <= 1)).Select(share => $"--corrupted is {share}; it must be between 0 and 1."));
        if (CorruptedShares.Any(share => share > 0) && Worlds.FirstOrDefault(world => !world.CanCorrupt) is { } cannot)
            faults.Add($"--corrupted concerns the forks; '{cannot.Name}' has no corrupted demonstrations.");
        faults.AddRange(Chunks.Where(chunk => chunk < 1).Select(chunk => $"--chunk is {chunk}; it must be at least 1."));
        if (Chunks.Count > 0 && Worlds.FirstOrDefault(world => !world.HasChunks) is { } single)
            faults.Add($"--chunk does not concern '{single.Name}', where one action is all.");
        faults.AddRange(SamplingSteps.Where(steps => steps < 1).Select(steps => $"--sampling-steps is {steps}; it must be at least 1."));
        if (SamplingSteps.Count > 0 && Heads.FirstOrDefault(head => head.Samplers is null) is { } without)
            faults.Add($"--sampling-steps does not concern '{without.Name}'. It concerns: {string.Join(", ", HeadCatalog.Names.Where(name => HeadCatalog.Find(name).Samplers is not null))}.");
        if (faults.Count > 0) throw new ArgumentException(string.Join(" ", faults));
    }
}

/// <summary>Trains heads, all alike but for the head itself, and plays what they have learned.</summary>
internal static class Comparison
{
    /// <summary>Into so many parts a training is divided where several checkpoints are played, as in the Diffusion Policy paper.</summary>
    public const int CheckpointsARun = 10;

    /// <summary>A row for each world, share of corrupted demonstrations, chunk size, head, seed and number of sampling steps.</summary>
    public static IEnumerable<Row> Run(ComparisonOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        var accelerator = Accelerator.Cpu(options.Threads);
        say(accelerator.Describe());
        int?[] chunks = options.Chunks.Count == 0 ? [null] : [.. options.Chunks.Select(chunk => (int?)chunk)];
        foreach (World world in options.Worlds)
        {
            foreach (double corrupted in options.CorruptedShares)
            {
                IEpisodeSource demonstrations = world.Demonstrate(corrupted, say, cancellationToken);
                IEpisodeSource training = options.Mirror && world.Mirror is { } mirror ? new SymmetricEpisodes(demonstrations, mirror) : demonstrations;
                var each = from chunk in chunks from head in options.Heads from seed in options.Seeds select (chunk, head, seed);
                foreach ((int? chunk, HeadEntry head, long seed) in each)
                {
                    foreach (Row row in One(world, head, seed, training, chunk, options, accelerator, cancellationToken))
                        yield return row with { Corrupted = corrupted, Demonstrations = demonstrations.EpisodeCount };
                }
            }
        }
    }

    /// <summary>The world's policy with a head, and what the head asks for.</summary>
    public static PolicyConfig PolicyOf(World world, HeadEntry head, int? chunk = null)
    {
        PolicyConfig policy = world.Policy;
        Horizons horizons = chunk is { } actions ? policy.Horizons with { Prediction = actions, Execution = actions } : policy.Horizons;
        return policy with
        {
            Horizons = head.Horizons(horizons),
            Encoder = new ProprioceptionEncoderConfig { TokenPerStep = head.TokenPerStep },
            Head = head.Options(world.Size),
        };
    }

    /// <summary>The training's options: the same for every head.</summary>
    public static TrainerConfig TrainerOf(World world, int? steps, long seed)
    {
        int budget = steps ?? world.Steps;
        return new()
        {
            Steps = budget,
            BatchSize = world.BatchSize,
            Seed = seed,
            Beta2 = 0.99,
            WarmupSteps = Math.Min(300, budget / 10),
            CheckpointInterval = Math.Max(1, budget / CheckpointsARun),
        };
    }

    private static IEnumerable<Row> One(
        World world, HeadEntry head, long seed, IEpisodeSource training, int? chunk, ComparisonOptions options, Accelerator accelerator, CancellationToken cancellationToken)
    {
        // Making the policy counts too: some heads are fitted to the actions then.
        var clock = Stopwatch.StartNew();
        using LearnedPolicy policy = LearnedPolicy.Create(PolicyOf(world, head, chunk), training, seed, accelerator);
        using var folder = options.Checkpoints > 1 ? new RunFolder() : null;
        TrainerConfig trainer = TrainerOf(world, options.Steps, seed);
        TrainingResult trained = Trainer.Train(
            policy, training, trainer with { KeepBest = 0, KeepNewest = options.Checkpoints }, runFolder: folder?.Path, cancellationToken: cancellationToken);
        using LearnedPolicy? student = head.StudentSteps is { } few && !cancellationToken.IsCancellationRequested
            ? FlowDistillation.Distill(policy, training, TrainerOf(world, Math.Max(1, (int)trainer.Steps / 2), seed), few, cancellationToken: cancellationToken)
            : null;
        cancellationToken.ThrowIfCancellationRequested();

        var row = new Row
        {
            Head = head.Name,
            World = world.Name,
            Seed = seed,
            Parameters = policy.Network.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()),
            Steps = trained.Steps,
            TrainSeconds = clock.Elapsed.TotalSeconds,
            TrainStepsPerS = trained.Steps / trained.Elapsed.TotalSeconds,
            Loss = trained.FinalLoss,
            Prediction = policy.Horizons.Prediction,
            Execution = policy.Horizons.Execution,
            Chunk = chunk,
        };
        if (options.SamplingSteps.Count == 0)
        {
            // Of a student there is one, whatever checkpoints its teacher left.
            yield return Played(row, world, student ?? policy, student is null ? trained : trained with { Policies = [] }, config => config, options, cancellationToken);
            yield break;
        }

        foreach (int count in options.SamplingSteps)
        {
            foreach ((string sampler, PolicyHeadConfig sampledHead) in head.Samplers!(policy.Config.Head, count))
            {
                PolicyConfig Change(PolicyConfig config) => config with { Head = sampledHead };
                using LearnedPolicy sampled = policy.With(Change(policy.Config));
                yield return Played(row, world, sampled, trained, Change, options, cancellationToken) with { SamplingSteps = count, Sampler = sampler };
            }
        }
    }

    // The last checkpoint is the policy itself.
    private static Row Played(Row row, World world, LearnedPolicy policy, TrainingResult trained, Func<PolicyConfig, PolicyConfig> change, ComparisonOptions options, CancellationToken cancellationToken)
    {
        List<RolloutResult> episodes = [.. Play(policy)];
        foreach (SavedPolicy earlier in trained.Policies.Where(saved => saved.Step < trained.Steps).TakeLast(options.Checkpoints - 1))
        {
            using LearnedPolicy loaded = LearnedPolicy.Load(earlier.Folder, policy.Accelerator, change);
            episodes.AddRange(Play(loaded));
        }

        // Only the episodes of one checkpoint are independent trials; those of the others are the same starts again.
        var success = new WilsonInterval(episodes.Count(episode => episode.Success), episodes.Count);
        return row with
        {
            InferenceMs = InferenceTime.MedianMs(policy, world.Create, world.FirstTestSeed),
            Episodes = episodes.Count,
            Successes = success.Successes,
            Success = success.Share,
            SuccessLow = success.Low,
            SuccessHigh = success.High,
            Score = episodes.Average(episode => episode.Score),
            LeftShare = world.LeftShare(episodes),
        };

        IReadOnlyList<RolloutResult> Play(LearnedPolicy played)
        {
            played.Seed = row.Seed;
            int count = options.Episodes ?? world.Episodes;
            return new RolloutRunner(world.Create, new()
            {
                Seeds = new SeedRange(world.FirstTestSeed, count),
                TrajectoriesKept = count,
                Parallelism = policy.Accelerator.BlasThreads is > 0 and var threads ? threads : Environment.ProcessorCount,
            }).Run(played, cancellationToken: cancellationToken);
        }
    }

    // Checkpoints are kept only until they are played.
    private sealed class RunFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("choosing-a-head").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
