using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>What a head learns to predict for a batch: the expert's chunks and which of their steps count.</summary>
/// <param name="Actions">Normalized expert actions, [B, Tp, Da]. Padded steps hold repeated actions, never garbage.</param>
/// <param name="InsideEpisode">True where a step is real, [B, Tp], bool. Padded steps must not reach the loss.</param>
/// <param name="SampleWeight">How much each sample counts, [B], or null where all count alike.</param>
public sealed record ActionTarget(Tensor Actions, Tensor InsideEpisode, Tensor? SampleWeight = null);
