using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// Predicts action chunks from context tokens. Two verbs: <see cref="Loss"/> scores the expert's chunks, <see cref="Sample"/>
/// produces one. Optional abilities are interfaces: <see cref="IActionDensity"/>, <see cref="IVelocityField"/>.
/// </summary>
/// <remarks>Tensors are borrowed and returned: a head disposes nothing it was given, and returns fresh tensors.</remarks>
public abstract class PolicyHead : nn.Module
{
    /// <summary>Sets the sizes.</summary>
    protected PolicyHead(string name, HeadShape shape)
        : base(name)
    {
        Shape = shape;
    }

    /// <summary>The sizes this head was built for.</summary>
    public HeadShape Shape { get; }

    /// <summary>The loss of the expert's chunks given the context.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="target">The expert's normalized chunks, [B, Tp, Da], with mask and weights.</param>
    /// <param name="random">Draws noise, times, latents. Null: the engine's default generator.</param>
    public abstract LossReport Loss(Tensor context, ActionTarget target, Generator? random = null);

    /// <summary>Produces a chunk a row of context.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="random">Draws noise. Null: the engine's default generator.</param>
    /// <returns>Normalized actions, [B, Tp, Da]: the only live tensor a call leaves behind.</returns>
    public abstract Tensor Sample(Tensor context, Generator? random = null);

    /// <summary>All tokens of a context side by side, for heads that do not tell them apart.</summary>
    /// <param name="context">Context tokens, [B, N, C]; checked.</param>
    /// <returns>[B, N C].</returns>
    protected Tensor Flat(Tensor context)
    {
        ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
        return context.flatten(1);
    }
}
