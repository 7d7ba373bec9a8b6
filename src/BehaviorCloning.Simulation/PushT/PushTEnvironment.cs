using System.Collections.Frozen;

namespace BehaviorCloning.Simulation;

/// <summary>
/// The Push-T benchmark as an environment: push the T onto its goal. The action is where the agent shall go.
/// The reward is min(coverage / 0.95, 1), and the score of an episode its highest reward; success is a coverage above 0.95.
/// </summary>
/// <example><code>
/// using var environment = new PushTEnvironment();
/// Observation observation = environment.Reset(seed: 100000);
/// StepResult result = environment.Step([256, 256]);
/// </code></example>
public sealed class PushTEnvironment : IStateResettable, IBranchable
{
    /// <summary>Coverage above which the task is solved.</summary>
    public const double SuccessCoverage = 0.95;

    /// <summary>Feature: the agent's x and y in pixels.</summary>
    public const string AgentPosition = "agent_position";

    /// <summary>Feature: x and y of the T's origin in pixels.</summary>
    public const string BlockPosition = "block_position";

    /// <summary>Feature: the T's angle in [0, 2 pi) radians.</summary>
    public const string BlockAngle = "block_angle";

    /// <summary>Feature, if asked for: nine points of the T.</summary>
    public const string Keypoints = "keypoints";

    /// <summary>Feature, if asked for: the rendered window.</summary>
    public const string Image = "image";

    private readonly PushTWorld world = new();
    private readonly PushTRenderer? renderer;

    /// <summary>Makes the environment. It must be reset before it is stepped.</summary>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    /// <exception cref="DllNotFoundException">Chipmunk is not installed; the message says how to install it.</exception>
    public PushTEnvironment(PushTOptions? options = null)
    {
        Options = options ?? new();
        string[] problems = [.. Options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
        Observations = SpecOf(Options);
        if (Options.Images) renderer = new PushTRenderer(Options.Goal, Options.Colors);
    }

    /// <summary>What an action is: the target of the agent, x and y, inside the window.</summary>
    public static ActionSpec ActionSpec { get; } = new("agent_target", 2) { Minimum = [0, 0], Maximum = [512, 512], Names = ["x", "y"] };

    /// <summary>The options it was made with.</summary>
    public PushTOptions Options { get; }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; }

    /// <inheritdoc/>
    public ActionSpec Actions => ActionSpec;

    /// <inheritdoc/>
    public double ControlRateHz => PushTWorld.ControlRateHz;

    /// <inheritdoc/>
    public int StepLimit => Options.StepLimit;

    /// <summary>The exact state, in double precision.</summary>
    public PushTState State => world.State;

    /// <summary>The share of the goal that the T covers now.</summary>
    public double Coverage => PushTShape.Coverage(world.State.Block, Options.Goal);

    /// <summary>How many episodes were started, so that an expert notices a new one.</summary>
    public long EpisodeCount { get; private set; }

    /// <summary>Control steps since the episode began.</summary>
    public int StepCount { get; private set; }

    /// <inheritdoc/>
    /// <param name="seed">0 to 4294967295: the benchmark draws the state with numpy's generator.</param>
    public Observation Reset(long seed)
    {
        if (Options.StartsNear is { } near) world.Restore(near.DrawNear(seed, Options.StartSpread));
        else world.Reset(PushTState.Draw(seed), Options.ResetOrder);
        return Begin();
    }

    /// <summary>Starts an episode in a given state, exactly as observed.</summary>
    public Observation ResetTo(PushTState state)
    {
        if (!state.IsFinite)
            throw new ArgumentException($"The state {state} is not finite.", nameof(state));
        world.Restore(state);
        return Begin();
    }

    /// <inheritdoc/>
    public Observation ResetToObserved(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation.Require(new(Observations.Where(feature => feature.Name is AgentPosition or BlockPosition or BlockAngle)));
        ReadOnlySpan<float> agent = observation[AgentPosition].Span, block = observation[BlockPosition].Span;
        return ResetTo(new PushTState(agent[0], agent[1], block[0], block[1], observation[BlockAngle].Span[0]));
    }

    /// <inheritdoc/>
    /// <remarks>To the last bit of what moves; contacts of the other's last three physics steps are not remembered, so that the T may come out a little off.</remarks>
    /// <exception cref="ArgumentException">The other is of another kind, or has another goal.</exception>
    public Observation BranchFrom(IEnvironment other)
    {
        PushTEnvironment from = Branching.Source<PushTEnvironment>(other, source => source.EpisodeCount > 0);
        if (from.Options.Goal != Options.Goal) throw new ArgumentException($"The other's goal is {from.Options.Goal}, this one's {Options.Goal}: the same states would be worth something else.", nameof(other));
        world.Restore(from.State);
        EpisodeCount++;
        StepCount = from.StepCount;
        return Observe(world.State);
    }

    /// <inheritdoc/>
    /// <remarks>Targets outside the window are taken as they are, as in the benchmark.</remarks>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        if (EpisodeCount == 0) throw new InvalidOperationException("Reset the environment before its first step.");
        if (action.Length != 2) throw new ArgumentException($"A Push-T action has 2 values (x and y of the agent's target); got {action.Length}.", nameof(action));
        if (!float.IsFinite(action[0]) || !float.IsFinite(action[1]))
            throw new ArgumentException($"The action ({action[0]}, {action[1]}) is not finite.", nameof(action));
        world.Step(action[0], action[1]);
        StepCount++;
        PushTState state = world.State;
        double coverage = PushTShape.Coverage(state.Block, Options.Goal);
        bool success = coverage > SuccessCoverage;
        return new(Observe(state), Math.Clamp(coverage / SuccessCoverage, 0, 1), success, Terminated: success);
    }

    /// <inheritdoc/>
    public void Dispose() => world.Dispose();

    /// <summary>What is observed with these options.</summary>
    internal static ObservationSpec SpecOf(PushTOptions options)
    {
        List<FeatureSpec> features = [new(AgentPosition, 2), new(BlockPosition, 2), new(BlockAngle, 1)];
        if (options.Keypoints) features.Add(new(Keypoints, 2 * PushTShape.KeypointCount));
        if (options.Images) features.Add(new(Image, FeatureElement.UInt8, PushTRenderer.ImageSize, PushTRenderer.ImageSize, 3));
        return new(features);
    }

    private Observation Begin()
    {
        EpisodeCount++;
        StepCount = 0;
        return Observe(world.State);
    }

    private Observation Observe(PushTState state)
    {
        // One array, sliced: an observation outlives the step, so it cannot be a reused buffer.
        float[] values = new float[Options.Keypoints ? 5 + (2 * PushTShape.KeypointCount) : 5];
        values[0] = (float)state.AgentX;
        values[1] = (float)state.AgentY;
        values[2] = (float)state.BlockX;
        values[3] = (float)state.BlockY;
        values[4] = (float)state.WrappedAngle;
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> images = renderer is null
            ? FrozenDictionary<string, ReadOnlyMemory<byte>>.Empty
            : new Dictionary<string, ReadOnlyMemory<byte>> { [Image] = renderer.Render(state) };
        Memory<float> all = values;
        if (!Options.Keypoints)
            return new Observation { [AgentPosition] = all[..2], [BlockPosition] = all[2..4], [BlockAngle] = all[4..], Images = images };

        PushTShape.Keypoints(state.Block, values.AsSpan(5));
        return new Observation { [AgentPosition] = all[..2], [BlockPosition] = all[2..4], [BlockAngle] = all[4..5], [Keypoints] = all[5..], Images = images };
    }
}
