using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>A head whose chunks can be made to continue what is still being executed (Real-Time Chunking, arXiv 2506.07339).</summary>
public interface IPrefixGuidedHead
{
    /// <summary>Produces a chunk a row of context that agrees with the row's prefix.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="prefix">What is being executed, one row each.</param>
    /// <param name="random">Draws noise, in the same way as <see cref="PolicyHead.Sample"/>. Null: the engine's default generator.</param>
    /// <returns>Normalized actions, [B, Tp, Da]: the only live tensor a call leaves behind.</returns>
    Tensor Sample(Tensor context, HeadPrefix prefix, Generator? random = null);
}

/// <summary>What is being executed while a batch of chunks is inferred.</summary>
/// <param name="Actions">The rest of each running chunk, normalized, moved to begin at index 0, [B, Tp, Da]; padding may hold anything finite.</param>
/// <param name="InferenceDelays">d of each row: steps that will have been executed when the new chunk arrives.</param>
/// <param name="Remaining">H - s of each row: steps of <paramref name="Actions"/> that are real.</param>
public sealed record HeadPrefix(Tensor Actions, IReadOnlyList<int> InferenceDelays, IReadOnlyList<int> Remaining);
