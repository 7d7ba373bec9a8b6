using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;

namespace ChoosingAHead;

/// <summary>Where heads are compared: its demonstrations, the policy around the head, its budget, and how an episode is judged.</summary>
internal abstract class World(WorldOptions options)
{
    /// <summary>What was chosen about it.</summary>
    protected WorldOptions Options { get; } = options;

    /// <summary>Its name on the command line and in the tables.</summary>
    public abstract string Name { get; }

    /// <summary>Optimizer steps, unless others are asked for.</summary>
    public abstract int Steps { get; }

    /// <summary>Windows a step.</summary>
    public virtual int BatchSize => 128;

    /// <summary>Episodes played, unless others are asked for.</summary>
    public virtual int Episodes => 500;

    /// <summary>Seed of the first episode played; demonstrations have the seeds from 0. The worlds were shaped while looking at seeds 100000 on.</summary>
    public virtual long FirstTestSeed => 300_000;

    /// <summary>How large networks are.</summary>
    public NetworkSize Size => Options.Quick ? NetworkSize.Tiny : FullSize;

    protected virtual NetworkSize FullSize => NetworkSize.Small;

    /// <summary>The world's symmetry, or null.</summary>
    public virtual ISymmetry? Mirror => null;

    /// <summary>Whether it can corrupt its demonstrations.</summary>
    public virtual bool CanCorrupt => false;

    /// <summary>Whether more than one step is decided, so that chunks matter.</summary>
    public virtual bool HasChunks => true;

    public static IReadOnlyList<string> Names { get; } = ["fork", "windy-fork", "coupled-axes", "step-function", "push-t"];

    /// <summary>Those that take a minute or so with every head.</summary>
    public static IReadOnlyList<string> StandardNames { get; } = ["fork", "coupled-axes", "step-function"];

    /// <summary>The world of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static World Find(string name, WorldOptions options) => name switch
    {
        "fork" => new ForkWorld(options, windy: false),
        "windy-fork" => new ForkWorld(options, windy: true),
        "coupled-axes" => new CoupledAxesWorld(options),
        "step-function" => new StepFunctionWorld(options),
        "push-t" => new PushTWorld(options),
        _ => throw new ArgumentException($"There is no world '{name}'. There are: {string.Join(", ", Names)}."),
    };

    /// <summary>Demonstrations to learn from.</summary>
    /// <param name="corruptedShare">How many of them are corrupted.</param>
    /// <param name="say">Told what takes long.</param>
    /// <param name="cancellationToken">Stops between episodes.</param>
    public abstract IEpisodeSource Demonstrate(double corruptedShare, Action<string> say, CancellationToken cancellationToken);

    /// <summary>An environment to play in.</summary>
    public abstract IEnvironment Create();

    /// <summary>The policy, for any head.</summary>
    public abstract PolicyConfig Policy { get; }

    /// <summary>Of the episodes that succeeded, the share that took the left way. Null where there is no such thing, or no success.</summary>
    public virtual double? LeftShare(IReadOnlyList<RolloutResult> episodes) => null;
}

/// <summary>What can be chosen about worlds.</summary>
internal sealed record WorldOptions
{
    /// <summary>Push-T demonstrations, or null: the expert's.</summary>
    public string? Data { get; init; }

    /// <summary>Where the expert's Push-T demonstrations are recorded.</summary>
    public string Folder { get; init; } = "runs/choosing-a-head";

    /// <summary>Demonstrations to learn from, or null: the world's own number.</summary>
    public int? Demonstrations { get; init; }

    /// <summary>Whether only everything's working matters: tiny networks.</summary>
    public bool Quick { get; init; }

    /// <summary>Which ways are demonstrated at the forks.</summary>
    public BehaviorCloning.Simulation.ForkInTheRoadWays Ways { get; init; }

    /// <summary>How demonstrations at the forks are corrupted.</summary>
    public BehaviorCloning.Simulation.ForkInTheRoadCorruption Corruption { get; init; }
}
