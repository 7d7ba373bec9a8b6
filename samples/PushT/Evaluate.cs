using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace PushT;

/// <summary><c>pusht evaluate</c>: plays a policy, or the expert, from starting states it has never seen.</summary>
internal sealed class Evaluate : Verb
{
    /// <summary>The starting states of the Diffusion Policy paper.</summary>
    public const string PaperSeeds = "100000:50";

    private readonly Option<string?> policyFolder;
    private readonly Option<bool> expert;
    private readonly Option<string> seeds;
    private readonly Option<long> noiseSeed;
    private readonly Option<int?> execution;
    private readonly Option<int?> samplingSteps;
    private readonly Option<double?> temperature;
    private readonly Option<string?> sampler;
    private readonly Option<int> threads;

    public Evaluate()
        : base("evaluate", "Play a policy from starting states it has never seen, and score it.")
    {
        policyFolder = Option<string>("--policy", "The policy's folder.");
        expert = Option("--expert", "Play the planning expert instead.", false);
        seeds = Option("--seeds", "Starting states, as first seed and how many.", PaperSeeds);
        noiseSeed = Option("--noise-seed", "Seed of the noise that a policy samples from.", 0L);
        execution = Option<int?>("--execution", "Actions executed of each chunk. Default: the policy's own.");
        samplingSteps = Option<int?>("--steps", "Steps from noise to action. Default: the policy's own.");
        temperature = Option<double?>("--temperature", "Scale of the noise that sampling starts from. Default: the policy's own.");
        sampler = Option<string?>("--sampler", "How a diffusion policy samples, together with --steps. Default: the policy's own.");
        sampler.AcceptOnlyFromAmong("ddim", "ddpm", "dpm-solver");
        threads = Option("--threads", "Processors to use; 0 for all.", 0);
    }

    public override void Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(expert) == parsed.GetValue(policyFolder) is not null)
            throw new ArgumentException("Say what to evaluate: either --policy FOLDER or --expert.");
        var options = new RolloutOptions
        {
            Seeds = SeedRange.Parse(parsed.GetValue(seeds)!),
            ExecutionHorizon = parsed.GetValue(execution),
            Parallelism = parsed.GetValue(threads) is > 0 and var count ? count : Environment.ProcessorCount,
        };

        if (parsed.GetValue(expert))
        {
            Show(Expert(options, terminal, cancellationToken), terminal);
            return;
        }

        int? steps = parsed.GetValue(samplingSteps);
        double? scale = parsed.GetValue(temperature);
        PolicyConfig Adjust(PolicyConfig config) => config with
        {
            Head = config.Head switch
            {
                FlowMatchingHeadConfig flow => flow with { SamplingSteps = steps ?? flow.SamplingSteps, StartNoiseScale = scale ?? flow.StartNoiseScale },
                DiffusionHeadConfig diffusion => diffusion with { Sampler = Sampler(parsed.GetValue(sampler), steps) ?? diffusion.Sampler, StartNoiseScale = scale ?? diffusion.StartNoiseScale },
                var other when steps is null && scale is null => other,
                var other => throw new ArgumentException($"--steps and --temperature are for heads that sample from noise step by step; this policy's head is {other.GetType().Name}."),
            },
        };

        using LearnedPolicy policy = LearnedPolicy.Load(parsed.GetValue(policyFolder)!, Accelerator.Cpu(parsed.GetValue(threads)), Adjust);
        policy.Seed = parsed.GetValue(noiseSeed);
        Show(Policy(policy, options, terminal, cancellationToken), terminal);
    }

    public static EvaluationReport Policy(LearnedPolicy policy, RolloutOptions options, Terminal terminal, CancellationToken cancellationToken)
    {
        var runner = new RolloutRunner(() => new PushTEnvironment(), options);
        IReadOnlyList<RolloutResult> episodes = terminal.Watch("evaluating", progress => runner.Run(policy, Shares(progress), cancellationToken));
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["head"] = policy.Config.Head.GetType().Name.Replace("Config", "", StringComparison.Ordinal),
            ["execution_horizon"] = $"{options.ExecutionHorizon ?? policy.Horizons.Execution}",
            ["noise_seed"] = $"{policy.Seed}",
        };
        if (policy.Config.Head is FlowMatchingHeadConfig flow)
        {
            settings["sampling_steps"] = $"{flow.SamplingSteps}";
            settings["start_noise_scale"] = flow.StartNoiseScale.ToString(CultureInfo.InvariantCulture);
        }
        else if (policy.Config.Head is DiffusionHeadConfig diffusion)
        {
            settings["sampler"] = diffusion.Sampler.ToString();
            settings["start_noise_scale"] = diffusion.StartNoiseScale.ToString(CultureInfo.InvariantCulture);
        }

        return new EvaluationReport(settings["head"], episodes, settings);
    }

    private static DiffusionSampler? Sampler(string? name, int? steps) => (name, steps) switch
    {
        (null, null) => null,
        (_, null) => throw new ArgumentException("--sampler needs --steps."),
        ("ddpm", { } count) => new DdpmSampler { Steps = count },
        ("dpm-solver", { } count) => new DpmSolverSampler { Steps = count },
        (_, { } count) => new DdimSampler { Steps = count },
    };

    public static EvaluationReport Expert(RolloutOptions options, Terminal terminal, CancellationToken cancellationToken)
    {
        var runner = new RolloutRunner(() => new PushTEnvironment(), options);
        return new EvaluationReport("PushTExpert", terminal.Watch("evaluating", progress =>
            runner.RunExpert(seed => new PushTExpert(new() { Seed = seed }), Shares(progress), cancellationToken)));
    }

    public static void Show(EvaluationReport report, Terminal terminal)
    {
        terminal.Show(
            $"{report.Name}, {report.Episodes.Count} starting states from seed {report.Episodes[0].Seed}",
            new Figure("episodes", report.Episodes.Count, "episodes", $"{report.Episodes.Count}"),
            new Figure("score_mean", report.Score.Mean, "mean score", $"{report.Score}"),
            new Figure("success_share", report.Success.Share, "solved", string.Create(CultureInfo.InvariantCulture, $"{100 * report.Success.Share:0.#} % ({100 * report.Success.Low:0} to {100 * report.Success.High:0} %)")),
            new Figure("steps_mean", report.MeanSteps, "mean steps", string.Create(CultureInfo.InvariantCulture, $"{report.MeanSteps:0}")));

        // The file has more than the screen: every seed, so that it can be compared with another evaluation.
        foreach ((string name, JsonNode? value) in JsonNode.Parse(report.ToJson())!.AsObject())
            terminal.Figures[name] = value?.DeepClone();
    }

    private static ShareOf<RolloutProgress> Shares(IProgress<Share> progress) => new(progress, p =>
        new(p.Fraction, double.IsNaN(p.ScoreMean) ? "" : string.Create(CultureInfo.InvariantCulture, $"{p.Finished} of {p.Episodes}, mean score {p.ScoreMean:0.000}")));
}
