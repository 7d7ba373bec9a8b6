using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;
using BehaviorCloning.Runtime;
using BehaviorCloning.Simulation;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/real-time.md.</summary>
internal static class RealTimePage
{
    public static void Run(LearnedPolicy policy, IRobot robot, CancellationToken cancellationToken)
    {
        // <snippet real-time-loop>
        using var executor = new RealTimeChunkExecutor(new PrefixGuidedPolicy(policy));
        var guard = new ActionGuard(robot.Actions, new GuardOptions { ControlRateHz = 50, Velocity = [1.5, 1.5], Acceleration = [8, 8] });
        var loop = new ControlLoop(robot, executor, new ControlLoopOptions { RateHz = 50, Start = o => o["joints"].ToArray() }, guard);
        ControlLoopReport report = loop.Run(cancellationToken);
        Console.WriteLine(report);
        // </snippet>
    }

    public static int Compare(LearnedPolicy policy)
    {
        // <snippet real-time-delays>
        var options = new DelayedRolloutOptions { Seeds = new SeedRange(100_000, 500), InferenceDelay = 3 };
        var runner = new DelayedRolloutRunner(() => new FallingBallEnvironment(), options);
        IReadOnlyList<DelayedRolloutResult> guided = runner.Run(new PrefixGuidedPolicy(policy));
        IReadOnlyList<DelayedRolloutResult> naive = runner.Run(new UnguidedPolicy(policy));
        // </snippet>
        return guided.Count - naive.Count;
    }
}
