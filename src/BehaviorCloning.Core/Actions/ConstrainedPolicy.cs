namespace BehaviorCloning.Actions;

/// <summary>Another policy's chunks, made to keep limits before they are handed on. Put it between a policy and its executor.</summary>
public sealed class ConstrainedPolicy : IPrefixGuidedPolicy
{
    private readonly IPolicy policy;
    private readonly ChunkConstraints constraints;

    /// <summary>Wraps a policy. One that can continue a running chunk still can, and its continuations keep the limits across the seam, too.</summary>
    /// <exception cref="ArgumentException">The limits are of another dimension than the policy's actions.</exception>
    public ConstrainedPolicy(IPolicy policy, ChunkConstraints constraints)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(constraints);
        if (policy.Actions.Dimension != constraints.Limits.Dimension)
            throw new ArgumentException($"The policy's actions have {policy.Actions.Dimension} dimensions; the limits are of {constraints.Limits.Dimension}.", nameof(constraints));
        (this.policy, this.constraints) = (policy, constraints);
    }

    /// <inheritdoc/>
    public ObservationSpec Observations => policy.Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => policy.Actions;

    /// <inheritdoc/>
    public Horizons Horizons => policy.Horizons;

    /// <inheritdoc/>
    public ActionChunk Predict(ObservationHistory history) => constraints.Apply(policy.Predict(history));

    /// <inheritdoc/>
    public ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix) => PredictBatch([history], [prefix])[0];

    /// <inheritdoc/>
    public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories) => [.. policy.PredictBatch(histories).Select(chunk => constraints.Apply(chunk))];

    /// <inheritdoc/>
    public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories, IReadOnlyList<ChunkPrefix> prefixes)
    {
        ChunkPrefix.RequireOneEach(histories, prefixes);
        IReadOnlyList<ActionChunk> chunks = policy is IPrefixGuidedPolicy guided ? guided.PredictBatch(histories, prefixes) : policy.PredictBatch(histories);
        return [.. chunks.Zip(prefixes, Continue)];
    }

    // What will have been executed when the chunk arrives is fixed: its first d actions are the prefix's, and limits count from there on.
    private ActionChunk Continue(ActionChunk chunk, ChunkPrefix prefix)
    {
        int delay = Math.Min(prefix.InferenceDelay, chunk.Length);
        if (delay == 0) return constraints.Apply(chunk);
        float[] values = chunk.Values.ToArray();
        prefix.Remaining.Values.Span[..(delay * chunk.Dimension)].CopyTo(values);
        if (delay == chunk.Length) return new ActionChunk(values, chunk.Dimension);
        ReadOnlySpan<float> earlier = delay > 1 ? prefix.Remaining[delay - 2] : default;
        ActionChunk rest = constraints.Apply(new ActionChunk(values[(delay * chunk.Dimension)..], chunk.Dimension), prefix.Remaining[delay - 1], earlier);
        rest.Values.Span.CopyTo(values.AsSpan(delay * chunk.Dimension));
        return new ActionChunk(values, chunk.Dimension);
    }
}
