using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Dagger;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace Claims;

/// <summary>
/// Claim (a): a clone's cost grows with the square of the episode's length, DAgger's with the length itself (Ross, Gordon and Bagnell 2011),
/// at the same number of labels, on <see cref="RoadEnvironment"/>.
/// </summary>
internal sealed class Compounding : Claim
{
    private const long FirstTestSeed = 1_000_000;
    private readonly Option<string> seeds;
    private readonly Option<int[]> lengths;
    private readonly Option<int> labels;
    private readonly Option<int> rounds;
    private readonly Option<int> steps;
    private readonly Option<int> episodes;
    private readonly Option<double> tolerance;

    public Compounding()
        : base("compounding", "Cloning's cost grows faster than linearly in the episode's length, DAgger's linearly.")
    {
        seeds = Option("--seeds", Seeds.Help, "10");
        lengths = Option<int[]>("--lengths", "Lengths T of an episode, in control steps.", [25, 50, 100, 200, 400]);
        labels = Option("--labels", "Labels that either may ask for.", 4000);
        rounds = Option("--rounds", "DAgger's rounds; each has an equal share of the labels.", 10);
        steps = Option("--steps", "Optimizer steps of a training.", 1200);
        episodes = Option("--episodes", "Test episodes a policy plays.", 200);
        tolerance = Option("--tolerance", "How far the steering may be off in the widest passages.", 0.15);
    }

    public override Finding Run(ParseResult parsed, Action<string> say, CancellationToken cancellationToken)
    {
        int[] t = parsed.GetValue(lengths)!;
        SeedRange trained = Seeds.Parse(parsed.GetValue(seeds)!);
        int count = trained.Count;
        string[] methods = ["cloning", "DAgger"];
        double[,,] costs = new double[2, t.Length, count];
        string folder = Directory.CreateTempSubdirectory("claims").FullName;
        try
        {
            for (int seed = 0; seed < count; seed++)
            {
                for (int i = 0; i < t.Length; i++)
                {
                    for (int method = 0; method < 2; method++)
                        costs[method, i, seed] = Cost(Path.Combine(folder, $"{method}-{t[i]}-{seed}"), t[i], method == 0 ? 1 : parsed.GetValue(rounds), trained[seed], parsed, cancellationToken);
                    say(string.Create(CultureInfo.InvariantCulture, $"seed {trained[seed]}, T = {t[i]}: cost of cloning {costs[0, i, seed]:0.000}, of DAgger {costs[1, i, seed]:0.000}"));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        double[] lengthsAsX = [.. t.Select(length => (double)length)];
        (double Value, double Low, double High)[] exponents = [.. Enumerable.Range(0, 2).Select(method => Seeds.Bootstrap(
            count, chosen => Seeds.Exponent(lengthsAsX, [.. Enumerable.Range(0, t.Length).Select(i => chosen.Average(seed => costs[method, i, seed]))])))];
        Measured[][] curves = [.. Enumerable.Range(0, 2).Select(method => t.Select((length, i) => Seeds.Mean(length, [.. Enumerable.Range(0, count).Select(seed => costs[method, i, seed])])).ToArray())];
        return new Finding(
            $"Cost of an episode of T steps, {parsed.GetValue(labels)} labels, {count} training seeds from {trained.Start} (mean and 95 % interval over seeds)",
            ["T", .. methods],
            [.. t.Select((length, i) => (IReadOnlyList<string>)[$"{length}", .. curves.Select(curve => string.Create(CultureInfo.InvariantCulture, $"{curve[i].Y:0.000} ({curve[i].Low:0.000} to {curve[i].High:0.000})"))])],
            [.. methods.Select((name, method) => string.Create(CultureInfo.InvariantCulture, $"cost of {name} ~ T^{exponents[method].Value:0.00} ({exponents[method].Low:0.00} to {exponents[method].High:0.00})"))],
            new JsonObject
            {
                ["claim"] = "compounding",
                ["labels"] = parsed.GetValue(labels),
                ["first_seed"] = trained.Start,
                ["seeds"] = count,
                ["lengths"] = new JsonArray([.. t.Select(length => JsonValue.Create(length))]),
                ["arms"] = new JsonArray([.. methods.Select((name, method) => new JsonObject
                {
                    ["name"] = name,
                    ["exponent"] = exponents[method].Value,
                    ["exponent_interval"] = new JsonArray(exponents[method].Low, exponents[method].High),
                    ["costs_per_length_and_seed"] = new JsonArray([.. t.Select((_, i) => new JsonArray([.. Enumerable.Range(0, count).Select(seed => JsonValue.Create(costs[method, i, seed]))]))]),
                })]),
            })
        {
            Figure = new("Cost of an episode against its length", "T, control steps", "cost", [.. methods.Select((name, method) => (
                string.Create(CultureInfo.InvariantCulture, $"{name}: T^{exponents[method].Value:0.00}"), (IReadOnlyList<Measured>)curves[method]))]) { LogarithmicX = true, LogarithmicY = true },
        };
    }

    /// <summary>Cloning is a loop of one round; that is not only true but tested.</summary>
    private double Cost(string folder, int length, int rounds, long seed, ParseResult parsed, CancellationToken cancellationToken)
    {
        RoadOptions road = new() { Steps = length, Tolerance = parsed.GetValue(tolerance) };
        int perRound = parsed.GetValue(labels) / rounds, trainingSteps = parsed.GetValue(steps);
        var options = new DaggerOptions
        {
            Policy = new PolicyConfig { Horizons = new() { Prediction = 1, Execution = 1 }, Head = new MseHeadConfig { HiddenWidth = 64, Blocks = 1 } },
            Training = new TrainerConfig { Steps = trainingSteps, BatchSize = 64, LearningRate = 3e-3, WarmupSteps = Math.Min(50, trainingSteps / 4), CheckpointInterval = trainingSteps, LogInterval = trainingSteps, Seed = seed },
            Rounds = rounds,
            EpisodesPerRound = (perRound + length - 1) / length,
            LabelsPerRound = perRound,
            FirstSeed = 1000L * seed,
            Seed = seed,
            Labeling = new LabelingOptions { TimeLimit = null },
            Parallelism = 1,
        };
        var accelerator = Accelerator.Cpu(1);
        DaggerResult result = new DaggerLoop(folder, () => new RoadEnvironment(road), _ => new RoadExpert(), options, accelerator: accelerator).Run(cancellationToken: cancellationToken);
        using LearnedPolicy policy = LearnedPolicy.Load(result.PolicyFolder, accelerator);
        var runner = new RolloutRunner(() => new RoadEnvironment(road), new RolloutOptions { Seeds = new SeedRange(FirstTestSeed, parsed.GetValue(episodes)), Parallelism = 1 });
        double cost = runner.Run(policy, cancellationToken: cancellationToken).Average(episode => length * (1 - episode.Score));
        Directory.Delete(folder, recursive: true);
        return cost;
    }
}
