namespace BehaviorCloning.Runtime;

/// <summary>
/// Infers a chunk, executes Te actions of it, infers again: diffusion policy's and ACT's plain execution. The inference happens inside
/// the control step, so it must fit into one; where it does not, <see cref="RealTimeChunkExecutor"/> infers beside the loop.
/// </summary>
/// <remarks>
/// <code>
/// // Te = 2:
/// //   step        0   1   2   3
/// //   inference   A       B
/// //   executed    A0  A1  B0  B1
/// </code>
/// </remarks>
public sealed class RecedingHorizonExecutor : IActionExecutor
{
    private readonly IPolicy policy;
    private readonly ObservationHistory history;
    private readonly int executed;
    private ActionChunk? chunk;
    private int next;

    /// <summary>Executes a policy.</summary>
    /// <param name="policy">The policy; not disposed.</param>
    /// <param name="executionHorizon">Te. Null: what the policy's horizons say.</param>
    /// <exception cref="ArgumentOutOfRangeException">Te is not between 1 and Tp.</exception>
    public RecedingHorizonExecutor(IPolicy policy, int? executionHorizon = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        executed = executionHorizon ?? policy.Horizons.Execution;
        ArgumentOutOfRangeException.ThrowIfLessThan(executed, 1, nameof(executionHorizon));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(executed, policy.Horizons.Prediction, nameof(executionHorizon));
        this.policy = policy;
        history = new ObservationHistory(policy.Horizons.Observation);
    }

    /// <inheritdoc/>
    public ObservationSpec Observations => policy.Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => policy.Actions;

    /// <inheritdoc/>
    public int QueueDepth => chunk is null ? 0 : Math.Max(executed - next, 0);

    /// <inheritdoc/>
    /// <remarks>One inference is done and thrown away: the first of a process loads and compiles.</remarks>
    public void Begin(Observation observation)
    {
        history.Clear();
        history.Push(observation);
        policy.Predict(history);
        history.Clear();
        chunk = null;
    }

    /// <inheritdoc/>
    public bool TryAct(Observation observation, Span<float> action)
    {
        history.Push(observation);
        if (chunk is null || next >= executed)
        {
            // Forgotten first: should the inference throw, the next step tries again and never repeats an old action.
            chunk = null;
            chunk = policy.Predict(history);
            next = 0;
        }

        chunk[next++].CopyTo(action);
        return true;
    }

    /// <summary>Does nothing: the policy is the caller's.</summary>
    public void Dispose()
    {
    }
}
