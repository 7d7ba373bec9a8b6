using System.Globalization;
using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Dagger;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;

namespace Claims;

/// <summary>One way to spend labels, and how its policies do after each round, on the same test episodes as the other ways.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Options">Its loop.</param>
internal sealed record Arm(string Name, DaggerOptions Options)
{
    /// <summary>Runs the loop (or goes on with it) and plays every round's policy.</summary>
    /// <returns>For each round: labels so far, and the evaluation.</returns>
    public IReadOnlyList<(int Labels, EvaluationReport Report)> Run(
        string folder, Func<IEnvironment> world, Func<long, IExpert> expert, IReadOnlyList<long> test, IEpisodeSource? demonstrations, int threads, Action<string> say, CancellationToken cancellationToken)
    {
        var accelerator = Accelerator.Cpu(threads);
        var loop = new DaggerLoop(folder, world, expert, Options, demonstrations, accelerator);
        loop.Run(new Said(round => say(string.Create(CultureInfo.InvariantCulture, $"{Name}, seed {Options.Seed}, round {round.Round}: {round.TotalLabels} labels, {Describe(round)}"))), cancellationToken);
        List<(int, EvaluationReport)> played = [];
        foreach (DaggerRound round in loop.Rounds)
        {
            string file = Path.Combine(folder, $"test-{round.Round:000}.json");
            if (!File.Exists(file))
            {
                using LearnedPolicy policy = LearnedPolicy.Load(loop.PolicyFolder(round.Round), accelerator);
                policy.Seed = 0;
                var runner = new RolloutRunner(world, new RolloutOptions { Seeds = test });
                new EvaluationReport($"{Name}, seed {Options.Seed}, round {round.Round}", runner.Run(policy, cancellationToken: cancellationToken)).Write(file);
            }

            var report = EvaluationReport.Read(file);
            if (!report.Episodes.Select(episode => episode.Seed).SequenceEqual(test))
                throw new InvalidOperationException($"'{file}' is of other test episodes. Give the same --test, or another --folder.");
            say(string.Create(CultureInfo.InvariantCulture, $"{Name}, seed {Options.Seed}, {round.TotalLabels} labels: success {report.Success}, score {report.Score}"));
            played.Add((round.TotalLabels, report));
        }

        return played;
    }

    public static JsonObject Json(int labels, EvaluationReport report) => new() { ["labels"] = labels, ["report"] = JsonNode.Parse(report.ToJson()) };

    private static string Describe(DaggerRound round) => round.Regions is not { } regions
        ? string.Create(CultureInfo.InvariantCulture, $"expert drove {100.0 * round.ExpertSteps / round.Labels:0} % of {round.Labels} steps")
        : regions.Count == 0 ? "the learner did not fail" : $"fails in {string.Join("; ", regions.Take(3).Select(r => string.Create(CultureInfo.InvariantCulture, $"({string.Join(' ', r.Center.Take(6).Select(v => v.ToString("0.##", CultureInfo.InvariantCulture)))}) {r.Failures} failures, {r.Demonstrations} demonstrated, ratio {r.Ratio:0.#}")))}";

    private sealed class Said(Action<DaggerRound> say) : IProgress<DaggerRound>
    {
        public void Report(DaggerRound value) => say(value);
    }
}
