using BehaviorCloning.Dagger;
using BehaviorCloning.Datasets;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/dagger.md.</summary>
internal static class DaggerPage
{
    public static LearnedPolicy Loop()
    {
        // <snippet dagger-loop>
        var options = new DaggerOptions
        {
            Policy = new PolicyConfig { Head = new MseHeadConfig(), Horizons = new() { Prediction = 1, Execution = 1 } },
            Training = new TrainerConfig { Steps = 2000 },
            Rounds = 8,
            EpisodesPerRound = 10,
            ValidationSeeds = new SeedRange(200_000, 50),
        };
        var loop = new DaggerLoop("runs/dagger", () => new CartPoleEnvironment(), seed => new CartPoleExpert(), options);
        DaggerResult result = loop.Run();
        LearnedPolicy policy = LearnedPolicy.Load(result.PolicyFolder);
        // </snippet>
        return policy;
    }

    public static DaggerOptions Batch(DaggerOptions options)
    {
        // <snippet batch-dagger>
        DaggerOptions batch = options with
        {
            Beta = BetaSchedule.Constant(1),
            Search = new FailureSearch { Seeds = new SeedRange(500_000, 40) },
        };
        // </snippet>
        return batch;
    }

    public static DaggerLoop Lookahead(DaggerOptions batch, IEpisodeSource demonstrations)
    {
        // <snippet lookahead>
        LearnedPolicy clone = LearnedPolicy.Load("policies/clone");
        IExpert Imagining(long seed) => new LookaheadExpert(clone, () => new PushTEnvironment(), new LookaheadOptions { Futures = 8, Tolerance = 0.5, Seed = seed });
        var improving = new DaggerLoop("runs/improving", () => new PushTEnvironment(), Imagining, batch, demonstrations);
        // </snippet>
        return improving;
    }

    public static InterventionEpisode Intervene(EpisodeRecorder recorder, IPolicy learner, IExpert person, IEnvironment world, Func<bool> keyIsHeld)
    {
        // <snippet intervene>
        var gate = new FunctionGate(view => keyIsHeld() ? GateDecision.Expert : GateDecision.Learner);
        var session = new InterventionSession(recorder, learner, person, gate);
        InterventionEpisode episode = session.Play(world, seed: 0);
        // </snippet>
        return episode;
    }

    public static IEpisodeSource Treat(IEpisodeSource demonstrations)
    {
        // <snippet doctor>
        var options = new DoctorOptions { Angles = new HashSet<string> { PushTEnvironment.BlockAngle } };
        DoctorReport report = DatasetDoctor.Examine(demonstrations, options);
        Console.WriteLine(report);
        IEpisodeSource sound = DatasetDoctor.Treat(demonstrations, report, options);
        // </snippet>
        return sound;
    }

    public static void Compare()
    {
        // <snippet paired>
        PairedComparison gain = PairedComparison.Of(EvaluationReport.Read("control.json"), EvaluationReport.Read("treatment.json"));
        Console.WriteLine(gain);
        int episodes = PairedComparison.MinimumEpisodes(controlShare: 0.80, treatmentShare: 0.90);
        // </snippet>
        _ = episodes;
    }
}
