namespace BehaviorCloning.Dagger;

/// <summary>
/// An expert made of a policy and a simulator: model-predictive control whose plans the policy draws. It imagines several futures of the policy from where the world is, and follows
/// the one that solves the task soonest; where none does, the first chunk of the one whose last reward is the highest. What it shows is what the policy could have done,
/// so the policy can learn it; what it leaves out is what would have failed.
/// </summary>
/// <remarks>
/// The rollout algorithm of Tesauro and Galperin (NIPS 1996) with a policy of chunks; learning from it is expert iteration (Anthony, Tian and Barber, NIPS 2017).
/// It sees what is asked of it: it must be asked in every step of an episode, and one instance is for one episode.
/// <code>
/// // Te = 2, three futures; * solves the task
/// //   step        0   1   2   3   4   5
/// //   future A    A0  A1  A2  A3  A4
/// //   future B    B0  B1  B2  B3  B4*          followed, for 5 steps
/// //   future C    C0  C1  C2  C3  C4
/// </code>
/// A learner that drives leaves the future that was imagined: then the next step is planned for anew. Costs one inference of all futures for every Te imagined steps.
/// </remarks>
/// <example><code>
/// using LearnedPolicy clone = LearnedPolicy.Load("runs/clone");
/// var loop = new DaggerLoop("runs/dagger", () => new PushTEnvironment(),
///     seed => new LookaheadExpert(clone, () => new PushTEnvironment(), new() { Seed = seed, Tolerance = 0.5 }), options, demonstrations);
/// </code></example>
public sealed class LookaheadExpert : IPlanningExpert, IDisposable
{
    private readonly IPolicy policy;
    private readonly Future[] futures;
    private readonly LookaheadOptions options;
    private readonly ObservationHistory seen;
    private Future? followed;
    private int next;
    private int end;
    private int plans;

    /// <summary>Makes the expert of an episode.</summary>
    /// <param name="policy">Who draws the futures. Not disposed; may be shared, since every inference sets its noise. One that always answers alike has one future.</param>
    /// <param name="createEnvironment">Makes the world that is imagined; must be an <see cref="IBranchable"/> of the same kind as the real one.</param>
    /// <param name="options">How far and how widely it looks.</param>
    /// <exception cref="ArgumentException">The options are at fault, or the world cannot branch; the message lists every fault.</exception>
    public LookaheadExpert(IPolicy policy, Func<IEnvironment> createEnvironment, LookaheadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(createEnvironment);
        this.options = options ?? new();
        string[] problems = [.. this.options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
        this.policy = policy;
        seen = new ObservationHistory(policy.Horizons.Observation);
        futures = new Future[this.options.Futures];
        for (int i = 0; i < futures.Length; i++) futures[i] = new Future(ImaginedWorld.Of(createEnvironment()));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The environment is of another kind than the imagined ones, or the policy does not fit what is observed.</exception>
    public float[] Act(Observation observation, IEnvironment environment) => Plan(observation, environment, steps: 1)[0];

    /// <inheritdoc/>
    /// <remarks>What is left of the future that is followed: until the task is solved or, where no future solves it, of its first chunk.</remarks>
    /// <exception cref="ArgumentException">The environment is of another kind than the imagined ones, or the policy does not fit what is observed.</exception>
    public IReadOnlyList<float[]> Plan(Observation observation, IEnvironment environment, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(environment);
        seen.Push(observation);
        if (followed is null || next >= end || (next > 0 && !followed.IsWhere(observation, next, options.Tolerance)))
        {
            followed = null;
            followed = Imagine(environment);
            end = followed.Solved ? followed.Length : Math.Min(policy.Horizons.Execution, followed.Length);
            next = 0;
        }

        float[][] ahead = [.. Enumerable.Range(next, Math.Min(steps, end - next)).Select(followed.Action)];
        next++;
        return ahead;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Future future in futures) future.Dispose();
    }

    private Future Imagine(IEnvironment environment)
    {
        plans++;
        foreach (Future future in futures) future.Begin(environment, seen);
        for (int step = 0; step < options.Steps; step += policy.Horizons.Execution)
        {
            Future[] running = [.. futures.Where(future => !future.Over)];
            if (running.Length == 0 || futures.Any(future => future.Solved)) break;
            IReadOnlyList<ActionChunk> chunks = SeededInference.Predict(policy, [.. running.Select(future => future.History)], options.Seed, $"plan {plans}, step {step}");
            int count = Math.Min(policy.Horizons.Execution, options.Steps - step);
            for (int i = 0; i < running.Length; i++) running[i].Go(chunks[i], count);
        }

        Future[] solved = [.. futures.Where(future => future.Solved)];
        return solved.Length > 0 ? solved.MinBy(future => future.Length)! : futures.MaxBy(future => future.LastReward)!;
    }

    // One world that is imagined, and how it came there.
    private sealed class Future(IBranchable world) : IDisposable
    {
        private readonly List<float[]> actions = [];
        private readonly List<Observation> observed = [];

        public ObservationHistory History { get; private set; } = new(1);

        public bool Solved { get; private set; }

        public bool Over { get; private set; }

        public double LastReward { get; private set; }

        public int Length => actions.Count;

        public void Begin(IEnvironment environment, ObservationHistory seen)
        {
            world.BranchFrom(environment);
            History = new ObservationHistory(seen.Length);
            for (int i = 0; i < seen.Length; i++) History.Push(seen[i]);
            actions.Clear();
            observed.Clear();
            (Solved, Over, LastReward) = (false, false, double.NegativeInfinity);
        }

        public void Go(ActionChunk chunk, int count)
        {
            for (int i = 0; i < count && !Over; i++)
            {
                float[] action = chunk[i].ToArray();
                StepResult result = world.Step(action);
                actions.Add(action);
                observed.Add(result.Observation);
                History.Push(result.Observation);
                (Solved, Over, LastReward) = (result.Success, result.Success || result.Terminated, result.Reward);
            }
        }

        // The copy: what a caller does with an action must not change what is followed.
        public float[] Action(int step) => [.. actions[step]];

        public bool IsWhere(Observation now, int step, double tolerance)
        {
            Observation expected = observed[step - 1];
            foreach (FeatureSpec feature in world.Observations)
            {
                if (feature.IsImage) continue;
                ReadOnlySpan<float> a = expected[feature.Name].Span, b = now[feature.Name].Span;
                for (int i = 0; i < a.Length; i++)
                {
                    if (!(Math.Abs(a[i] - b[i]) <= tolerance)) return false;
                }
            }

            return true;
        }

        public void Dispose() => world.Dispose();
    }
}
