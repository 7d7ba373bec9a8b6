namespace BehaviorCloning;

/// <summary>A policy whose next chunk can be made to agree with what is still being executed (Real-Time Chunking).</summary>
public interface IPrefixGuidedPolicy : IPolicy
{
    /// <summary>Predicts a chunk that continues the prefix.</summary>
    ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix);
}
