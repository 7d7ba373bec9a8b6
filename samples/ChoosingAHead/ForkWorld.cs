using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace ChoosingAHead;

/// <summary>
/// The fork in the road: two equally good ways. With wind, a slower driver and a pause of unknown length at the start it becomes a world in which
/// chunks can be too short and too long.
/// </summary>
internal sealed class ForkWorld(WorldOptions options, bool windy) : World(options)
{
    private const double Wind = 0.008;
    private const double WindySpeed = 0.01;
    private const int WindyPause = 20;
    private const int WindyStepLimit = 170;

    public override string Name => windy ? "windy-fork" : "fork";

    public override int Steps => 4000;

    public override ISymmetry Mirror => ForkInTheRoadEnvironment.Mirror;

    public override bool CanCorrupt => true;

    // Standard scales: both directions of a step by the same factor, so that a way is no longer than it is.
    public override PolicyConfig Policy => new()
    {
        Horizons = new Horizons { Observation = 2, Prediction = 8, Execution = 8 },
        ActionNormalization = new StandardNormalization { SharedScale = true, Center = false },
    };

    // Off the way by what is executed, not by what is recorded, so that the way back is demonstrated too.
    public override IEpisodeSource Demonstrate(double corruptedShare, Action<string> say, CancellationToken cancellationToken) => Demonstrations.Play(
        Create(),
        seed => new ForkInTheRoadExpert(new()
        {
            Seed = seed,
            Ways = Options.Ways,
            Speed = windy ? WindySpeed : new ForkInTheRoadExpertOptions().Speed,
            LongestPause = windy ? WindyPause : 0,
            CorruptedShare = corruptedShare,
            Corruption = Options.Corruption,
        }),
        Options.Demonstrations ?? 200,
        actionNoise: windy ? 0 : 0.005);

    public override IEnvironment Create() => new ForkInTheRoadEnvironment(windy ? new() { Wind = Wind, StepLimit = WindyStepLimit } : new());

    public override double? LeftShare(IReadOnlyList<RolloutResult> episodes)
    {
        Way?[] ways = [.. episodes.Where(episode => episode.Success).Select(episode => ForkInTheRoadEnvironment.WayOf(episode.Trajectory!.Observations))];
        return ways.Length == 0 ? null : (double)ways.Count(way => way == Way.Left) / ways.Length;
    }
}
