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
    private const int LongestDelay = 4, BidSamples = 8;

    public static JsonArray Run(Training training, int episodes, string? only, string? onlyMethod, long firstSeed, IAnsiConsole console, CancellationToken stop)
    {
        World[] worlds = [.. World.All.Where(world => only is null || world.Name == only)];
        if (worlds.Length == 0) throw new ArgumentException($"There is no world '{only}'. There are: {string.Join(", ", World.All.Select(world => world.Name))}.");
        var rows = new JsonArray();
        foreach (World world in worlds)
        {
            using LearnedPolicy plain = world.Train(training, prefixes: false, console.WriteLine, stop), trained = world.Train(training, prefixes: true, console.WriteLine, stop);
            using LearnedPolicy hard = plain.With(plain.Config with { Head = (FlowMatchingHeadConfig)plain.Config.Head with { Prefix = new GuidedPrefix { Schedule = PrefixSchedule.Hard } } });
            (string Name, IPrefixGuidedPolicy Policy, double? Decay)[] methods =
            [
                ("naive", new UnguidedPolicy(plain), null),
                ("temporal ensembling", new UnguidedPolicy(plain), 0.01),
                ("BID", new BidirectionalDecodingPolicy(plain, options: new() { Samples = BidSamples }), null),
                ("RTC soft, best of 8", new BidirectionalDecodingPolicy(new PrefixGuidedPolicy(plain), options: new() { Samples = BidSamples, Guided = true }), null),
                ("RTC hard", new PrefixGuidedPolicy(hard), null),
                ("RTC soft", new PrefixGuidedPolicy(plain), null),
                ("training-time RTC", new PrefixGuidedPolicy(trained), null),
            ];
            if (onlyMethod is not null && !methods.Any(method => method.Name == onlyMethod))
                throw new ArgumentException($"There is no method '{onlyMethod}'. There are: {string.Join(", ", methods.Select(method => method.Name))}.");

            var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle($"{world.Name}: success of {episodes} episodes; largest jump into a new chunk: of all, of the median episode") };
            table.AddColumn("");
            for (int d = 0; d <= LongestDelay; d++) table.AddColumn(new TableColumn($"d = {d}").RightAligned());
            foreach ((string name, IPrefixGuidedPolicy policy, double? decay) in methods.Where(method => onlyMethod is null || method.Name == onlyMethod))
            {
                List<string> cells = [name];
                for (int d = 0; d <= LongestDelay; d++)
                {
                    plain.Seed = hard.Seed = trained.Seed = 7;
                    var options = new DelayedRolloutOptions { Seeds = new SeedRange(firstSeed, episodes), InferenceDelay = d, EnsembleDecay = decay, EpisodesAtOnce = 500 };
                    IReadOnlyList<DelayedRolloutResult> results = new DelayedRolloutRunner(world.Create, options).Run(policy, cancellationToken: stop);
                    var success = new WilsonInterval(results.Count(result => result.Result.Success), results.Count);
                    double seam = results.Max(result => result.SeamMax), median = results.Select(result => result.SeamMax).Order().ElementAt(results.Count / 2);
                    cells.Add(FormattableString.Invariant($"{success.Share:0.000}  {seam:0.00} {median:0.00}"));
                    rows.Add(new JsonObject
                    {
                        ["world"] = world.Name, ["method"] = name, ["delay"] = d, ["episodes"] = results.Count,
                        ["success"] = success.Share, ["interval"] = new JsonArray(success.Low, success.High),
                        ["seam_max"] = seam, ["seam_max_median"] = median, ["seam_mean"] = results.Average(result => result.SeamMean), ["inside_max"] = results.Max(result => result.InsideMax),
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
