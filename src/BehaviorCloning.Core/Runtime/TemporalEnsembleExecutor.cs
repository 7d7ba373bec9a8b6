namespace BehaviorCloning.Runtime;

/// <summary>
/// Infers at every step and executes the average of all chunks that speak of it, the oldest weighted most (ACT, arXiv 2304.13705).
/// Smooth where the policy has one mode; where it has several, the average is none of them.
/// </summary>
public sealed class TemporalEnsembleExecutor : IActionExecutor
{
    private readonly IPolicy policy;
    private readonly ObservationHistory history;
    private readonly TemporalEnsemble ensemble;
    private long step;

    /// <summary>Executes a policy.</summary>
    /// <param name="policy">The policy; not disposed.</param>
    /// <param name="decay">m of the weights <c>exp(-m i)</c>, i = 0 the oldest. Default 0.01, ACT's.</param>
    public TemporalEnsembleExecutor(IPolicy policy, double decay = 0.01)
    {
        ArgumentNullException.ThrowIfNull(policy);
        this.policy = policy;
        history = new ObservationHistory(policy.Horizons.Observation);
        ensemble = new TemporalEnsemble(policy.Horizons.Prediction, policy.Actions.Dimension, decay);
    }

    /// <inheritdoc/>
    public ObservationSpec Observations => policy.Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => policy.Actions;

    /// <inheritdoc/>
    public int QueueDepth => 0;

    /// <inheritdoc/>
    /// <remarks>One inference is done and thrown away: the first of a process loads and compiles.</remarks>
    public void Begin(Observation observation)
    {
        history.Clear();
        history.Push(observation);
        policy.Predict(history);
        history.Clear();
        ensemble.Clear();
        step = 0;
    }

    /// <inheritdoc/>
    public bool TryAct(Observation observation, Span<float> action)
    {
        history.Push(observation);
        long now = step++;
        ensemble.Add(policy.Predict(history), now);
        return ensemble.Average(now, action) > 0;
    }

    /// <summary>Does nothing: the policy is the caller's.</summary>
    public void Dispose()
    {
    }
}
