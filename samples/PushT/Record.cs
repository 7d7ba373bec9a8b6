using System.CommandLine;
using BehaviorCloning.Datasets;
using BehaviorCloning.Simulation;

namespace PushT;

/// <summary><c>pusht record</c>: demonstrations by the planning expert, with no human and no download.</summary>
internal sealed class Record : Verb
{
    /// <summary>Pushes the expert off its way, so that its demonstrations show the way back: what a policy that errs must know.</summary>
    public const double StandardNoise = 20;

    private readonly Option<int> episodes;
    private readonly Option<long> seedStart;
    private readonly Option<double> noise;
    private readonly Option<string> folder;
    private readonly Option<int> threads;

    public Record()
        : base("record", "Let the planning expert push the T, and store what succeeds.")
    {
        episodes = Option("--episodes", "Demonstrations the store shall hold.", 100);
        seedStart = Option("--seed-start", "Seed of the first starting state. Tests use 100000 on: stay away.", 0L);
        noise = Option("--noise", "Standard deviation, in pixels, of noise on what the expert executes but not on what is recorded.", StandardNoise);
        folder = Option("--out", "The episode store; one that exists is added to.", "runs/pusht/demonstrations");
        threads = Option("--threads", "Demonstrations played at once.", Environment.ProcessorCount);
    }

    public override string Interrupted => "Interrupted. Every finished demonstration is stored; the same command records the rest.";

    public override void Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken) => Into(
        parsed.GetValue(folder)!, parsed.GetValue(episodes), parsed.GetValue(seedStart), parsed.GetValue(noise), parsed.GetValue(threads), terminal, cancellationToken);

    public static void Into(string folder, int episodes, long firstSeed, double noise, int threads, Terminal terminal, CancellationToken cancellationToken)
    {
        var options = new DemonstrationOptions { Episodes = episodes, FirstSeed = firstSeed, ActionNoise = noise, Parallelism = threads };
        DemonstrationProgress recorded = terminal.Watch("recording", progress => DemonstrationRecorder.Record(
            folder, () => new PushTEnvironment(), seed => new PushTExpert(new() { Seed = seed }), options,
            new ShareOf<DemonstrationProgress>(progress, p => new((double)p.Kept / episodes, $"{p.Kept} of {episodes}")), cancellationToken));
        terminal.Show(
            $"Demonstrations in {folder}",
            new Figure("demonstrations", recorded.Kept, "episodes", $"{recorded.Kept}"),
            new Figure("recorded_episodes", recorded.Recorded, "recorded now", $"{recorded.Recorded}"),
            new Figure("recorded_steps", recorded.Steps, "steps recorded now", $"{recorded.Steps:N0}"),
            new Figure("dropped_episodes", recorded.Dropped, "dropped, not solved", $"{recorded.Dropped}"));
    }
}
