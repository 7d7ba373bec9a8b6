using System.Diagnostics;
using System.Globalization;
using BehaviorCloning.Core.Tests.Recorder;
using BehaviorCloning.Datasets;
using Xunit.Abstractions;

namespace BehaviorCloning.Core.Tests.Datasets;

/// <summary>SIGKILL at random moments. It shows what the process did not lose; that the disk did not either rests on the order of flushes.</summary>
public sealed class EpisodeRecorderCrashTests(ITestOutputHelper output)
{
    [Fact]
    public void Killed_20_times_every_finished_episode_reads_back_and_nothing_else_does() => KillAndReopen(20, seed: 1);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Killed_200_times_every_finished_episode_reads_back_and_nothing_else_does() => KillAndReopen(200, seed: 2);

    private void KillAndReopen(int kills, int seed)
    {
        using TemporaryFolder folder = new();
        string path = folder["store"];
        Random random = new(seed);
        int tornTails = 0, committedUnsaid = 0, before = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            int said = RecordAndKill(path, random.Next(3), TimeSpan.FromMilliseconds(1 + (39 * random.NextDouble())));

            // A reader opens what the killed process left, before any recorder has tidied up.
            using EpisodeStore store = EpisodeStore.Open(path);
            if (store.TornBytes > 0) tornTails++;

            // Every episode that was said to be finished is there. One more may be: committed, but killed before it was said.
            store.EpisodeCount.Should().BeInRange(Math.Max(said, before), Math.Max(said, before) + 1);
            if (store.EpisodeCount > Math.Max(said, before)) committedUnsaid++;
            for (int episode = before; episode < store.EpisodeCount; episode++)
                SeededEpisodes.Difference(store.ReadEpisode(episode), episode).Should().BeNull();
            before = store.EpisodeCount;
        }

        using EpisodeStore all = EpisodeStore.Open(path);
        for (int episode = 0; episode < all.EpisodeCount; episode++)
            SeededEpisodes.Difference(all.ReadEpisode(episode), episode).Should().BeNull();
        output.WriteLine($"{kills} kills, {all.EpisodeCount} episodes, {tornTails} torn tails, {committedUnsaid} episodes committed but not yet announced.");
        all.EpisodeCount.Should().BeGreaterThan(kills / 2);
        if (kills >= 200) tornTails.Should().BeGreaterThan(0, "kills that never land within a write would show nothing");
    }

    // Returns how many episodes the store has by what the process said. It is let finish some first: a busy machine may run it for no whole one in the time.
    private static int RecordAndKill(string path, int episodes, TimeSpan afterwards)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "BehaviorCloning.Core.Tests.Recorder.dll");
        using Process recorder = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", program, path])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        int count = 0;
        try
        {
            recorder.StandardOutput.ReadLine().Should().Be("recording");
            for (int i = 0; i < episodes; i++) count = Next(recorder.StandardOutput.ReadLine()!);
            long until = Stopwatch.GetTimestamp() + (long)(afterwards.TotalSeconds * Stopwatch.Frequency);
            SpinWait.SpinUntil(() => Stopwatch.GetTimestamp() >= until);
        }
        finally
        {
            recorder.Kill();
        }

        // A line cut short by the kill says nothing for certain, but a write of a few bytes into a pipe is whole or absent.
        while (recorder.StandardOutput.ReadLine() is { } line) count = Next(line);
        recorder.WaitForExit();
        return count;
    }

    private static int Next(string episode) => int.Parse(episode, CultureInfo.InvariantCulture) + 1;
}
