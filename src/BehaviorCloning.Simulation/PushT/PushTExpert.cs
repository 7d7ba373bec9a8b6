using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace BehaviorCloning.Simulation;

/// <summary>
/// An expert that needs no human: it plans by the cross-entropy method (Rubinstein 1999) in the simulator itself, in every control step unless
/// plans are followed for longer, starting from its last plan. It knows the exact state, so it can also label states a learner got itself into.
/// It follows each environment's episodes by their own counters and forgets its plan when an episode starts or was stepped without it.
/// One instance belongs to one thread at a time.
/// </summary>
/// <example><code>
/// using var expert = new PushTExpert();
/// StepResult result = environment.Step(expert.Act(observation, environment));
/// </code></example>
public sealed class PushTExpert : IExpert, IDisposable
{
    private const double WaypointDistance = 110;
    private const double WaypointReached = 25;
    private const double WallMargin = 25;
    private const int LongestDetour = 12;
    private readonly PushTPlanner planner;
    private readonly ConditionalWeakTable<PushTEnvironment, Memory> memories = [];

    /// <summary>Makes an expert.</summary>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    /// <exception cref="DllNotFoundException">Chipmunk is not installed; the message says how to install it.</exception>
    public PushTExpert(PushTExpertOptions? options = null)
    {
        Options = options ?? new();
        string[] problems = [.. Options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
        planner = new(Options);
    }

    /// <summary>The options it was made with.</summary>
    public PushTExpertOptions Options { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The environment is not a <see cref="PushTEnvironment"/>.</exception>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        if (environment is not PushTEnvironment pushT)
            throw new ArgumentException($"The expert plans in the Push-T simulator and needs a {nameof(PushTEnvironment)}; got {environment?.GetType().Name ?? "null"}. Pass the inner environment if it is wrapped.", nameof(environment));
        Memory memory = memories.GetOrCreateValue(pushT);
        PushTState state = pushT.State;
        if (memory.Episode != pushT.EpisodeCount) memory.Begin(pushT.EpisodeCount, new(Options.Seed));
        int elapsed = pushT.StepCount - memory.Step;
        Vect? waypoint = Waypoint(memory, state);
        if (memory.IsOnPath(elapsed, state)) return Action(planner.TargetAt(memory.Knots, memory.Origin, elapsed + 1));
        if (memory.Knots is null || Options.Afresh || elapsed >= Options.PlanSteps)
            memory.Knots = planner.Rest(state);
        else
            planner.Advance(memory.Knots, memory.Origin, elapsed);

        memory.Step = pushT.StepCount;
        memory.Origin = new(state.AgentX, state.AgentY);
        Vect target = planner.Improve(memory.Knots, state, pushT.Options.Goal, waypoint, Options.Afresh ? new(Options.Seed) : memory.Random);
        if (Options.FollowedSteps > 1) (memory.Path, memory.IsFutile) = planner.Follow(memory.Knots, state, pushT.Options.Goal, Options.FollowedSteps);
        return Action(target);
    }

    /// <inheritdoc/>
    public void Dispose() => planner.Dispose();

    private static float[] Action(Vect target) => [(float)Math.Clamp(target.X, 0, PushTWorld.Size), (float)Math.Clamp(target.Y, 0, PushTWorld.Size)];

    // Close to the goal the last correction may need a push from the far side, which lies beyond the plan's horizon: then every plan
    // is worse than standing still. Another side, drawn at random, gets the agent out of it.
    private Vect? Waypoint(Memory memory, PushTState state)
    {
        var agent = new Vect(state.AgentX, state.AgentY);
        Vect center = state.Block.Place(PushTShape.CenterOfGravity);
        if (memory.HasMoved(state.Block)) (memory.IdleSteps, memory.DetourSteps) = (0, 0);
        else if (memory.DetourSteps > 0) memory.DetourSteps = (agent - memory.Waypoint).Length < WaypointReached ? 0 : memory.DetourSteps - 1;
        else if ((agent - center).Length < Options.NearDistance && memory.IsFutile) memory.IdleSteps++;

        if (Options.Patience > 0 && memory.IdleSteps >= Options.Patience)
        {
            (double sin, double cos) = Math.SinCos(memory.Random.NextDouble() * Math.Tau);
            double x = center.X + (WaypointDistance * cos), y = center.Y + (WaypointDistance * sin);
            memory.Waypoint = new(Math.Clamp(x, WallMargin, PushTWorld.Size - WallMargin), Math.Clamp(y, WallMargin, PushTWorld.Size - WallMargin));
            (memory.IdleSteps, memory.DetourSteps) = (0, LongestDetour);
        }

        return memory.DetourSteps > 0 ? memory.Waypoint : null;
    }

    // What is remembered of an environment's running episode.
    private sealed class Memory
    {
        // Farther off its path, in pixels, the agent was driven by somebody else.
        private const double OffPath = 2;

        // Below this the T counts as at rest, in pixels; an angle counts by a lever of the T's size.
        private const double Rest = 0.3;
        private const double Lever = 60;
        private PushTPose lastPlace;

        public long Episode { get; private set; }

        public NumpyRandomState Random { get; private set; } = new(0);

        public Vect[]? Knots { get; set; }

        public Vect Origin { get; set; }

        public int Step { get; set; }

        /// <summary>Where the plan leads the agent in the steps that it is followed for; empty where every step has its own.</summary>
        public Vect[] Path { get; set; } = [];

        /// <summary>Whether the plan leaves the T no closer to its goal; not known, and assumed, where it is not followed.</summary>
        public bool IsFutile { get; set; } = true;

        public int IdleSteps { get; set; }

        public int DetourSteps { get; set; }

        public Vect Waypoint { get; set; }

        public void Begin(long episode, NumpyRandomState random)
        {
            (Episode, Random, Knots, Path, IsFutile) = (episode, random, null, [], true);
            (Step, IdleSteps, DetourSteps, lastPlace) = (0, 0, 0, default);
        }

        [MemberNotNullWhen(true, nameof(Knots))]
        public bool IsOnPath(int elapsed, PushTState state) => Knots is not null && elapsed < Path.Length && (Path[elapsed] - new Vect(state.AgentX, state.AgentY)).Length < OffPath;

        public bool HasMoved(PushTPose block)
        {
            bool moved = Math.Abs(block.X - lastPlace.X) > Rest || Math.Abs(block.Y - lastPlace.Y) > Rest || Math.Abs(block.Angle - lastPlace.Angle) * Lever > Rest;
            if (moved) lastPlace = block;
            return moved;
        }
    }
}
