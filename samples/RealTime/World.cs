using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace RealTime;

/// <summary>How policies are trained.</summary>
internal sealed record Training(bool Quick, int Threads, long? Steps, DirectoryInfo? Policies = null)
{
    public Accelerator Accelerator { get; } = Accelerator.Cpu(Threads);
}

/// <summary>A world in which a late or jerky plan fails, and who shows how it is done.</summary>
internal sealed record World(string Name, Func<IEnvironment> Create, Func<long, IExpert> Expert)
{
    private const int Demonstrations = 600;

    public static readonly World[] All =
    [
        new("falling-ball", () => new FallingBallEnvironment(), seed => new FallingBallExpert(seed)),
        new("gusty-pole", () => new GustyPoleEnvironment(), seed => new GustyPoleExpert(seed)),
    ];

    /// <summary>A policy of chunks of H = 8 that was trained for prefixes, or was not; the networks are the same.</summary>
    public LearnedPolicy Train(Training options, bool prefixes, Action<string> say, CancellationToken stop)
    {
        string? folder = options.Policies is null ? null : Path.Combine(options.Policies.FullName, $"{Name}-{(prefixes ? "prefixes" : "plain")}");
        if (Directory.Exists(folder)) return LearnedPolicy.Load(folder, options.Accelerator);
        InMemoryEpisodes data = Demonstrate(options.Quick ? 20 : Demonstrations);
        var config = new PolicyConfig
        {
            Horizons = new Horizons { Observation = 1, Prediction = 8, Execution = 4 },
            Encoder = new ProprioceptionEncoderConfig(),
            Head = new FlowMatchingHeadConfig
            {
                Denoiser = new MlpMixerDenoiserConfig { Width = 32, Blocks = 2, StepMixWidth = 32, ChannelMixWidth = 64, TimeWidth = 32 },
                SamplingSteps = 10,
                Prefix = prefixes ? new TrainedPrefix { MaximumDelay = 4 } : new GuidedPrefix(),
            },
        };
        var policy = LearnedPolicy.Create(config, data, seed: 1, options.Accelerator);
        long steps = options.Steps ?? (options.Quick ? 20 : 40_000);
        TrainingResult result = Trainer.Train(policy, data, new TrainerConfig { Steps = steps, BatchSize = 128, LearningRate = 2e-3, WarmupSteps = Math.Min(200, steps / 4), ValidationInterval = steps + 1, CheckpointInterval = steps + 1, Seed = 1 }, cancellationToken: stop);
        stop.ThrowIfCancellationRequested();
        say(FormattableString.Invariant($"{Name}: trained {(prefixes ? "with prefixes" : "plainly")} for {result.Steps} steps in {result.Elapsed.TotalSeconds:0} s, loss {result.FinalLoss:0.000}"));
        if (folder is not null) policy.Save(folder);
        return policy;
    }

    private InMemoryEpisodes Demonstrate(int count)
    {
        using IEnvironment environment = Create();
        var data = new InMemoryEpisodes(environment.Observations, environment.Actions, controlRateHz: environment.ControlRateHz);
        for (long seed = 1_000_000; data.EpisodeCount < count; seed++)
        {
            IExpert expert = Expert(seed);
            var episode = new EpisodeBuilder(environment.Observations, environment.Actions);
            Observation observation = environment.Reset(seed);
            StepResult result;
            do
            {
                float[] action = expert.Act(observation, environment);
                episode.Append(observation, action);
                result = environment.Step(action);
                observation = result.Observation;
            }
            while (!result.Terminated);
            if (result.Success) data.Add(episode.Build());
        }

        return data;
    }
}
