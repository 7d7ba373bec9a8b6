using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace ChoosingAHead;

/// <summary>Push-T from states, by the protocol of the Diffusion Policy paper: 50 starting states, the score of an episode its best overlap.</summary>
internal sealed class PushTWorld(WorldOptions options) : World(options)
{
    private const double Noise = 20; // pixels: see samples/PushT

    public override string Name => "push-t";

    public override int Steps => 8000;

    public override int BatchSize => 256;

    public override int Episodes => 50;

    // The paper's.
    public override long FirstTestSeed => 100_000;

    protected override NetworkSize FullSize => NetworkSize.PushT;

    public override ISymmetry Mirror => PushTSymmetry.Mirror;

    public override PolicyConfig Policy => Presets.FlowMatchingPushTState;

    public override IEpisodeSource Demonstrate(double corruptedShare, Action<string> say, CancellationToken cancellationToken)
    {
        if (Options.Data is { } path) return First(PushTDataset.Open(path));
        string folder = Path.Combine(Options.Folder, "push-t-demonstrations");
        var recording = new DemonstrationOptions { Episodes = Options.Demonstrations ?? 100, ActionNoise = Noise };
        say(string.Create(CultureInfo.InvariantCulture, $"Recording {recording.Episodes} demonstrations by the planning expert into {folder}, where they are not there yet."));
        DemonstrationRecorder.Record(folder, () => new PushTEnvironment(), seed => new PushTExpert(new() { Seed = seed }), recording, cancellationToken: cancellationToken);
        return First(PushTDataset.Open(folder));
    }

    public override IEnvironment Create() => new PushTEnvironment();

    private IEpisodeSource First(IEpisodeSource all) => Options.Demonstrations is { } count && count < all.EpisodeCount
        ? new EpisodeSubset(all, [.. Enumerable.Range(0, count)])
        : all;
}
