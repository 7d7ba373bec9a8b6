using System.CommandLine;
using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Dagger;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using Spectre.Console;

namespace Intervene;

/// <summary><c>intervene</c>: the policy pushes, the person pauses it, corrects it and lets it go on. Only the corrections are stored.</summary>
internal sealed class Drive
{
    public const string Description = "Push-T: watch a policy, pause it, correct it, let it go on. What you do is stored to learn from; what it does is not.";
    public const string StandardStore = "runs/intervene/corrections";

    private readonly Option<string?> policy = new("--policy") { Description = "The policy's folder. Default: a naive pusher that needs help." };
    private readonly Option<string> seeds = new("--seeds") { Description = "Episodes, as first seed and how many. Tests use 100000 on: stay away.", DefaultValueFactory = _ => "0:10" };
    private readonly Option<string> store = new("--out") { Description = "The episode store of corrections; one that exists is added to.", DefaultValueFactory = _ => StandardStore };
    private readonly Option<FileInfo?> keys = new("--keys") { Description = "Take keys from this file, one character a control step. Keys piped in are taken alike." };
    private readonly Option<bool> turns = new("--turns") { Description = "The world waits for a key before every step." };
    private readonly Option<double> rate = new("--rate") { Description = "Control steps a second in the terminal; the task's own 10 suit a practiced hand.", DefaultValueFactory = _ => 5 };
    private readonly Option<double> stride = new("--stride") { Description = "How far a key moves the target, in pixels.", DefaultValueFactory = _ => 24 };
    private readonly Option<int> handover = new("--handover") { Description = "Control steps over which control passes.", DefaultValueFactory = _ => new InterventionOptions().HandoverSteps };
    private readonly Option<int> limit = new("--limit") { Description = "Control steps of an episode.", DefaultValueFactory = _ => new PushTOptions().StepLimit };
    private readonly Option<FileInfo?> trace = new("--trace") { Description = "Write a line of JSON for every step that was taken, corrected or not." };

    public IEnumerable<Option> Options => [policy, seeds, store, keys, turns, rate, stride, handover, limit, trace];

    public void Run(ParseResult parsed, IAnsiConsole console, TextReader input, CancellationToken cancellationToken)
    {
        if (!(parsed.GetValue(rate) is > 0 and <= 1000)) throw new ArgumentException($"--rate {parsed.GetValue(rate)} must be above 0 and at most 1000 steps a second.");
        if (!(parsed.GetValue(stride) is > 0 and <= 512)) throw new ArgumentException($"--stride {parsed.GetValue(stride)} must be above 0 and at most 512 pixels.");
        SeedRange episodes = SeedRange.Parse(parsed.GetValue(seeds)!);
        using LearnedPolicy? learned = parsed.GetValue(policy) is { } folder ? LearnedPolicy.Load(folder, Accelerator.Cpu(1)) : null;
        IPolicy learner = learned ?? (IPolicy)new NaivePusher();
        var options = new PushTOptions
        {
            StepLimit = parsed.GetValue(limit),
            Keypoints = learner.Observations.Contains(PushTEnvironment.Keypoints),
            Images = learner.Observations.Contains(PushTEnvironment.Image),
        };
        using TextReader? file = parsed.GetValue(keys)?.OpenText();
        bool isLive = file is null && !Console.IsInputRedirected;
        IKeys source = isLive
            ? new TerminalKeys(parsed.GetValue(turns) ? null : TimeSpan.FromSeconds(1 / parsed.GetValue(rate)), cancellationToken)
            : new WrittenKeys(file ?? input);
        using var world = new Trace(new PushTEnvironment(options), parsed.GetValue(trace)?.CreateText());
        using EpisodeRecorder recorder = EpisodeRecorder.OpenOrCreate(parsed.GetValue(store)!, world.Observations, world.Actions, world.ControlRateHz, InterventionSession.Annotations(world.Actions));
        var handing = new InterventionOptions { HandoverSteps = parsed.GetValue(handover), PausePoll = TimeSpan.Zero }; // The keys set the pace, of pauses too.

        Tally tally = default;
        if (console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi)
        {
            Screen screen = Screen.Fitting(console);
            console.Live(new Text("")).Start(display => tally = Play((view, pilot, seed) =>
            {
                display.UpdateTarget(screen.Of(view, pilot, seed, recorder.EpisodeCount));
                display.Refresh();
            }));
        }
        else
        {
            Driver? shown = null;
            tally = Play((view, pilot, seed) =>
            {
                if (shown != pilot.Driver) console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"episode {seed}, step {view.Step}: {Say(pilot.Driver)}"));
                shown = pilot.Driver;
            });
        }

        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{tally.Episodes} episodes, {tally.Solved} solved, {tally.Steps} steps, {tally.Corrected} of them yours in {tally.Corrections} corrections. {parsed.GetValue(store)} holds {recorder.EpisodeCount} corrections."));

        Tally Play(Action<GateView, Pilot, long> show)
        {
            var sum = default(Tally);
            int before = recorder.EpisodeCount;
            long seed = 0;
            Pilot pilot = null!;
            pilot = new Pilot(source, parsed.GetValue(stride), view => show(view, pilot, seed));
            var session = new InterventionSession(recorder, learner, pilot, pilot, options: handing);
            foreach (long next in episodes)
            {
                seed = next;
                using var episode = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                pilot.Begin(episode);
                sum.Episodes++;
                try
                {
                    InterventionEpisode played = session.Play(world, seed, Watch, episode.Token);
                    if (played.Result.Success) sum.Solved++;
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // The person ended it; the corrections up to here are stored.
                }

                if (pilot.Stopped) break;
            }

            return sum with { Corrections = recorder.EpisodeCount - before };

            void Watch(GateView view, StepResult result)
            {
                sum.Steps++;
                if (view.Intervening) sum.Corrected++;
                world.Note(seed, view, result, pilot);
            }
        }
    }

    private static string Say(Driver driver) => driver switch { Driver.Policy => "the policy drives", Driver.Nobody => "paused", _ => "you drive" };

    private record struct Tally(int Episodes, int Solved, int Steps, int Corrected, int Corrections);
}
