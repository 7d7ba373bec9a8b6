using System.CommandLine;
using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Engine;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace PushT;

/// <summary><c>pusht distill</c>: a trained flow in, one that samples in a step or two out.</summary>
internal sealed class Distill : Verb
{
    private readonly Option<string> policyFolder;
    private readonly Option<string> data;
    private readonly Option<string> folder;
    private readonly Option<int> samplingSteps;
    private readonly Option<long> steps;
    private readonly Option<string> mirror;
    private readonly Option<long> seed;
    private readonly Option<int> threads;

    public Distill()
        : base("distill", "Make of a trained flow policy one that samples in one or two steps.")
    {
        var standard = new TrainOptions();
        policyFolder = Option("--policy", "The teacher: a flow policy of many steps.", "runs/pusht/flow/policy");
        data = Option("--data", "Demonstrations: where the student meets observations; the actions are its teacher's.", "runs/pusht/demonstrations");
        folder = Option("--out", "The run's folder; the student ends up in its sub-folder 'policy'.", "runs/pusht/distilled");
        samplingSteps = Option("--sampling-steps", "Steps the student takes from noise to action.", 1);
        steps = Option("--steps", "Optimizer steps. Each costs about as much as three of the teacher's.", 5000L);
        mirror = Option("--mirror", "Whether each demonstration is also shown as its mirror image.", "on");
        mirror.AcceptOnlyFromAmong("on", "off");
        seed = Option("--seed", "Seed of data order and noise.", standard.Seed);
        threads = Option("--threads", "Processors to use; 0 for all.", standard.Threads);
    }

    public override void Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var options = new TrainOptions { Folder = parsed.GetValue(folder)!, Steps = parsed.GetValue(steps), Seed = parsed.GetValue(seed), Mirror = parsed.GetValue(mirror) == "on" };
        using LearnedPolicy teacher = LearnedPolicy.Load(parsed.GetValue(policyFolder)!, Accelerator.Cpu(parsed.GetValue(threads)));
        (IEpisodeSource training, _) = options.Split(PushTDataset.Open(parsed.GetValue(data)!));
        using LearnedPolicy student = terminal.Watch("distilling", progress => FlowDistillation.Distill(
            teacher,
            training,
            options.Trainer(windows: 0),
            parsed.GetValue(samplingSteps),
            new ShareOf<TrainingProgress>(progress, p => new((double)p.Step / p.TotalSteps, string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:0.0000}"))),
            cancellationToken: cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        string saved = Path.Combine(options.Folder, "policy");
        student.Save(saved);
        terminal.Say($"Policy in {saved}");
    }
}
