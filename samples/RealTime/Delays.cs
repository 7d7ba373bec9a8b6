using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Runtime;
using Spectre.Console;

namespace RealTime;

/// <summary><c>realtime delays</c>: what an inference that takes d control steps costs each way of execution.</summary>
internal static class Delays
{
    private const int LongestDelay = 4;

    public static JsonArray Run(Training training, int episodes, string? only, IAnsiConsole console, CancellationToken stop)
    {
        World[] worlds = [.. World.All.Where(world => only is null || world.Name == only)];
        if (worlds.Length == 0) throw new ArgumentException($"There is no world '{only}'. There are: {string.Join(", ", World.All.Select(world => world.Name))}.");
        var rows = new JsonArray();
        foreach (World world in worlds)
        {
            using LearnedPolicy plain = world.Train(training, prefixes: false, console.WriteLine), trained = world.Train(training, prefixes: true, console.WriteLine);
            using LearnedPolicy hard = plain.With(plain.Config with { Head = (FlowMatchingHeadConfig)plain.Config.Head with { Prefix = new GuidedPrefix { Schedule = PrefixSchedule.Hard } } });
            (string Name, IPrefixGuidedPolicy Policy, double? Decay)[] methods =
            [
                ("naive", new UnguidedPolicy(plain), null),
                ("temporal ensembling", new UnguidedPolicy(plain), 0.01),
                ("BID", new BidirectionalDecodingPolicy(plain), null),
                ("RTC hard", new PrefixGuidedPolicy(hard), null),
                ("RTC soft", new PrefixGuidedPolicy(plain), null),
                ("training-time RTC", new PrefixGuidedPolicy(trained), null),
            ];

            var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle($"{world.Name}: success of {episodes} episodes; largest jump into a new chunk") };
            table.AddColumn("");
            for (int d = 0; d <= LongestDelay; d++) table.AddColumn(new TableColumn($"d = {d}").RightAligned());
            foreach ((string name, IPrefixGuidedPolicy policy, double? decay) in methods)
            {
                List<string> cells = [name];
                for (int d = 0; d <= LongestDelay; d++)
                {
                    plain.Seed = hard.Seed = trained.Seed = 7;
                    var options = new DelayedRolloutOptions { Seeds = new SeedRange(100_000, episodes), InferenceDelay = d, EnsembleDecay = decay, EpisodesAtOnce = 500 };
                    IReadOnlyList<DelayedRolloutResult> results = new DelayedRolloutRunner(world.Create, options).Run(policy, cancellationToken: stop);
                    var success = new WilsonInterval(results.Count(result => result.Result.Success), results.Count);
                    double seam = results.Max(result => result.SeamMax);
                    cells.Add(FormattableString.Invariant($"{success.Share:0.000}  {seam:0.00}"));
                    rows.Add(new JsonObject
                    {
                        ["world"] = world.Name, ["method"] = name, ["delay"] = d, ["episodes"] = results.Count,
                        ["success"] = success.Share, ["interval"] = new JsonArray(success.Low, success.High),
                        ["seam_max"] = seam, ["seam_mean"] = results.Average(result => result.SeamMean), ["inside_max"] = results.Max(result => result.InsideMax),
                    });
                }

                table.AddRow([.. cells]);
                console.WriteLine($"{world.Name}, {name}: {string.Join(" | ", cells.Skip(1))}");
            }

            console.Write(table);
        }

        return rows;
    }
}
