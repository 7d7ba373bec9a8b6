using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace Claims;

/// <summary>
/// Claim (e): bad demonstrations spoil a clone, and a doctor brings some of it back. Faults are planted in a share of the demonstrations; learned is from all, from
/// what <see cref="DatasetDoctor"/> leaves, and from those that were not touched.
/// </summary>
internal sealed class BadDemonstrations : Claim
{
    private readonly Option<string> world;
    private readonly Option<string> seeds;
    private readonly Option<double> share;
    private readonly Option<int> demonstrations;
    private readonly Option<string> data;
    private readonly Option<long?> steps;
    private readonly Option<string> test;
    private readonly Option<int> threads;

    public BadDemonstrations()
        : base("doctor", "Bad demonstrations spoil a clone, and a doctor brings some of it back.")
    {
        world = Option("--world", "Which world: the fork with a planner's demonstrations, or Push-T with those of --data.", "fork");
        world.AcceptOnlyFromAmong("fork", "pusht");
        seeds = Option("--seeds", Seeds.Help, "5");
        share = Option("--share", "Share of the demonstrations that is spoiled: idle stretches, stalls, jumps and offset sensors, a quarter each.", 0.4);
        demonstrations = Option("--demonstrations", "How many at the fork.", 200);
        data = Option("--data", "Push-T demonstrations.", "../shared/data/pusht/pusht_lowdim.npz");
        steps = Option<long?>("--steps", "Optimizer steps of a training. Default: 1500 at the fork, 8000 for Push-T.", null);
        test = Option("--test", "Test episodes, as first seed and how many.", "100000:200");
        threads = Option("--threads", "Processors a training uses; 0 for all. With 1 the figures are the same every time.", 1);
    }

    public override Finding Run(ParseResult parsed, Action<string> say, CancellationToken cancellationToken)
    {
        bool isPushT = parsed.GetValue(world) == "pusht";
        SeedRange trained = Seeds.Parse(parsed.GetValue(seeds)!), tested = SeedRange.Parse(parsed.GetValue(test)!);
        Func<IEnvironment> create = isPushT ? () => new PushTEnvironment() : () => new ForkInTheRoadEnvironment();
        var doctor = new DoctorOptions { Angles = isPushT ? new HashSet<string>(StringComparer.Ordinal) { PushTEnvironment.BlockAngle } : [] };
        string[] names = ["all", "treated", "untouched"];
        List<EvaluationReport>[] reports = [[], [], []];
        var found = new Dictionary<DataFault, (int Planted, int Found)>();
        int falseAlarms = 0, untouched = 0;
        foreach (long seed in trained)
        {
            PlantedFaults faulty = Spoil(isPushT, parsed, seed);
            DoctorReport report = DatasetDoctor.Examine(faulty.Episodes, doctor);
            Count(faulty, report, found, ref falseAlarms, ref untouched);
            IEpisodeSource[] sources = [faulty.Episodes, DatasetDoctor.Treat(faulty.Episodes, report, doctor), faulty.Sound];
            for (int arm = 0; arm < names.Length; arm++)
            {
                using LearnedPolicy policy = LearnedPolicy.Create(Config(isPushT), sources[arm], seed, Accelerator.Cpu(parsed.GetValue(threads)));
                Trainer.Train(policy, sources[arm], Labels.Training(parsed.GetValue(steps) ?? (isPushT ? 8000 : 1500), 256, seed), cancellationToken: cancellationToken);
                var runner = new RolloutRunner(create, new RolloutOptions { Seeds = tested });
                reports[arm].Add(new EvaluationReport($"{names[arm]}, seed {seed}", runner.Run(policy, cancellationToken: cancellationToken)));
                say($"{reports[arm][^1].Name}: success {reports[arm][^1].Success}, score {reports[arm][^1].Score}");
            }
        }

        WilsonInterval[] shares = [.. reports.Select(arm => new WilsonInterval(arm.Sum(r => r.Success.Successes), arm.Sum(r => r.Success.Trials)))];
        string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
        return new Finding(
            $"{parsed.GetValue(world)}, {100 * parsed.GetValue(share):0} % of the demonstrations spoiled: share of {tested.Count} test episodes solved, {trained.Count} training seeds from {trained.Start} (95 % Wilson interval over all episodes)",
            ["learned from", "solved", "mean score"],
            [.. names.Select((name, arm) => (IReadOnlyList<string>)[name, Seeds.Text(shares[arm]), Number(reports[arm].Average(r => r.Score.Mean))])],
            [
                .. found.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value.Found} of {pair.Value.Planted} spoiled demonstrations found"),
                $"false alarms: {falseAlarms} of {untouched} demonstrations that were not touched",
            ],
            new JsonObject
            {
                ["claim"] = "doctor",
                ["world"] = parsed.GetValue(world),
                ["share"] = parsed.GetValue(share),
                ["found"] = new JsonObject(found.OrderBy(pair => pair.Key).Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key.ToString(), new JsonObject { ["planted"] = pair.Value.Planted, ["found"] = pair.Value.Found }))),
                ["false_alarms"] = falseAlarms,
                ["untouched"] = untouched,
                ["arms"] = new JsonArray([.. names.Select((name, arm) => new JsonObject { ["name"] = name, ["seeds"] = new JsonArray([.. reports[arm].Select(report => JsonNode.Parse(report.ToJson()))]) })]),
            })
        {
            Figure = new("Bad demonstrations", "0: all; 1: what the doctor leaves; 2: those not touched", "share solved",
                [("solved", [.. shares.Select((solved, arm) => new Measured(arm, solved.Share, solved.Low, solved.High))])]),
        };
    }

    // Found is a demonstration in which the doctor names the fault that was planted, or has another reason to touch it.
    private static void Count(PlantedFaults faulty, DoctorReport report, Dictionary<DataFault, (int Planted, int Found)> found, ref int falseAlarms, ref int untouched)
    {
        HashSet<int> concerned = [.. report.Findings.Select(finding => finding.Episode)];
        for (int e = 0; e < faulty.Planted.Count; e++)
        {
            int hit = concerned.Contains(e) ? 1 : 0;
            if (faulty.Planted[e] is { } kind)
            {
                (int planted, int before) = found.GetValueOrDefault(kind);
                found[kind] = (planted + 1, before + hit);
            }
            else
            {
                untouched++;
                falseAlarms += hit;
            }
        }
    }

    private PlantedFaults Spoil(bool isPushT, ParseResult parsed, long seed) => isPushT
        ? PlantedFaults.In(PushTDataset.Open(parsed.GetValue(data)!), parsed.GetValue(share), PushTEnvironment.BlockPosition, row => row(PushTEnvironment.AgentPosition).ToArray(), seed)
        : PlantedFaults.In(
            Demonstrations.Play(new ForkInTheRoadEnvironment(), s => new ForkInTheRoadExpert(new() { Seed = s, Ways = ForkInTheRoadWays.Left }), parsed.GetValue(demonstrations), firstSeed: 10_000 * seed, actionNoise: 0.005),
            parsed.GetValue(share), ForkInTheRoadEnvironment.Position, _ => [0, 0], seed);

    private static PolicyConfig Config(bool isPushT) => isPushT ? Presets.FlowMatchingPushTState : new()
    {
        Horizons = new Horizons { Observation = 2, Prediction = 8, Execution = 8 },
        ActionNormalization = new StandardNormalization { SharedScale = true, Center = false },
        Head = new MseHeadConfig { HiddenWidth = 64, Blocks = 2 },
    };
}
