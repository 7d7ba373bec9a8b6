using System.Runtime.CompilerServices;

namespace BehaviorCloning.Simulation;

/// <summary>
/// An expert that needs no human: it plans by the cross-entropy method (Rubinstein 1999) in the simulator itself, again in every
/// control step, starting from its last plan. It knows the exact state, so it can also label states a learner got itself into.
/// It follows each environment's episodes by their own counters and forgets its plan when an episode starts or was stepped without it.
/// One instance belongs to one thread at a time.
/// </summary>
/// <example><code>
/// using var expert = new PushTExpert();
/// StepResult result = environment.Step(expert.Act(observation, environment));
/// </code></example>
public sealed class PushTExpert : IExpert, IDisposable
{
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
        bool sameEpisode = memory.Episode == pushT.EpisodeCount;
        int elapsed = pushT.StepCount - memory.Step;
        PushTState state = pushT.State;
        if (!sameEpisode || memory.Random is null) memory.Random = new(Options.Seed);
        if (!sameEpisode || memory.Knots is null || elapsed < 0 || elapsed >= Options.PlanSteps)
            memory.Knots = planner.Rest(state);
        else
            planner.Advance(memory.Knots, memory.Origin, elapsed);

        (memory.Episode, memory.Step) = (pushT.EpisodeCount, pushT.StepCount);
        memory.Origin = new(state.AgentX, state.AgentY);
        Vect target = planner.Improve(memory.Knots, state, pushT.Options.Goal, memory.Random);
        return [(float)Math.Clamp(target.X, 0, PushTWorld.Size), (float)Math.Clamp(target.Y, 0, PushTWorld.Size)];
    }

    /// <inheritdoc/>
    public void Dispose() => planner.Dispose();

    // What is remembered of an environment's running episode.
    private sealed class Memory
    {
        public long Episode { get; set; } = -1;

        public int Step { get; set; }

        public Vect Origin { get; set; }

        public Vect[]? Knots { get; set; }

        public NumpyRandomState? Random { get; set; }
    }
}
