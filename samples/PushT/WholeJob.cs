using System.CommandLine;
using System.Diagnostics;
using BehaviorCloning;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace PushT;

/// <summary><c>pusht</c> without a verb: record (or take --data), train, evaluate, report; goes on where it was interrupted.</summary>
internal sealed class WholeJob : Verb
{
    private readonly Option<string?> data;
    private readonly Option<string> folder;
    private readonly Option<int> episodes;
    private readonly Option<long?> steps;
    private readonly Option<int> threads;
    private readonly Option<bool> quick;

    public WholeJob()
        : base("all", "The whole job.")
    {
        data = Option<string>("--data", "Demonstrations: a Zarr folder, an npz file or an episode store. Default: record some first.");
        folder = Option("--out", "Where everything goes.", "runs/pusht");
        episodes = Option("--episodes", "Demonstrations to record where none are given.", 100);
        steps = Option<long?>("--steps", TrainOptions.StepsHelp);
        threads = Option("--threads", "Processors to use; 0 for all.", 0);
        quick = Option("--quick", "Everything on a small scale: seconds, to see that it works.", false);
    }

    public override string Interrupted => "Interrupted. Demonstrations and the run are saved; the same command goes on with them.";

    public override void Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        string Under(string name) => Path.Combine(parsed.GetValue(folder)!, name);
        bool small = parsed.GetValue(quick);
        int processors = parsed.GetValue(threads) is > 0 and var given ? given : Environment.ProcessorCount;

        string demonstrations = parsed.GetValue(data) ?? Under("demonstrations");
        if (parsed.GetValue(data) is null)
            Record.Into(demonstrations, small ? 3 : parsed.GetValue(episodes), firstSeed: 0, Record.StandardNoise, processors, terminal, cancellationToken);

        // What an earlier call began is gone on with, and what it finished is not done again.
        string run = Under(small ? "flow-quick" : "flow");
        var training = new TrainOptions { Folder = run, Steps = parsed.GetValue(steps), Threads = parsed.GetValue(threads), Resume = RunCheckpoint.Exists(run) };
        if (training.Resume) terminal.Say($"Going on with the run in {run}.");
        using LearnedPolicy policy = Train.On(PushTDataset.Open(demonstrations), small ? training.Quick() : training, terminal, cancellationToken);

        SeedRange seeds = SeedRange.Parse(small ? "100000:4" : Evaluate.PaperSeeds);
        EvaluationReport report = Evaluate.Policy(policy, new RolloutOptions { Seeds = seeds, TrajectoriesKept = 8, Parallelism = processors }, terminal, cancellationToken);
        report.Write(Under("evaluation.json"));
        Evaluate.Show(report, terminal);
        Report.Write(Under("report.html"), training.Folder, policy, [report], report.Episodes, terminal);
        terminal.Say($"All of it took {Terminal.Duration(clock.Elapsed)}.");
    }
}
