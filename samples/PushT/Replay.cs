using System.CommandLine;
using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Simulation;

namespace PushT;

/// <summary><c>pusht replay</c>: is the simulator the one that the demonstrations were recorded in?</summary>
internal sealed class Replay : Verb
{
    private readonly Option<string> data;
    private readonly Option<long?> seedStart;

    public Replay()
        : base("replay", "Step recorded actions again and compare where the T goes with where it was recorded.")
    {
        data = Option("--data", "Demonstrations: a Zarr folder, an npz file or an episode store.", "runs/pusht/demonstrations");
        seedStart = Option<long?>("--seed-start", "Seed of the first episode, to check resets as well. Default: 0 for the benchmark's own files.");
    }

    public override void Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(data)!;
        IEpisodeSource demonstrations = PushTDataset.Open(path);
        PushTReplayReport report = terminal.Watch("replaying", progress =>
            PushTReplay.Run(demonstrations, new ShareOf<double>(progress, share => new(share, ""))));

        // The benchmark's episode i starts from the reset of seed i. Our own recordings leave out seeds that were not solved.
        long? first = parsed.GetValue(seedStart) ?? (EpisodeStore.Exists(path) ? null : 0);
        double? resets = first is null ? null : PushTReplay.ResetMaxError(demonstrations, first.Value);
        int close = report.EpisodesWithin(0.01);
        terminal.Show(
            $"Replay of {path}",
            new Figure("episodes", report.Episodes, "episodes", $"{report.Episodes}"),
            new Figure("episodes_within_0_01_px", close, "within 0.01 px throughout", $"{close}"),
            new Figure("median_max_error_px", report.MedianMaxErrorPx, "largest error, median", Pixels(report.MedianMaxErrorPx)),
            new Figure("reset_max_error_px", resets, "largest error of a reset", resets is null ? "not checked" : Pixels(resets.Value)));
    }

    private static string Pixels(double value) => value.ToString("0.########", CultureInfo.InvariantCulture) + " px";
}
