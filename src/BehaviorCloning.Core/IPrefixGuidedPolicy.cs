namespace BehaviorCloning;

/// <summary>A policy whose next chunk can be made to agree with what is still being executed (Real-Time Chunking).</summary>
public interface IPrefixGuidedPolicy : IPolicy
{
    /// <summary>Predicts a chunk that continues the prefix.</summary>
    ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix);

    /// <summary>Predicts for several episodes at once. A learned policy does it in one inference.</summary>
    /// <param name="histories">What each episode has observed.</param>
    /// <param name="prefixes">What is being executed in each, in the same order.</param>
    /// <returns>One chunk a history, in their order.</returns>
    /// <exception cref="ArgumentException">There is not one prefix a history.</exception>
    IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories, IReadOnlyList<ChunkPrefix> prefixes)
    {
        ChunkPrefix.RequireOneEach(histories, prefixes);
        return [.. histories.Zip(prefixes, Predict)];
    }
}
