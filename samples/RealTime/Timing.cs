using System.Text.Json.Nodes;
using BehaviorCloning.Policies;
using BehaviorCloning.Runtime;
using Spectre.Console;

namespace RealTime;

/// <summary><c>realtime timing</c>: how late the steps of the control loop begin while a policy infers beside it.</summary>
internal static class Timing
{
    public static JsonArray Run(Training training, double seconds, IAnsiConsole console, CancellationToken stop)
    {
        using LearnedPolicy policy = World.All[0].Train(training with { Steps = training.Steps ?? 100 }, prefixes: false, console.WriteLine, stop);
        var rows = new JsonArray();
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle("Lateness of control steps, ms") };
        table.AddColumns("Hz", "p50", "p90", "p99", "p99.9", "max", "misses", "starved", "GC pauses", "bytes");
        foreach (int rate in new[] { 50, 200, 1000 })
        {
            // Empty the heap between runs, as between episodes.
            GC.Collect();
            var robot = new IdleRobot(policy.Observations, policy.Actions);
            using var executor = new RealTimeChunkExecutor(new PrefixGuidedPolicy(policy));
            var guard = new ActionGuard(robot.Actions, new GuardOptions { ControlRateHz = rate, StaleLimit = int.MaxValue });
            ControlLoopReport report = new ControlLoop(robot, executor, new ControlLoopOptions { RateHz = rate, StepLimit = Math.Max((long)(seconds * rate), 1) }, guard).Run(stop);
            DurationSummary late = report.Lateness;
            string[] numbers = [.. new[] { late.P50, late.P90, late.P99, late.P999, late.Longest }.Select(time => FormattableString.Invariant($"{time.TotalMilliseconds:0.000}"))];
            table.AddRow([$"{rate}", .. numbers, $"{report.Misses}", $"{report.StarvedSteps}", FormattableString.Invariant($"{report.Collections}, {report.CollectionPause.TotalMilliseconds:0.0} ms"), $"{report.AllocatedBytes}"]);
            rows.Add(new JsonObject
            {
                ["rate_hz"] = rate, ["seconds"] = seconds, ["steps"] = report.Steps, ["misses"] = report.Misses, ["starved"] = report.StarvedSteps,
                ["lateness_p50_ms"] = late.P50.TotalMilliseconds, ["lateness_p90_ms"] = late.P90.TotalMilliseconds, ["lateness_p99_ms"] = late.P99.TotalMilliseconds,
                ["lateness_p999_ms"] = late.P999.TotalMilliseconds, ["lateness_max_ms"] = late.Longest.TotalMilliseconds, ["collections"] = report.Collections,
                ["collection_pause_ms"] = report.CollectionPause.TotalMilliseconds, ["allocated_bytes"] = report.AllocatedBytes,
                ["bytes_per_step"] = (double)report.AllocatedBytes / Math.Max(report.Steps, 1), ["inferences"] = executor.Statistics.Inferences,
                ["inference_p50_ms"] = executor.Statistics.InferenceTime.P50.TotalMilliseconds,
            });
        }

        console.Write(table);
        return rows;
    }

    /// <summary>What the loop promises and a run did not keep, or null: a step allocates nothing, whatever the rate.</summary>
    public static string? FaultOf(JsonArray rows)
    {
        string[] allocating = [.. rows.Where(row => (long)row!["allocated_bytes"]! != 0).Select(row => FormattableString.Invariant($"{(double)row!["bytes_per_step"]!:0.###} at {(int)row["rate_hz"]!} Hz"))];
        return allocating.Length == 0 ? null : $"Steps must not allocate, but bytes were allocated per step: {string.Join(", ", allocating)}.";
    }
}
