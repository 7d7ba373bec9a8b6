using System.CommandLine;
using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace PushT;

/// <summary><c>pusht report</c>: one HTML file about a run, to open anywhere.</summary>
internal sealed class Report : Verb
{
    private readonly Option<string> run;
    private readonly Option<string[]> evaluations;
    private readonly Option<string> page;
    private readonly Option<string?> picture;
    private readonly Option<string> seeds;
    private readonly Option<long> noiseSeed;

    public Report()
        : base("report", "Write an HTML page about a run: scores, replayable rollouts, training curves, configuration.")
    {
        run = Option("--run", "The folder that 'train' wrote.", new TrainOptions().Folder);
        evaluations = Option<string[]>("--evaluation", "Files that 'evaluate --json' wrote; several are compared.", []);
        evaluations.AllowMultipleArgumentsPerToken = true;
        page = Option("--out", "The page.", "runs/pusht/report.html");
        picture = Option<string>("--picture", "Also write the first solved rollout as a moving SVG.");
        seeds = Option("--seeds", "Starting states to replay.", "100000:8");
        noiseSeed = Option("--noise-seed", "Seed of the noise that the policy samples from.", 0L);
    }

    public override void Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        string folder = parsed.GetValue(run)!;
        using LearnedPolicy policy = LearnedPolicy.Load(Path.Combine(folder, "policy"), Accelerator.Cpu());
        policy.Seed = parsed.GetValue(noiseSeed);
        SeedRange starts = SeedRange.Parse(parsed.GetValue(seeds)!);
        EvaluationReport replayed = Evaluate.Policy(policy, new RolloutOptions { Seeds = starts, TrajectoriesKept = starts.Count }, terminal, cancellationToken);
        EvaluationReport[] read = [.. parsed.GetValue(evaluations)!.Select(EvaluationReport.Read)];
        Write(parsed.GetValue(page)!, folder, policy, read.Length > 0 ? read : [replayed], replayed.Episodes, terminal);

        if (parsed.GetValue(picture) is not { } file) return;
        RolloutResult shown = replayed.Episodes.FirstOrDefault(episode => episode.Success) ?? replayed.Episodes.MaxBy(episode => episode.Score)!;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, RolloutSvg.Draw(PushTDrawing.Create(), shown.Trajectory!, speed: 2, background: "#fcfcfd"));
        terminal.Say($"Seed {shown.Seed} is drawn in {file}.");
    }

    /// <summary>Writes the page.</summary>
    /// <param name="page">The file.</param>
    /// <param name="run">The training's folder, with its metrics.</param>
    /// <param name="policy">What was trained.</param>
    /// <param name="evaluations">Figures to show, the most important first.</param>
    /// <param name="episodes">Episodes to replay; those without a trajectory are left out.</param>
    /// <param name="terminal">Told where the page is.</param>
    public static void Write(
        string page, string run, LearnedPolicy policy, IReadOnlyList<EvaluationReport> evaluations, IReadOnlyList<RolloutResult> episodes, Terminal terminal)
    {
        IReadOnlyDictionary<string, ChartSeries> metrics = ChartSeries.ReadCsv(Path.Combine(run, "metrics.csv"));
        EvaluationReport main = evaluations[0];
        double seconds = metrics["elapsed_seconds"].Points.LastOrDefault().Y;
        double steps = metrics["loss"].Points.LastOrDefault().X;
        new HtmlReport
        {
            Title = $"Push-T by {main.Name}",
            Summary = $"Trained in {Terminal.Duration(TimeSpan.FromSeconds(seconds))} and played from {main.Episodes.Count} starting states it had never seen. "
                + "The score of an episode is the best overlap of the T with its goal, 1 from 95 % on, where it counts as solved.",
            KeyFigures =
            [
                new("Mean score", main.Score.Mean.ToString("0.000", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"± {main.Score.StandardError:0.000} over {main.Episodes.Count} seeds")),
                new("Solved", string.Create(CultureInfo.InvariantCulture, $"{100 * main.Success.Share:0} %"), string.Create(CultureInfo.InvariantCulture, $"{100 * main.Success.Low:0} to {100 * main.Success.High:0} %, 95 % interval")),
                new("Steps to the end", string.Create(CultureInfo.InvariantCulture, $"{main.MeanSteps:0}"), $"of at most {new PushTOptions().StepLimit}, in the mean"),
                new("Training", Terminal.Duration(TimeSpan.FromSeconds(seconds)), string.Create(CultureInfo.InvariantCulture, $"{steps:N0} steps")),
            ],
            Evaluations = evaluations,
            Drawing = PushTDrawing.Create(),
            Rollouts = [.. episodes.Where(episode => episode.Trajectory is not null).Select(episode => new ReportRollout($"seed {episode.Seed}", episode))],
            Charts =
            [
                new LineChart("Loss", "step", [metrics["loss"] with { Name = "training" }, metrics["validation_loss"] with { Name = "validation" }]) { LogarithmicY = true },
                new LineChart("Learning rate", "step", [metrics["learning_rate"]]),
                new LineChart("Gradient norm, before clipping", "step", [metrics["gradient_norm"]]),
                new LineChart("Windows a second", "step", [metrics["samples_per_second"]]),
            ],
            Tables = [new ReportTable("Configuration", [], [.. Describe(policy)])],
        }.Write(page);
        terminal.Say($"The report is {Path.GetFullPath(page)}");
    }

    private static IEnumerable<string[]> Describe(LearnedPolicy policy)
    {
        PolicyConfig config = policy.Config;
        yield return ["Observations", policy.Observations.ToString()];
        yield return ["Horizons", $"observes {config.Horizons.Observation}, predicts {config.Horizons.Prediction}, executes {config.Horizons.Execution}"];
        yield return ["Features", string.Join(", ", config.Features.Select(feature => feature.Output(policy.Observations).ToString()))];
        yield return ["Actions", config.Actions.ToString()];
        yield return ["Action normalization", config.ActionNormalization.ToString()];
        yield return ["Head", config.Head.ToString()];
    }
}
