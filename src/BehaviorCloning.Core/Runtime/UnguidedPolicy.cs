namespace BehaviorCloning.Runtime;

/// <summary>
/// Lets any policy run where a prefix-guided one is asked for, by ignoring the prefix. In a <see cref="RealTimeChunkExecutor"/> this is
/// naive asynchronous execution: chunks are inferred beside the loop and joined as they come, jumps and all.
/// </summary>
public sealed class UnguidedPolicy : IPrefixGuidedPolicy
{
    private readonly IPolicy policy;

    /// <summary>Wraps a policy.</summary>
    public UnguidedPolicy(IPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        this.policy = policy;
    }

    /// <inheritdoc/>
    public ObservationSpec Observations => policy.Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => policy.Actions;

    /// <inheritdoc/>
    public Horizons Horizons => policy.Horizons;

    /// <inheritdoc/>
    public ActionChunk Predict(ObservationHistory history) => policy.Predict(history);

    /// <inheritdoc/>
    public ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix) => policy.Predict(history);

    /// <inheritdoc/>
    public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories) => policy.PredictBatch(histories);

    /// <inheritdoc/>
    public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories, IReadOnlyList<ChunkPrefix> prefixes)
    {
        ChunkPrefix.RequireOneEach(histories, prefixes);
        return policy.PredictBatch(histories);
    }
}
