using BehaviorCloning.Heads;

namespace BehaviorCloning.Policies;

/// <summary>A learned policy as Real-Time Chunking needs it: its chunks continue what is still being executed.</summary>
/// <example><code>using var executor = new RealTimeChunkExecutor(new PrefixGuidedPolicy(policy));</code></example>
/// <remarks>
/// The prefix is put into the representation and the normalized units that the network works in, relative to the newest observation.
/// Belongs to one thread at a time, with the policy it wraps, which stays the caller's.
/// </remarks>
public sealed class PrefixGuidedPolicy : IPrefixGuidedPolicy
{
    private readonly LearnedPolicy policy;

    /// <summary>Wraps a policy whose head can continue a prefix.</summary>
    /// <exception cref="ArgumentException">Its head cannot.</exception>
    public PrefixGuidedPolicy(LearnedPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (policy.Network.Head is not IPrefixGuidedHead)
            throw new ArgumentException($"A {policy.Network.Head.GetType().Name} cannot continue a prefix. Use a head that is an {nameof(IPrefixGuidedHead)}, such as {nameof(FlowMatchingHead)}, or run the policy without guidance (UnguidedPolicy).", nameof(policy));
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
    public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories) => policy.PredictBatch(histories);

    /// <inheritdoc/>
    public ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix) => PredictBatch([history], [prefix])[0];

    /// <inheritdoc/>
    public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories, IReadOnlyList<ChunkPrefix> prefixes)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prefixes);
        if (histories.Count != prefixes.Count) throw new ArgumentException($"There are {histories.Count} histories and {prefixes.Count} prefixes; give one prefix a history.", nameof(prefixes));
        return policy.Infer(histories, prefixes);
    }
}
