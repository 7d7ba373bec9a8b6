using System.CommandLine;
using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Dagger;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace Claims;

/// <summary>
/// A policy cloned from the 206 human demonstrations of Push-T, then improved by rounds labeled by an expert that plans in the simulator, beside
/// cloning on from the same policy with as many demonstrations of that expert. All data is mirrored.
/// </summary>
internal sealed class Showcase : Claim
{
    private readonly Option<string> data;
    private readonly Option<string> method;
    private readonly Option<int> rounds;
    private readonly Option<int> labels;
    private readonly Option<long> steps;
    private readonly Option<string> test;
    private readonly Option<string> validation;
    private readonly Option<long> seed;
    private readonly Option<int> threads;
    private readonly Option<double> startNoise;
    private readonly Option<int> execution;
    private readonly Option<int> samplingSteps;
    private readonly Option<string?> start;
    private readonly Option<long> firstSteps;
    private readonly Option<bool> holds;
    private readonly Option<double> aimed;
    private readonly Option<string> teacher;
    private readonly Option<bool> warm;
    private readonly Option<string> folder;

    public Showcase()
        : base("showcase", "Push-T: cloned from humans, improved by DAgger with an expert that plans.")
    {
        data = Option("--data", "The human demonstrations.", "../shared/data/pusht/pusht_lowdim.npz");
        start = Option<string?>("--start", "A policy cloned from the human demonstrations already. Default: clone them first.", null);
        firstSteps = Option("--first-steps", "Optimizer steps of cloning the humans.", 20_000L);
        method = Option("--method", "How rounds collect: 'dagger' labels what the learner visits, 'batch' has the expert demonstrate from where it fails.", "batch");
        method.AcceptOnlyFromAmong("dagger", "batch");
        rounds = Option("--rounds", "Rounds after the human demonstrations.", 3);
        labels = Option("--labels", "Labels a round.", 10_000);
        steps = Option("--steps", "Optimizer steps of a round.", 20_000L);
        test = Option("--test", "Test episodes, as first seed and how many. Look at them once.", "100000:500");
        validation = Option("--validation", "Episodes by which the round is picked.", "200000:100");
        seed = Option("--seed", "Of weights, data order and noise.", 0L);
        threads = Option("--threads", "Processors a training uses; 0 for all. With 1 the figures are the same every time.", 1);
        startNoise = Option("--start-noise", "Scale of the noise that sampling starts from.", PushTLearner.StartNoise);
        execution = Option("--execution", "Actions executed of each chunk.", PushTLearner.Executed);
        samplingSteps = Option("--sampling-steps", "Steps from noise to action.", PushTLearner.SamplingSteps);
        holds = Option("--holds", "Also learn that the last target of an episode is held behind its end.", true);
        aimed = Option("--aimed", "Coverage that 'nimble' and 'steady' plan for.", 0.96);
        teacher = Option("--teacher", PushTTeacher.Help, PushTTeacher.Lookahead);
        teacher.AcceptOnlyFromAmong(PushTTeacher.Lookahead, PushTTeacher.Steady, PushTTeacher.Nimble);
        warm = Option("--warm", "Whether a round goes on from the last round's weights instead of from scratch.", false);
        folder = Option("--folder", "Where rounds and policies are kept; the same command goes on with them.", "runs/claims/showcase");
    }

    public override Finding Run(ParseResult parsed, Action<string> say, CancellationToken cancellationToken)
    {
        IEpisodeSource human = PushTDataset.Open(parsed.GetValue(data)!);
        SeedRange tested = SeedRange.Parse(parsed.GetValue(test)!), judged = SeedRange.Parse(parsed.GetValue(validation)!);
        var accelerator = Accelerator.Cpu(parsed.GetValue(threads));
        var cloned = new DaggerOptions
        {
            Policy = PushTLearner.Policy(parsed.GetValue(startNoise), parsed.GetValue(execution), parsed.GetValue(samplingSteps)) with { HoldsAfterEnd = parsed.GetValue(holds) },
            Training = Labels.Training(parsed.GetValue(firstSteps), 256, parsed.GetValue(seed)),
            Augmentation = data => new SymmetricEpisodes(data, PushTSymmetry.Mirror),
            Rounds = 1,
            Seed = parsed.GetValue(seed),
        };
        string first = parsed.GetValue(start) ?? new DaggerLoop(
            Path.Combine(parsed.GetValue(folder)!, "humans"), () => new PushTEnvironment(), _ => new PushTExpert(), cloned, human, accelerator).Run(cancellationToken: cancellationToken).PolicyFolder;
        Func<long, IExpert> expert = PushTTeacher.Of(parsed.GetValue(teacher)!, parsed.GetValue(aimed), first, noise: 1, accelerator);
        DaggerOptions options = cloned with
        {
            Start = first,
            WarmStart = parsed.GetValue(warm),
            Training = Labels.Training(parsed.GetValue(steps), 256, parsed.GetValue(seed)),
            Rounds = parsed.GetValue(rounds) + 1,
            EpisodesPerRound = 400,
            LabelsPerRound = parsed.GetValue(labels),
            ValidationSeeds = judged,
        };
        DaggerOptions cloning = options with { Beta = BetaSchedule.Constant(1) };
        Arm[] arms =
        [
            parsed.GetValue(method) == "dagger" ? new("DAgger", options with { Beta = BetaSchedule.FirstRoundThen(0.5), LabelsPlans = parsed.GetValue(teacher) == PushTTeacher.Lookahead }) : new("batch DAgger", cloning with { Search = PushTLearner.Search }),
            new("cloning", cloning),
        ];
        IReadOnlyList<(int Labels, EvaluationReport Report)>[] played =
        [
            .. arms.Select(arm => arm.Run(
                Path.Combine(parsed.GetValue(folder)!, arm.Name.Replace(' ', '-')), () => new PushTEnvironment(), expert, tested, human, parsed.GetValue(threads), say, cancellationToken)),
        ];
        int humanLabels = played[0][0].Labels;
        return new Finding(
            $"Push-T, {tested.Count} test states: share solved (coverage above .95) after labels by an expert that plans",
            ["expert labels", .. arms.Select(arm => arm.Name)],
            [.. played[0].Select((round, i) => (IReadOnlyList<string>)[$"{round.Labels - humanLabels}", .. played.Select(arm => Seeds.Text(arm[i].Report.Success))])],
            [
                $"last round against the clone of the humans: {PairedComparison.Of(played[0][0].Report, played[0][^1].Report)}",
                $"last round against as many demonstrations: {PairedComparison.Of(played[1][^1].Report, played[0][^1].Report)}",
            ],
            new JsonObject
            {
                ["claim"] = "showcase",
                ["human_labels"] = humanLabels,
                ["arms"] = new JsonArray([.. arms.Select((arm, i) => new JsonObject { ["name"] = arm.Name, ["rounds"] = new JsonArray([.. played[i].Select(round => Arm.Json(round.Labels - humanLabels, round.Report))]) })]),
            })
        {
            Figure = new("Push-T, from human demonstrations on", "labels by an expert that plans", "share solved", [.. arms.Select((arm, i) => (arm.Name, (IReadOnlyList<Measured>)[.. played[i].Select(round =>
                new Measured(round.Labels - humanLabels, round.Report.Success.Share, round.Report.Success.Low, round.Report.Success.High))]))]),
        };
    }
}
