namespace BehaviorCloning.Datasets;

/// <summary>What a policy of chunks can learn of an episode: for every step the actions of the chunk that begins there, and how many of them count.</summary>
/// <remarks>
/// They are the actions of the next steps, as far as these continue each other (<see cref="WindowIndex.LearnedActions"/>), or the expert's plan
/// (<see cref="StepPlan"/>) where that goes on for longer.
/// <code>
/// // Tp = 4, L = learner drove, E = expert drove
/// //   step                 0     1     2     3     4
/// //   actor                E     L     E     E     E
/// //   learned              2     1     3     2     1
/// //   planned there        -     3     2     -     -
/// //   counts               2     3     3     2     1      step 1: the plan's actions, all others: the steps'
/// </code>
/// </remarks>
public sealed class ChunkLabels
{
    private readonly int length;
    private readonly int dimension;
    private readonly bool holdsAfterEnd;
    private readonly ReadOnlyMemory<float> actions;
    private readonly ReadOnlyMemory<float> actors;
    private readonly ReadOnlyMemory<float> plans;
    private readonly ReadOnlyMemory<float> planned;
    private readonly int planSize;

    /// <summary>Looks the episode's columns up.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="dimension">Da.</param>
    /// <param name="holdsAfterEnd">Whether the last action, repeated behind the episode's end, counts as well.</param>
    /// <exception cref="InvalidDataException">The episode's plans contradict themselves or are not finite.</exception>
    public ChunkLabels(Episode episode, int dimension, bool holdsAfterEnd = false)
    {
        ArgumentNullException.ThrowIfNull(episode);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        (length, actions, this.dimension, this.holdsAfterEnd) = (episode.Length, episode.Actions, dimension, holdsAfterEnd);
        actors = StepActor.Of(episode);
        plans = episode.Annotation(StepPlan.Annotation) ?? default;
        planned = episode.Annotation(StepPlan.CountAnnotation) ?? default;
        if (plans.IsEmpty && planned.IsEmpty) return;
        planSize = plans.Length / episode.Length;
        if (planned.Length != episode.Length || planSize == 0 || planSize * episode.Length != plans.Length || planSize % dimension != 0)
            throw new InvalidDataException($"The episode of {episode.Length} steps has {planned.Length} counts of planned actions ('{StepPlan.CountAnnotation}') and {plans.Length} values of plans ('{StepPlan.Annotation}'); expected one count a step, and as many whole actions of {dimension} values in every step.");
        for (int step = 0; step < episode.Length; step++)
        {
            float count = planned.Span[step];
            if (!(count >= 0 && count <= planSize / dimension && count == MathF.Floor(count)))
                throw new InvalidDataException($"Step {step}: '{StepPlan.CountAnnotation}' is {count}; expected 0 to {planSize / dimension} actions.");
            int bad = FiniteCheck.FirstNonFinite(plans.Span.Slice(step * planSize, (int)count * dimension));
            if (bad >= 0) throw new InvalidDataException($"Step {step}: action {bad / dimension} of the plan is {plans.Span[(step * planSize) + bad]} in dimension {bad % dimension}. Training data must be finite.");
        }
    }

    /// <summary>Copies the chunk that begins at a step; behind its end its last action is repeated.</summary>
    /// <param name="step">t.</param>
    /// <param name="chunk">Receives [Tp, Da].</param>
    /// <returns>How many of its actions count, 1 to Tp; the others are not to be scored.</returns>
    public int Copy(int step, Span<float> chunk)
    {
        int horizon = chunk.Length / dimension;
        int learned = WindowIndex.LearnedActions(length, actors.Span, step, horizon, holdsAfterEnd);
        int plan = planned.IsEmpty ? 0 : Math.Min((int)planned.Span[step], horizon);
        if (plan <= learned)
        {
            WindowIndex.CopyActions(actions.Span, dimension, step, horizon, chunk);
            return learned;
        }

        WindowIndex.CopyActions(plans.Span.Slice(step * planSize, plan * dimension), dimension, 0, horizon, chunk);
        return plan;
    }
}
