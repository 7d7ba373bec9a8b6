using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/evaluation.md.</summary>
internal static class EvaluationPage
{
    public static void Play(LearnedPolicy policy)
    {
        // <snippet play>
        var options = new RolloutOptions { Seeds = SeedRange.Parse("100000:50"), TrajectoriesKept = 8 };
        var runner = new RolloutRunner(() => new PushTEnvironment(), options);
        IReadOnlyList<RolloutResult> episodes = runner.Run(policy);

        var report = new EvaluationReport("flow matching", episodes);
        report.Write("evaluation.json");
        // </snippet>
    }

    public static IReadOnlyList<RolloutResult> PlayExpert(RolloutRunner runner)
    {
        // <snippet play-expert>
        IReadOnlyList<RolloutResult> episodes = runner.RunExpert(seed => new PushTExpert(new PushTExpertOptions { Seed = seed }));
        // </snippet>
        return episodes;
    }

    public static void Draws(LearnedPolicy policy, RolloutRunner runner)
    {
        // <snippet draws>
        double[] draws = [.. Enumerable.Range(0, 3).Select(draw =>
        {
            policy.Seed = draw;
            return runner.Run(policy).Average(episode => episode.Score);
        })];
        Console.WriteLine(MeanWithStandardError.Of(draws));
        // </snippet>
    }

    public static void Compare()
    {
        // <snippet compare>
        var before = EvaluationReport.Read("before.json");
        var after = EvaluationReport.Read("after.json");
        var gain = MeanWithStandardError.Of(
            from a in after.Episodes
            join b in before.Episodes on a.Seed equals b.Seed
            select a.Score - b.Score);
        Console.WriteLine($"gain {gain}");
        // </snippet>
    }

    public static void Page(EvaluationReport report, IReadOnlyList<RolloutResult> episodes)
    {
        // <snippet page>
        new HtmlReport
        {
            Title = "Flow matching on Push-T",
            KeyFigures = [new KeyFigure("Mean score", $"{report.Score}"), new KeyFigure("Solved", $"{report.Success}")],
            Evaluations = [report],
            Drawing = PushTDrawing.Create(),
            Rollouts = [.. episodes.Where(e => e.Trajectory is not null).Select(e => new ReportRollout($"seed {e.Seed}", e))],
            Charts = [new LineChart("Loss", "step", [ChartSeries.ReadCsv("runs/first/metrics.csv")["loss"]]) { LogarithmicY = true }],
        }.Write("report.html");
        // </snippet>
    }

    public static RolloutDrawing Draw()
    {
        // <snippet drawing>
        var drawing = new RolloutDrawing
        {
            Width = 4,
            Height = 1,
            Fixed = [new DrawnLine([(0, 0.8), (4, 0.8)]) { Stroke = "#c5cbd4", StrokeWidth = 0.01 }],
            Moving = [new DrawnCircle(0.05) { Fill = "#4e7eff", Trail = "#4e7eff" }],
            Poses = (observation, action) => [new ShapePose(observation["position"].Span[0], 0.75)],
        };
        // </snippet>
        return drawing;
    }
}
