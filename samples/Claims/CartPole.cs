using System.CommandLine;
using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace Claims;

/// <summary>Clones the recorded CartPole experts of two public projects and plays the clones in our own CartPole.</summary>
internal sealed class CartPole : Claim
{
    private readonly Option<string[]> data;
    private readonly Option<string> seeds;
    private readonly Option<long> steps;
    private readonly Option<bool> complete;
    private readonly Option<double?> clear;
    private readonly Option<double?> steady;
    private readonly Option<string> test;

    public CartPole()
        : base("cartpole", "A clone of real experts' recordings balances the pole in a simulator of our own.")
    {
        data = Option<string[]>("--data", "Recordings: expert_cartpole.npz of Stable Baselines, cartpole_rollouts.npz of imitation.", ["../shared/data/sb2_expert/expert_cartpole.npz", "../shared/data/imitation_expert/cartpole_rollouts.npz"]);
        seeds = Option("--seeds", Seeds.Help, "3");
        steps = Option("--steps", "Optimizer steps.", 3000L);
        complete = Option("--complete", "Learn only from demonstrations that lasted all 500 steps.", false);
        clear = Option<double?>("--clear", "Learn only from demonstrations that stay so many meters clear of the track's ends.", null);
        steady = Option<double?>("--steady", "Learn only from this share of all stretches of 2 s, those in which the cart goes outward least, and from every demonstration's first.", null);
        test = Option("--test", "Test episodes, as first seed and how many.", "0:200");
    }

    public override Finding Run(ParseResult parsed, Action<string> say, CancellationToken cancellationToken)
    {
        SeedRange tested = SeedRange.Parse(parsed.GetValue(test)!);
        List<(string File, long Seed, EvaluationReport Report)> played = [];
        foreach (string file in parsed.GetValue(data)!)
        {
            IEpisodeSource recorded = GymRecordings.CartPole(file);
            if (parsed.GetValue(complete)) recorded = new EpisodeSubset(recorded, [.. Enumerable.Range(0, recorded.EpisodeCount).Where(e => recorded.EpisodeLength(e) == 500)]);
            if (parsed.GetValue(clear) is { } meters) recorded = Clear(recorded, meters);
            if (parsed.GetValue(steady) is { } share) recorded = Steady(recorded, share);
            foreach (long seed in Seeds.Parse(parsed.GetValue(seeds)!))
            {
                using LearnedPolicy policy = LearnedPolicy.Create(Config, recorded, seed, Accelerator.Cpu(1));
                Trainer.Train(policy, recorded, Labels.Training(parsed.GetValue(steps), 256, seed), cancellationToken: cancellationToken);
                var runner = new RolloutRunner(() => new CartPoleEnvironment(), new RolloutOptions { Seeds = tested });
                var report = new EvaluationReport($"{Path.GetFileName(file)}, seed {seed}", runner.Run(policy, cancellationToken: cancellationToken));
                say($"{report.Name}: {report.Success} full episodes, {report.MeanSteps:0} steps in the mean");
                played.Add((file, seed, report));
            }
        }

        return new Finding(
            $"Share of {tested.Count} episodes that last all 500 steps",
            ["recording", "training seed", "full episodes", "mean steps"],
            [.. played.Select(p => (IReadOnlyList<string>)[Path.GetFileName(p.File), $"{p.Seed}", Seeds.Text(p.Report.Success), $"{p.Report.MeanSteps:0.0}"])],
            [],
            new JsonObject { ["claim"] = "cartpole", ["runs"] = new JsonArray([.. played.Select(p => JsonNode.Parse(p.Report.ToJson()))]) })
        {
            Figure = new("CartPole cloned from recordings", "training seed", "share of full episodes", [.. played.GroupBy(p => Path.GetFileName(p.File)).Select(group => (
                group.Key, (IReadOnlyList<Measured>)[.. group.Select(p => new Measured(p.Seed, p.Report.Success.Share, p.Report.Success.Low, p.Report.Success.High))]))]),
        };
    }

    private static EpisodeSubset Clear(IEpisodeSource recorded, double meters)
    {
        int[] kept = [.. Enumerable.Range(0, recorded.EpisodeCount).Where(e => Farthest(recorded.ReadEpisode(e)) <= CartPoleState.TrackEnd - meters)];
        return kept.Length > 0 ? new(recorded, kept) : throw new ArgumentException($"No demonstration stays {meters} m clear of the track's ends, {CartPoleState.TrackEnd} m from its middle.");
    }

    // A demonstration shows good and bad; cut into short ones, each may be judged by itself.
    private static InMemoryEpisodes Steady(IEpisodeSource recorded, double share)
    {
        const int Length = 100, Hop = 25;
        if (!(share > 0 && share <= 1)) throw new ArgumentException($"--steady {share} must be above 0 and at most 1.");
        List<(float Outward, Episode Whole, int Start)> stretches = [];
        for (int e = 0; e < recorded.EpisodeCount; e++)
        {
            Episode whole = recorded.ReadEpisode(e);
            ReadOnlyMemory<float> states = whole.Feature(CartPoleEnvironment.StateFeature);
            for (int start = 0; start + Length <= whole.Length; start += Hop)
                stretches.Add((Math.Abs(states.Span[4 * (start + Length - 1)]) - Math.Abs(states.Span[4 * start]), whole, start));
        }

        var kept = new InMemoryEpisodes(recorded.Observations, recorded.Actions, controlRateHz: recorded.ControlRateHz);
        foreach ((_, Episode whole, int start) in stretches.OrderBy(stretch => stretch.Outward).Where((stretch, rank) => rank < share * stretches.Count || stretch.Start == 0))
        {
            var states = new Dictionary<string, ReadOnlyMemory<float>> { [CartPoleEnvironment.StateFeature] = whole.Feature(CartPoleEnvironment.StateFeature).Slice(4 * start, 4 * Length) };
            kept.Add(new InMemoryEpisode(recorded.Observations, recorded.Actions, states, whole.Actions.Slice(start * recorded.Actions.Dimension, Length * recorded.Actions.Dimension)));
        }

        return kept;
    }

    private static float Farthest(Episode episode)
    {
        ReadOnlySpan<float> states = episode.Feature(CartPoleEnvironment.StateFeature).Span;
        float farthest = 0;
        for (int i = 0; i < states.Length; i += 4) farthest = Math.Max(farthest, Math.Abs(states[i]));
        return farthest;
    }

    // One action a step: pushes to the right and to the left are told apart at one half, as the recorded 1 and 0 are.
    internal static PolicyConfig Config { get; } = new()
    {
        Horizons = new() { Prediction = 1, Execution = 1 },
        Head = new MseHeadConfig { HiddenWidth = 64, Blocks = 2 },
    };
}
