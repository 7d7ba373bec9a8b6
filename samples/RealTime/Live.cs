using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Policies;
using BehaviorCloning.Runtime;
using Spectre.Console;

namespace RealTime;

/// <summary><c>realtime</c>: a policy balances a pole while its inferences are made late, and a table shows how the loop copes.</summary>
internal static class Live
{
    public static JsonArray Run(Training training, int delay, double seconds, IAnsiConsole console, CancellationToken stop)
    {
        World world = World.All[1];
        using LearnedPolicy policy = world.Train(training with { Steps = training.Steps ?? (training.Quick ? null : 4000) }, prefixes: false, console.WriteLine, stop);
        using IEnvironment environment = world.Create();
        var robot = new SimulatedRobot(environment);
        var slow = new SlowPolicy(new PrefixGuidedPolicy(policy), TimeSpan.FromSeconds(delay / environment.ControlRateHz));
        using var executor = new RealTimeChunkExecutor(slow, new RealTimeChunkOptions { InitialDelay = Math.Clamp(delay + 1, 1, 4) });
        var guard = new ActionGuard(robot.Actions, new GuardOptions { ControlRateHz = environment.ControlRateHz, Hold = HoldBehavior.Zero });
        var loop = new ControlLoop(robot, executor, new ControlLoopOptions { RateHz = environment.ControlRateHz, StepLimit = Math.Max((long)(seconds * environment.ControlRateHz), 1) }, guard);

        Task<ControlLoopReport> running = Task.Factory.StartNew(() => loop.Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        console.Live(Show()).Start(display =>
        {
            while (!running.Wait(100, CancellationToken.None)) display.UpdateTarget(Show());
            display.UpdateTarget(Show());
        });
        ControlLoopReport report = running.GetAwaiter().GetResult();
        console.WriteLine($"{report}");
        return
        [
            new JsonObject
            {
                ["world"] = world.Name, ["delay"] = delay, ["steps"] = report.Steps, ["episodes"] = robot.Episodes, ["starved"] = report.StarvedSteps, ["misses"] = report.Misses,
                ["planned_delay"] = executor.Statistics.PlannedDelay, ["inference_p50_ms"] = executor.Statistics.InferenceTime.P50.TotalMilliseconds, ["guard_changed"] = report.Guard.Changed,
            },
        ];

        Table Show()
        {
            RealTimeChunkStatistics now = executor.Statistics;
            var table = new Table { Border = TableBorder.Rounded, ShowHeaders = false };
            table.AddColumns("", "");
            table.AddRow("inferences", $"{now.Inferences} ({now.Failures} failed)");
            table.AddRow("inference time", $"{now.InferenceTime}");
            table.AddRow("planned delay", $"{now.PlannedDelay} steps");
            table.AddRow("queue", $"{executor.QueueDepth} actions, {now.StarvedSteps} steps starved");
            table.AddRow("guard", $"{guard.Report}");
            table.AddRow("episodes", $"{robot.Episodes}");
            return table;
        }
    }
}
