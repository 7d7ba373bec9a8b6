using System.CommandLine;
using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Dagger;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace Claims;

/// <summary>Claim (b): at equal numbers of labels cloning plateaus while DAgger and batch DAgger go on, on a driving world and on Push-T.</summary>
internal sealed class Labels : Claim
{
    private readonly Option<string> world;
    private readonly Option<string> seeds;
    private readonly Option<double> gust;
    private readonly Option<int> rounds;
    private readonly Option<int?> labels;
    private readonly Option<long?> steps;
    private readonly Option<string> test;
    private readonly Option<int> threads;
    private readonly Option<int?> before;
    private readonly Option<int?> searched;
    private readonly Option<double?> spread;
    private readonly Option<string> teacher;
    private readonly Option<string?> clone;
    private readonly Option<double> teacherNoise;
    private readonly Option<double?> beta;
    private readonly Option<string> arms;
    private readonly Option<string> folder;

    public Labels()
        : base("labels", "Success against labels: cloning, DAgger, batch DAgger.")
    {
        world = Option("--world", "Which world.", "driving");
        world.AcceptOnlyFromAmong("driving", "pusht");
        seeds = Option("--seeds", Seeds.Help, "3");
        gust = Option("--gust", "Standard deviation of the wind that pushes the car, in meters a step. A strong one shows a clone how to come back.", DrivingEnvironment.StandardGust);
        rounds = Option("--rounds", "Rounds; each adds as many labels.", 8);
        labels = Option<int?>("--labels", "Labels a round. Default: 250 for driving, 10,000 for Push-T.", null);
        steps = Option<long?>("--steps", "Optimizer steps of a training. Default: 2,000 for driving, 15,000 for Push-T.", null);
        test = Option("--test", "Test episodes, as first seed and how many.", "100000:100");
        threads = Option("--threads", "Processors a training uses; 0 for all. With 1 the figures are the same every time.", 1);
        before = Option<int?>("--before", "Batch DAgger begins in one of so many steps before the end of a failure. Default: 10 for driving, 40 for Push-T.", null);
        searched = Option<int?>("--search", "Episodes in which batch DAgger looks for failures before a round. Default: 40 for driving, 500 for Push-T.", null);
        spread = Option<double?>("--spread", "On Push-T: put the T back to one place before every episode, with this share of the usual spread. Default: all over the window.", null);
        teacher = Option("--teacher", "On Push-T. " + PushTTeacher.Help, PushTTeacher.Lookahead);
        teacher.AcceptOnlyFromAmong(PushTTeacher.Lookahead, PushTTeacher.Steady, PushTTeacher.Nimble);
        clone = Option<string?>("--clone", "A policy cloned from the human demonstrations of Push-T, for the expert that looks ahead.", null);
        teacherNoise = Option("--teacher-noise", "Scale of the noise with which that expert draws futures. With little, demonstrations are narrow and seldom show a recovery.", 1.0);
        beta = Option<double?>("--beta", "Probability that the expert drives in DAgger's rounds after the first. Default: 0 for driving, 0.5 for Push-T.", null);
        arms = Option("--arms", "Which to run. One alone leaves its rounds in the folder, where the others and the whole find them: so they can run side by side, once the first round is there.", "all");
        arms.AcceptOnlyFromAmong("all", "cloning", "dagger", "batch");
        folder = Option("--folder", "Where rounds and policies are kept; the same command goes on with them.", "runs/claims/labels");
    }

    public override Finding Run(ParseResult parsed, Action<string> say, CancellationToken cancellationToken)
    {
        int cores = parsed.GetValue(threads);
        LabelsWorld where = parsed.GetValue(world) == "pusht" ? LabelsWorld.PushT(parsed.GetValue(spread), parsed.GetValue(teacher)!, parsed.GetValue(clone), parsed.GetValue(teacherNoise), cores) : LabelsWorld.Driving(parsed.GetValue(gust));
        int perRound = parsed.GetValue(labels) ?? where.LabelsPerRound;
        SeedRange trained = Seeds.Parse(parsed.GetValue(seeds)!);
        SeedRange tested = SeedRange.Parse(parsed.GetValue(test)!);
        string asked = parsed.GetValue(arms)!;
        var all = new Dictionary<string, List<IReadOnlyList<(int Labels, EvaluationReport Report)>>>();
        foreach (long seed in trained)
        {
            string own = Path.Combine(parsed.GetValue(folder)!, parsed.GetValue(world)!);
            var cloning = new DaggerOptions
            {
                Policy = where.Policy,
                Training = Training(parsed.GetValue(steps) ?? where.Steps, where.BatchSize, seed),
                Augmentation = where.Augmentation,
                Rounds = parsed.GetValue(rounds),
                EpisodesPerRound = where.EpisodesPerRound,
                LabelsPerRound = perRound,
                FirstSeed = 10_000L * seed,
                Seed = seed,
                Beta = BetaSchedule.Constant(1),
            };

            // All begin with the same demonstrations and the same clone of them.
            var first = new DaggerLoop(Path.Combine(own, "first", $"seed-{seed}"), where.Create, where.Expert, cloning with { Rounds = 1 }, accelerator: Accelerator.Cpu(cores));
            cloning = cloning with { Start = first.Run(cancellationToken: cancellationToken).PolicyFolder };
            using EpisodeStore demonstrations = EpisodeStore.Open(first.DataFolder(0)!);
            FailureSearch search = where.Search with { Seeds = where.Search.Seeds with { Count = parsed.GetValue(searched) ?? where.Search.Seeds.Count }, StepsBefore = parsed.GetValue(before) ?? where.Search.StepsBefore };
            Arm[] ways =
            [
                new("cloning", cloning),
                new("DAgger", cloning with { Beta = BetaSchedule.FirstRoundThen(parsed.GetValue(beta) ?? where.Beta), LabelsPlans = where.LabelsPlans }),
                new("batch DAgger", cloning with { Search = search }),
            ];
            foreach (Arm arm in ways.Where(arm => asked == "all" || arm.Name.StartsWith(asked, StringComparison.OrdinalIgnoreCase)))
            {
                if (!all.TryGetValue(arm.Name, out var runs)) all[arm.Name] = runs = [];
                runs.Add(arm.Run(Path.Combine(own, arm.Name.Replace(' ', '-'), $"seed-{seed}"), where.Create, where.Expert, tested, demonstrations, cores, say, cancellationToken));
            }
        }

        string[] names = [.. all.Keys];
        // Over all episodes of all seeds; seeds differ by more than episodes, which the JSON shows.
        WilsonInterval Pooled(string name, int round) => new(
            all[name].Sum(run => run[round].Report.Success.Successes), all[name].Sum(run => run[round].Report.Success.Trials));
        return new Finding(
            $"Share of {tested.Count} test episodes solved, {trained.Count} training seeds from {trained.Start} (95 % Wilson interval over all episodes)",
            ["labels", .. names],
            [.. Enumerable.Range(0, parsed.GetValue(rounds)).Select(round => (IReadOnlyList<string>)[$"{perRound * (round + 1)}", .. names.Select(name => Seeds.Text(Pooled(name, round)))])],
            [.. names.Skip(1).Select(name => $"seed {trained.Start}, last round: {PairedComparison.Of(all[names[0]][0][^1].Report, all[name][0][^1].Report)}")],
            new JsonObject
            {
                ["claim"] = "labels",
                ["world"] = parsed.GetValue(world),
                ["arms"] = new JsonArray([.. names.Select(name => new JsonObject
                {
                    ["name"] = name,
                    ["seeds"] = new JsonArray([.. all[name].Select(run => new JsonArray([.. run.Select(round => Arm.Json(round.Labels, round.Report))]))]),
                })]),
            })
        {
            Figure = new("Success against labels", "labels", "share solved", [.. names.Select(name => (name, (IReadOnlyList<Measured>)[.. Enumerable.Range(0, parsed.GetValue(rounds)).Select(round =>
            {
                WilsonInterval share = Pooled(name, round);
                return new Measured(perRound * (round + 1), share.Share, share.Low, share.High);
            })]))]),
        };
    }

    internal static TrainerConfig Training(long steps, int batch, long seed) => new()
    {
        Steps = steps, BatchSize = batch, Beta2 = 0.99, WarmupSteps = Math.Min(300, steps / 10), CheckpointInterval = Math.Max(steps / 4, 1), LogInterval = (int)Math.Clamp(steps / 20, 1, 1000), Seed = seed,
    };
}
