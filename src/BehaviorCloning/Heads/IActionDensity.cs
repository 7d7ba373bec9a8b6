using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>A head that knows the probability density of a chunk.</summary>
public interface IActionDensity
{
    /// <summary>Log-density of normalized chunks given the context.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="actions">Normalized actions, [B, Tp, Da].</param>
    /// <returns>Log-density in nats, [B].</returns>
    Tensor LogProbability(Tensor context, Tensor actions);
}
