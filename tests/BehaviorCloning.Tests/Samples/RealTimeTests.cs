using System.Text.Json.Nodes;

namespace BehaviorCloning.Samples;

/// <summary>The sample runs, on a small scale, in every verb.</summary>
public sealed class RealTimeTests : SampleTests
{
    [Fact]
    public async Task Delays_makes_a_row_for_every_method_and_delay()
    {
        JsonObject row = (await Rows(7 * 5, "delays", "--quick", "--world", "falling-ball", "--episodes", "4"))[^1];
        ((string)row["method"]!, (int)row["delay"]!, (int)row["episodes"]!).Should().Be(("training-time RTC", 4, 4));
        row["interval"]!.AsArray().Should().HaveCount(2);
        ((double)row["seam_max"]!).Should().BeGreaterThanOrEqualTo(0);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Training_time_RTC_loses_nothing_to_a_delay_and_jumps_at_most_a_quarter_as_far_as_naive_execution()
    {
        string[] line = ["delays", "--world", "gusty-pole", "--steps", "16000", "--episodes", "500", "--policies", At("policies")];
        JsonObject[] naive = await Rows(5, [.. line, "--method", "naive"]), rtc = await Rows(5, [.. line, "--method", "training-time RTC"]);
        for (int delay = 1; delay <= 4; delay++)
        {
            ((double)rtc[delay]["success"]!).Should().BeGreaterThan(0.98);
            ((double)naive[delay]["success"]!).Should().BeLessThan(0.9);
            ((double)rtc[delay]["seam_max"]!).Should().BeLessThanOrEqualTo(0.25 * (double)naive[delay]["seam_max"]!, $"delay {delay}");
        }
    }

    [Fact]
    public async Task Timing_allocates_nothing_in_a_step() =>
        (await Rows(3, "timing", "--quick", "--seconds", "0.2")).Should().OnlyContain(row => (long)row["allocated_bytes"]! == 0 && (long)row["inferences"]! > 0);

    [Fact]
    public void Timing_fails_if_a_step_allocates()
    {
        static JsonArray Run(long bytes) => [new JsonObject { ["rate_hz"] = 200, ["allocated_bytes"] = bytes, ["bytes_per_step"] = bytes / 100.0 }];
        RealTime.Timing.FaultOf(Run(0)).Should().BeNull();
        RealTime.Timing.FaultOf(Run(50)).Should().Contain("0.5 at 200 Hz");
    }

    [Fact]
    public async Task The_live_table_ends_with_a_report() => ((long)(await Rows(1, "--quick", "--seconds", "0.3", "--delay", "1"))[0]["steps"]!).Should().BePositive();

    private async Task<JsonObject[]> Rows(int count, params string[] args)
    {
        (int code, string said) = await Record((console, errors) => RealTime.Cli.RunAsync([.. args, "--json", At("rows.json")], console, errors));
        code.Should().Be(0, said);
        return Rows("rows.json").Should().HaveCount(count).And.Subject.ToArray();
    }
}
