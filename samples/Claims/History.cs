using System.CommandLine;
using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Dagger;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace Claims;

/// <summary>
/// Claim (c): what happens to have gone before tells a clone what comes next, but not why (causal confusion, de Haan et al. 2019). The car sees its
/// own last steering, as a dashboard shows it: a clone may repeat it instead of looking at the road. DAgger's labels take the habit away.
/// </summary>
internal sealed class History : Claim
{
    private readonly Option<string> seeds;
    private readonly Option<double> gust;
    private readonly Option<int> labels;
    private readonly Option<long> steps;
    private readonly Option<string> test;
    private readonly Option<string> folder;

    public History()
        : base("history", "History helps or hurts: a clone that sees its last action may just repeat it.")
    {
        seeds = Option("--seeds", Seeds.Help, "5");
        gust = Option("--gust", "Standard deviation of the wind that pushes the car, in meters a step.", DrivingEnvironment.StandardGust);
        labels = Option("--labels", "Labels in all.", 2000);
        steps = Option("--steps", "Optimizer steps of a training.", 2000L);
        test = Option("--test", "Test episodes, as first seed and how many.", "100000:100");
        folder = Option("--folder", "Where rounds and policies are kept; the same command goes on with them.", "runs/claims/history");
    }

    public override Finding Run(ParseResult parsed, Action<string> say, CancellationToken cancellationToken)
    {
        SeedRange tested = SeedRange.Parse(parsed.GetValue(test)!);
        SeedRange trained = Seeds.Parse(parsed.GetValue(seeds)!);
        (string Name, string[] Features, int Horizon)[] views = [("the road", [DrivingEnvironment.Ranges], 1), ("the road, 4 steps", [DrivingEnvironment.Ranges], 4), ("the road and the last steering", [DrivingEnvironment.Ranges, DrivingEnvironment.LastSteering], 1)];
        List<IReadOnlyList<string>> rows = [];
        JsonArray figures = [];
        List<(string, IReadOnlyList<Measured>)> curves = [];
        foreach ((string method, int rounds) in new[] { ("cloning", 1), ("DAgger", 8) })
        {
            List<Measured> points = [];
            for (int view = 0; view < views.Length; view++)
            {
                List<EvaluationReport> reports = [];
                foreach (long seed in trained)
                {
                    var options = new DaggerOptions
                    {
                        Policy = new PolicyConfig
                        {
                            Horizons = new() { Observation = views[view].Horizon, Prediction = 1, Execution = 1 },
                            Features = [.. views[view].Features.Select(name => new RawFeature(name))],
                            Head = new MseHeadConfig { HiddenWidth = 64, Blocks = 2 },
                        },
                        Training = Labels.Training(parsed.GetValue(steps), 64, seed),
                        Rounds = rounds,
                        EpisodesPerRound = 200,
                        LabelsPerRound = parsed.GetValue(labels) / rounds,
                        FirstSeed = 10_000L * seed,
                        Seed = seed,
                    };
                    string own = Path.Combine(parsed.GetValue(folder)!, method, $"view-{view}", $"seed-{seed}");
                    reports.Add(new Arm($"{method}, sees {views[view].Name}", options).Run(own, () => new DrivingEnvironment(parsed.GetValue(gust)), _ => new DrivingExpert(), tested, null, 1, say, cancellationToken)[^1].Report);
                }

                var share = new WilsonInterval(reports.Sum(r => r.Success.Successes), reports.Sum(r => r.Success.Trials));
                points.Add(new(view, share.Share, share.Low, share.High));
                rows.Add([method, views[view].Name, Seeds.Text(share)]);
                figures.Add(new JsonObject { ["method"] = method, ["sees"] = views[view].Name, ["seeds"] = new JsonArray([.. reports.Select(report => JsonNode.Parse(report.ToJson()))]) });
            }

            curves.Add((method, points));
        }

        return new Finding(
            $"Share of {tested.Count} laps driven, {parsed.GetValue(labels)} labels, {trained.Count} training seeds from {trained.Start}", ["method", "the policy sees", "laps"], rows, [],
            new JsonObject { ["claim"] = "history", ["arms"] = figures })
        {
            Figure = new("What a policy sees", "0: the road; 1: four steps of it; 2: the road and the last steering", "share of laps", curves),
        };
    }
}
