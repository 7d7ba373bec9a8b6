using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>A batch's loss: the scalar to differentiate, and named parts of it to watch.</summary>
/// <param name="Total">A scalar tensor with a graph; the caller owns it.</param>
public sealed record LossReport(Tensor Total)
{
    /// <summary>Parts to log ("kl", "reconstruction"): detached scalar tensors, owned by the caller. Read only when logged, so that a GPU need not wait.</summary>
    public IReadOnlyDictionary<string, Tensor> Parts { get; init; } = System.Collections.Frozen.FrozenDictionary<string, Tensor>.Empty;
}
