using System.Diagnostics;
using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Simulation;
using Samples;

namespace Seeing;

/// <summary>What is compared.</summary>
internal sealed record ComparisonOptions
{
    public required IReadOnlyList<Input> Inputs { get; init; }

    public required IReadOnlyList<PixelWorld> Worlds { get; init; }

    public string? Data { get; init; }

    public bool Rendered { get; init; }

    public string? Weights { get; init; }

    public double Minutes { get; init; }

    public long? Steps { get; init; }

    public long Seed { get; init; }

    public required SeedRange States { get; init; }

    public required string Folder { get; init; }

    public bool EvaluateOnly { get; init; }

    public int Threads { get; init; } = 1;

    public bool Quick { get; init; }

    /// <summary>Throws if anything is wrong.</summary>
    public void Require()
    {
        List<string> faults = [];
        if (Inputs.Count == 0) faults.Add("There is no input to compare.");
        if (Worlds.Count == 0) faults.Add("There is no world to play in.");
        if (!(Minutes > 0 && double.IsFinite(Minutes))) faults.Add($"--minutes is {Minutes}; it must be positive.");
        if (Steps < 2) faults.Add($"--steps is {Steps}; it must be at least 2.");
        if (Threads < 0) faults.Add($"--threads is {Threads}; it must not be negative.");
        if (!EvaluateOnly && Weights is null && Inputs.FirstOrDefault(input => input.NeedsWeights) is { } needy) faults.Add($"'{needy.Name}' begins with published weights: say where they are with --weights.");
        if (Weights is not null && !File.Exists(Weights)) faults.Add($"There is no file '{Weights}'.");
        if (faults.Count > 0) throw new ArgumentException(string.Join(" ", faults));
    }
}

/// <summary>Trains the same head with each input, and plays what was learned.</summary>
internal static class Comparison
{
    /// <summary>A row for each input and world.</summary>
    public static IEnumerable<Row> Run(ComparisonOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        var accelerator = Accelerator.Cpu(options.Threads);
        say(accelerator.Describe());
        var demonstrations = new Lazy<IEpisodeSource>(() => Demonstrations(options, say, cancellationToken));
        foreach (Input input in options.Inputs)
        {
            string folder = Path.Combine(options.Folder, string.Create(CultureInfo.InvariantCulture, $"{input.Name}-{options.Seed}"));
            using Learned learned = Learned.Load(input, folder, accelerator) ?? Learn(input, folder);
            foreach (PixelWorld world in options.Worlds) yield return Play(input, learned, world, options, cancellationToken);
        }

        Learned Learn(Input input, string folder)
        {
            if (options.EvaluateOnly) throw new DirectoryNotFoundException($"There is no policy of '{input.Name}' in '{folder}'. Leave --evaluate-only out to train it.");
            say($"{input.Name}:");
            Learned learned = input.Learn(new Job
            {
                Demonstrations = demonstrations.Value,
                Minutes = options.Minutes,
                Steps = options.Steps,
                Seed = options.Seed,
                Accelerator = accelerator,
                Quick = options.Quick,
                Folder = folder,
                Weights = options.Weights,
                Say = say,
                CancellationToken = cancellationToken,
            });
            learned.Save(folder);
            return learned;
        }
    }

    private static IEpisodeSource Demonstrations(ComparisonOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        IEpisodeSource states;
        if (options.Data is { } path)
        {
            states = PushTDataset.Open(path, images: !options.Rendered);
        }
        else
        {
            string folder = Path.Combine(options.Folder, "demonstrations");
            var recording = options.Quick ? new DemonstrationOptions { Episodes = 1 } : new DemonstrationOptions { Episodes = 200, ActionNoise = 20 };
            PushTExpertOptions expert = options.Quick ? new() { Samples = 64, Iterations = 2 } : new();
            say(string.Create(CultureInfo.InvariantCulture, $"Recording {recording.Episodes} demonstration(s) by the planning expert into {folder}, where they are not there yet."));
            DemonstrationRecorder.Record(folder, () => new PushTEnvironment(), seed => new PushTExpert(expert with { Seed = seed }), recording, cancellationToken: cancellationToken);
            states = PushTDataset.Open(folder);
        }

        var clock = Stopwatch.StartNew();
        var pixels = new PixelEpisodes(states, cancellationToken);
        say(string.Create(CultureInfo.InvariantCulture, $"{pixels.EpisodeCount} demonstration(s), their frames halved in {clock.Elapsed.TotalSeconds:0} s, mirrored in training."));
        return new SymmetricEpisodes(pixels, PushTSymmetry.Mirror);
    }

    private static Row Play(Input input, Learned learned, PixelWorld world, ComparisonOptions options, CancellationToken cancellationToken)
    {
        learned.Policy.Seed = options.Seed;
        IEnvironment Create() => learned.Create(world, options.Quick ? 60 : 300);
        IReadOnlyList<RolloutResult> episodes = new RolloutRunner(Create, new()
        {
            Seeds = options.States,
            // A sensor serves one thread at a time.
            Parallelism = learned.Sensor is null && options.Threads != 1 ? Environment.ProcessorCount : 1,
            EpisodesAtOnce = 50,
        }).Run(learned.Policy, cancellationToken: cancellationToken);

        BootstrapInterval score = BootstrapInterval.Of([.. episodes.Select(episode => episode.Score)]);
        var success = new WilsonInterval(episodes.Count(episode => episode.Success), episodes.Count);
        return new Row
        {
            Input = input.Name,
            Family = input.Family,
            Light = input.Light,
            World = world.Name,
            Seed = options.Seed,
            Parameters = learned.Policy.Network.parameters().Sum(parameter => parameter.numel()) + learned.Training.SensorParameters,
            TrainedParameters = learned.Policy.Network.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()) + learned.Training.SensorParameters,
            Training = learned.Training,
            InferenceMs = InferenceTime.MedianMs(learned.Policy, Create, seed: 0, learned.Sensor),
            Episodes = episodes.Count,
            Score = score.Mean,
            ScoreLow = score.Low,
            ScoreHigh = score.High,
            Success = success.Share,
            SuccessLow = success.Low,
            SuccessHigh = success.High,
        };
    }
}
