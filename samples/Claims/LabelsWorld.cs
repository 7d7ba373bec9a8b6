using BehaviorCloning;
using BehaviorCloning.Dagger;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace Claims;

/// <summary>A world of claim (b): who teaches and who learns there, and what it usually takes.</summary>
internal sealed record LabelsWorld
{
    // A place that the T is put back to: far from the goal, a quarter turn off.
    private static readonly PushTState Rig = new(400, 100, 150, 350, 2.4);

    public required Func<IEnvironment> Create { get; init; }

    public required Func<long, IExpert> Expert { get; init; }

    public required PolicyConfig Policy { get; init; }

    public Func<IEpisodeSource, IEpisodeSource>? Augmentation { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>Optimizer steps of a training.</summary>
    public required long Steps { get; init; }

    public required int LabelsPerRound { get; init; }

    public required int EpisodesPerRound { get; init; }

    /// <summary>How often the expert drives in DAgger's rounds after the first.</summary>
    public double Beta { get; init; }

    /// <summary>Whether the expert's plans are DAgger's labels.</summary>
    public bool LabelsPlans { get; init; }

    public required FailureSearch Search { get; init; }

    /// <summary>A car, one action at a time.</summary>
    public static LabelsWorld Driving(double gust) => new()
    {
        Create = () => new DrivingEnvironment(gust),
        Expert = _ => new DrivingExpert(),
        Policy = new PolicyConfig
        {
            Horizons = new() { Prediction = 1, Execution = 1 },
            Features = [new RawFeature(DrivingEnvironment.Ranges)],
            Head = new MseHeadConfig { HiddenWidth = 64, Blocks = 2 },
        },
        BatchSize = 64,
        Steps = 2_000,
        LabelsPerRound = 250,
        EpisodesPerRound = 100,
        Search = new FailureSearch { Seeds = new SeedRange(500_000, 40), Features = [DrivingEnvironment.Place] },
    };

    /// <summary>Push-T, in chunks, mirrored.</summary>
    public static LabelsWorld PushT(double? spread, string teacher, string? clone, double noise, int threads) => new()
    {
        Create = () => new PushTEnvironment(spread is null ? null : new PushTOptions { StartsNear = Rig, StartSpread = spread.Value }),
        Expert = PushTTeacher.Of(teacher, aimed: 0.96, clone, noise, Accelerator.Cpu(threads)),
        Policy = PushTLearner.Policy(),
        Augmentation = data => new SymmetricEpisodes(data, PushTSymmetry.Mirror),
        BatchSize = 256,
        Steps = 15_000,
        LabelsPerRound = 10_000,
        EpisodesPerRound = 400,
        Beta = 0.5,
        LabelsPlans = teacher == PushTTeacher.Lookahead,
        Search = PushTLearner.Search,
    };
}
