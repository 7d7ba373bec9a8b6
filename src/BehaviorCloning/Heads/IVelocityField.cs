using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>A head whose samples flow along a velocity field; what Real-Time Chunking's guidance differentiates.</summary>
/// <remarks>Flow time runs 0 = noise to 1 = action, as in the RTC paper. openpi's code runs the other way.</remarks>
public interface IVelocityField
{
    /// <summary>The velocity of noisy chunks at a flow time, differentiable with respect to <paramref name="noisyActions"/>.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="noisyActions">Chunks between noise and action, [B, Tp, Da].</param>
    /// <param name="flowTime">Flow time, [B] or [B, Tp] where each step has its own.</param>
    /// <returns>Velocity, [B, Tp, Da].</returns>
    Tensor Velocity(Tensor context, Tensor noisyActions, Tensor flowTime);
}
