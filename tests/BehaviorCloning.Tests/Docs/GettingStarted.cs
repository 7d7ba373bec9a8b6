using BehaviorCloning.Datasets;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/getting-started.md.</summary>
internal static class GettingStarted
{
    public static void TenLines()
    {
        // <snippet ten-lines>
        IEpisodeSource demonstrations = PushTDataset.Open("pusht_lowdim.npz");
        (IEpisodeSource training, IEpisodeSource validation) = EpisodeSplit.Draw(demonstrations, validationShare: 0.02, seed: 0);
        training = new SymmetricEpisodes(training, PushTSymmetry.Mirror);

        using var policy = LearnedPolicy.Create(Presets.FlowMatchingPushTState, training, seed: 0);
        Trainer.Train(policy, training, new TrainerConfig { Steps = 20_000 }, validation, runFolder: "runs/first");
        policy.Save("policies/first");

        var runner = new RolloutRunner(() => new PushTEnvironment(), new RolloutOptions { Seeds = new SeedRange(100000, 50) });
        var report = new EvaluationReport("first", runner.Run(policy));
        Console.WriteLine($"score {report.Score}, solved {report.Success}");
        // </snippet>
    }

    public static void Configure(IEpisodeSource demonstrations)
    {
        // <snippet configure>
        PolicyConfig config = Presets.FlowMatchingPushTState with
        {
            Horizons = new Horizons { Observation = 2, Prediction = 24, Execution = 8 },
            Head = new MseHeadConfig { HiddenWidth = 512, Blocks = 4 },
        };
        foreach (string problem in config.Problems(demonstrations.Observations, demonstrations.Actions)) Console.WriteLine(problem);
        // </snippet>
    }

    public static void Record(IRobot robot, ITeleoperator teleoperator)
    {
        // <snippet record>
        var observations = new ObservationSpec(new FeatureSpec("joint_positions", 7), new FeatureSpec("gripper", 1));
        var actions = new ActionSpec("arm", 8);
        using (var recorder = EpisodeRecorder.OpenOrCreate("demonstrations", observations, actions, controlRateHz: 20))
        {
            for (int step = 0; step < 200; step++)
            {
                Observation observed = robot.Observe();
                float[] commanded = teleoperator.Act(observed);
                robot.Send(commanded);
                recorder.Append(observed, commanded);
            }

            recorder.FinishEpisode();
        }
        // </snippet>
    }

    public static void Run(IRobot robot, Func<bool> finished, Action waitForNextControlStep)
    {
        // <snippet run>
        using var policy = LearnedPolicy.Load("policies/first");
        var history = new ObservationHistory(policy.Horizons.Observation);
        while (!finished())
        {
            history.Push(robot.Observe());
            ActionChunk chunk = policy.Predict(history);
            for (int i = 0; i < policy.Horizons.Execution; i++)
            {
                robot.Send(chunk[i]);
                waitForNextControlStep();
                if (i + 1 < policy.Horizons.Execution) history.Push(robot.Observe());
            }
        }
        // </snippet>
    }

    internal interface ITeleoperator
    {
        float[] Act(Observation observation);
    }
}
