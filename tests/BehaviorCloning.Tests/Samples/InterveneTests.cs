using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using BehaviorCloning.Dagger;
using BehaviorCloning.Datasets;
using BehaviorCloning.Simulation;

namespace BehaviorCloning.Samples;

/// <summary>The intervention program: driven by a script, and at a terminal of its own. What was stored is what was done, says the trace of the world.</summary>
public sealed class InterveneTests : SampleTests
{
    // Five steps of the policy; a pause of three looks; taken over, and the target to the right, down, and held; handed back; four more steps.
    private const string PauseCorrectResume = "..... .. dds. ....q";

    [Fact]
    public async Task Pause_correct_and_resume_store_the_correction_and_nothing_else()
    {
        (int code, string said) = await Scripted(PauseCorrectResume, "a");
        code.Should().Be(0, said);
        said.Should().Contain("step 5: paused").And.Contain("step 5: you drive").And.Contain("step 10: the policy drives").And.Contain("1 corrections");
        JsonObject[] steps = Steps("a");
        steps.Select(step => (string)step["driver"]!).Should().Equal([.. Enumerable.Repeat("Policy", 5), .. Enumerable.Repeat("Person", 5), .. Enumerable.Repeat("Policy", 5)]);
        ((int)steps[5]["pauses"]!).Should().Be(3, "the world was looked at three times and stood still");
        (float x, float y) = (Floats(steps[5]["target"])[0], Floats(steps[5]["target"])[1]);
        Floats(steps[9]["target"]).Should().Equal([x + 48, y + 24], "two strides to the right and one down");
        Floats(steps[5]["target"]).Should().Equal(Floats(steps[5]["observed"]![PushTEnvironment.AgentPosition]), "who takes over first stops the agent");
        StoredIsDone("a").Should().Be(5);
    }

    [Fact]
    public async Task Control_passes_in_equal_shares_both_ways()
    {
        await Scripted("... . ddddd ......q", "a");
        JsonObject[] steps = Steps("a");
        double share = 0;
        float[] target = [0, 0];
        foreach (JsonObject step in steps)
        {
            bool person = (string)step["driver"]! == "Person";
            if (person) target = Floats(step["target"]);
            share = Math.Clamp(share + (person ? 0.25 : -0.25), 0, 1);
            float[] proposed = Floats(step["proposed"]), executed = Floats(step["executed"]);
            for (int i = 0; i < 2; i++) executed[i].Should().BeApproximately((float)((share * target[i]) + ((1 - share) * proposed[i])), 1e-3f, $"of step {step["step"]} the person has {share}");
        }

        share.Should().Be(0, "the policy has all control again");
    }

    [Fact]
    public async Task An_intervention_lasts_over_no_episode_and_ended_episodes_keep_what_was_corrected()
    {
        (int code, string said) = await Scripted(".  dd\ne. g...q", "a", "--seeds", "4:2");
        code.Should().Be(0, said);
        Steps("a").Select(step => (long)step["seed"]!).Distinct().Should().Equal(4, 5);
        StoredIsDone("a").Should().Be(3);
        using EpisodeStore store = EpisodeStore.Open(At("a"));
        store.EpisodeCount.Should().Be(1, "the second episode was paused and went on, but never corrected");
    }

    [Theory]
    [InlineData("..x", "Key 3 of the script is 'x'")]
    [InlineData("", "0 of them yours")]
    public async Task A_script_that_is_wrong_or_empty_is_told(string keys, string says) => (await Scripted(keys, "a")).Said.Should().Contain(says);

    [Fact]
    public async Task The_same_keys_do_the_same()
    {
        await Scripted(PauseCorrectResume, "a");
        await Scripted(PauseCorrectResume, "b");
        File.ReadAllText(At("b.jsonl")).Should().Be(File.ReadAllText(At("a.jsonl")));
        await Scripted(PauseCorrectResume.Replace("dds", "ddw", StringComparison.Ordinal), "c");
        File.ReadAllText(At("c.jsonl")).Should().NotBe(File.ReadAllText(At("a.jsonl")));
    }

    [Fact]
    public async Task The_comparison_of_store_and_trace_can_fail()
    {
        await Scripted(PauseCorrectResume, "a");
        string[] lines = File.ReadAllLines(At("a.jsonl"));
        JsonNode changed = JsonNode.Parse(lines[7])!;
        changed["executed"]![0] = (float)changed["executed"]![0]! + 1;
        lines[7] = changed.ToJsonString();
        File.WriteAllLines(At("a.jsonl"), lines);
        FluentActions.Invoking(() => StoredIsDone("a")).Should().Throw<Xunit.Sdk.XunitException>();
    }

    [SkippableFact]
    public async Task In_a_terminal_a_person_pauses_corrects_and_resumes()
    {
        using var terminal = new TerminalEmulator(Program("live", "--rate", "20", "--limit", "2000"));
        terminal.Await("THE POLICY");
        terminal.Type(" ");
        terminal.Await("PAUSED");
        terminal.Await("PAUSED");
        terminal.Type(" ");
        foreach (string arrow in new[] { "\e[C", "\e[C", "\e[B", "\e[D" })
        {
            terminal.Await("YOU");
            terminal.Type(arrow);
        }

        terminal.Await("YOU");
        terminal.Await("YOU");
        terminal.Type(" ");
        for (int frame = 0; frame < 5; frame++) terminal.Await("THE POLICY");
        terminal.Type("q");
        (await terminal.ExitCode()).Should().Be(0, terminal.Seen);
        terminal.Seen.Should().Contain("##").And.Contain("::").And.Contain("take over").And.Contain("hand back").And.Contain("1 corrections");

        JsonObject[] steps = Steps("live");
        steps.Select(step => (string)step["driver"]!).Aggregate(new List<string>(), (runs, driver) => runs is [.., var last] && last == driver ? runs : [.. runs, driver])
            .Should().Equal("Policy", "Person", "Policy");
        JsonObject first = steps.First(step => (string)step["driver"]! == "Person");
        ((int)first["pauses"]!).Should().BePositive();
        steps.Select(step => (string)step["key"]!).Where(key => key is "Right" or "Down" or "Left").Should().ContainInOrder("Right", "Down", "Left");
        StoredIsDone("live").Should().Be(steps.Count(step => (string)step["driver"]! == "Person"));
    }

    [SkippableFact]
    public async Task In_turns_a_terminal_does_exactly_what_the_script_does()
    {
        await Scripted(PauseCorrectResume, "script");
        using var terminal = new TerminalEmulator(Program("turns", "--turns"));
        terminal.Await("THE POLICY", press: "."); // The first frame comes with the first key.
        terminal.Type(PauseCorrectResume[1..].Replace("d", "\e[C", StringComparison.Ordinal).Replace("s", "\e[B", StringComparison.Ordinal));
        (await terminal.ExitCode()).Should().Be(0, terminal.Seen);
        File.ReadAllText(At("turns.jsonl")).Should().Be(File.ReadAllText(At("script.jsonl")));
        StoredIsDone("turns").Should().Be(5);
    }

    [Fact]
    public async Task A_policy_learns_from_demonstrations_and_corrections_together()
    {
        await Scripted("...  dddddddddddddddddddd q", "a");
        Demonstrate(30);
        (int code, string said) = await Run(
            ["retrain", "--data", At("demonstrations"), "--corrections", At("a"), "--out", At("retrained"), "--steps", "3", "--batch", "8", "--threads", "1"]);
        code.Should().Be(0, said);
        said.Should().Contain("1 demonstrations of 30 steps, 1 corrections of 21 steps").And.Contain("Policy in");
        (await Run(["--policy", Path.Combine(At("retrained"), "policy"), "--out", At("second"), "--trace", At("second.jsonl")], piped: "..  d. .q")).Code.Should().Be(0);
        StoredIsDone("second").Should().Be(3);
    }

    /// <summary>Compares the store with the trace step by step, and returns how many steps were corrected.</summary>
    private int StoredIsDone(string name)
    {
        JsonObject[] done = [.. Steps(name).Where(step => (string)step["driver"]! == "Person")];
        using EpisodeStore store = EpisodeStore.Open(At(name));
        int at = 0;
        for (int e = 0; e < store.EpisodeCount; e++)
        {
            Episode episode = store.ReadEpisode(e);
            for (int t = 0; t < episode.Length; t++, at++)
            {
                JsonObject step = done[at];
                float[] Row(ReadOnlyMemory<float> rows, int size) => rows.Slice(t * size, size).ToArray();
                Row(episode.Annotation("step")!.Value, 1).Should().Equal((float)step["step"]!);
                Row(episode.Annotation("seed")!.Value, 1).Should().Equal((float)step["seed"]!);
                Row(episode.Actions, 2).Should().Equal(Floats(step["target"]), "the label is where the person wanted to go");
                Row(episode.Annotation(DemonstrationRecorder.ExecutedAction)!.Value, 2).Should().Equal(Floats(step["executed"]));
                Row(episode.Annotation("reward")!.Value, 1)[0].Should().Be((float)(double)step["reward"]!);
                foreach (FeatureSpec feature in store.Observations) Row(episode.Feature(feature.Name), feature.Size).Should().Equal(Floats(step["observed"]![feature.Name]));
                if (t > 0) ((int)step["step"]!).Should().Be((int)done[at - 1]["step"]! + 1, "an episode is one correction");
            }
        }

        at.Should().Be(done.Length, "every corrected step is stored");
        return at;
    }

    private JsonObject[] Steps(string name) => [.. File.ReadAllLines(At(name + ".jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];

    private static float[] Floats(JsonNode? array) => [.. array!.AsArray().Select(value => (float)value!)];

    private Task<(int Code, string Said)> Scripted(string keys, string name, params string[] more)
    {
        File.WriteAllText(At(name + ".keys"), keys);
        return Run(["--keys", At(name + ".keys"), "--out", At(name), "--trace", At(name + ".jsonl"), .. more]);
    }

    private static async Task<(int Code, string Said)> Run(string[] args, string piped = "")
    {
        using var input = new StringReader(piped);
        return await Record((console, errors) => Intervene.Cli.RunAsync(args, console, input, errors));
    }

    private string Program(string name, params string[] more) =>
        $"dotnet '{typeof(Intervene.Cli).Assembly.Location}' --out '{At(name)}' --trace '{At(name + ".jsonl")}' {string.Join(' ', more)}";

    private void Demonstrate(int steps)
    {
        using var world = new PushTEnvironment();
        using EpisodeRecorder recorder = EpisodeRecorder.OpenOrCreate(At("demonstrations"), world.Observations, world.Actions, world.ControlRateHz);
        Observation observation = world.Reset(1);
        for (int t = 0; t < steps; t++)
        {
            float[] action = [observation[PushTEnvironment.AgentPosition].Span[0] + 20, 256];
            recorder.Append(observation, action);
            observation = world.Step(action).Observation;
        }

        recorder.FinishEpisode();
    }

    /// <summary>A pseudo-terminal of 100 by 30 with a program in it, by util-linux's <c>script</c>.</summary>
    private sealed class TerminalEmulator : IDisposable
    {
        private const string Script = "/usr/bin/script";
        private readonly Process process;
        private readonly StringBuilder seen = new();
        private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
        private readonly char[] buffer = new char[4096];
        private int read;

        public TerminalEmulator(string command)
        {
            Skip.IfNot(OperatingSystem.IsLinux() && File.Exists(Script), "There is no util-linux 'script' here to make a terminal with.");
            var start = new ProcessStartInfo(Script) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
            start.ArgumentList.Add("-qefc");
            start.ArgumentList.Add($"stty rows 30 cols 100 && exec {command}");
            start.ArgumentList.Add("/dev/null");
            start.Environment["TERM"] = "xterm";
            process = Process.Start(start)!;
        }

        /// <summary>All that was ever on the screen, with the terminal's sequences.</summary>
        public string Seen => seen.ToString();

        public void Type(string keys)
        {
            process.StandardInput.Write(keys);
            process.StandardInput.Flush();
        }

        /// <summary>Reads on until a text that was not read yet appears.</summary>
        public void Await(string text, string? press = null)
        {
            if (press is not null) Type(press);
            while (true)
            {
                int found = Seen.IndexOf(text, read, StringComparison.Ordinal);
                if (found >= 0)
                {
                    read = found + text.Length;
                    return;
                }

                if (!More().GetAwaiter().GetResult()) throw new InvalidOperationException($"The program ended before it showed '{text}': {Seen}");
            }
        }

        public async Task<int> ExitCode()
        {
            while (await More())
            {
            }

            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode;
        }

        public void Dispose()
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.Dispose();
            patience.Dispose();
        }

        private async Task<bool> More()
        {
            int count = await process.StandardOutput.ReadAsync(buffer, patience.Token);
            seen.Append(buffer, 0, count);
            return count > 0;
        }
    }
}
