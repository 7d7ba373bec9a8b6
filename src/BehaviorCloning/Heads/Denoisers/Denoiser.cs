using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// A network that is shown a chunk between noise and action, the context, and how far between it is. Flow matching asks it for a
/// velocity, diffusion for the noise. The plain path is <see cref="Forward"/>; <see cref="Prepare"/> gives the same numbers faster
/// where one context meets many times.
/// </summary>
public abstract class Denoiser : nn.Module
{
    /// <summary>Sets the sizes.</summary>
    protected Denoiser(string name, HeadShape shape)
        : base(name)
    {
        Shape = shape;
    }

    /// <summary>The sizes this denoiser was built for.</summary>
    public HeadShape Shape { get; }

    /// <summary>One evaluation, differentiable.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="noisyActions">Chunks between noise and action, [B, Tp, Da].</param>
    /// <param name="time">Where between, [B]; or [B, Tp] for denoisers that let each step have its own.</param>
    /// <returns>[B, Tp, Da].</returns>
    public abstract Tensor Forward(Tensor context, Tensor noisyActions, Tensor time);

    /// <summary>
    /// Computes everything that does not depend on the noisy actions, for all times at once. For inference: the steps carry no
    /// gradient, and live in the caller's dispose scope, which must outlast their use.
    /// </summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="times">Every time that will be asked for.</param>
    /// <returns>An evaluation at <c>times[i]</c> by its index i.</returns>
    public abstract DenoiserStep Prepare(Tensor context, ReadOnlySpan<float> times);

    /// <summary>Checks the shapes a caller gave.</summary>
    protected void Require(Tensor context, Tensor noisyActions)
    {
        ArgumentNullException.ThrowIfNull(context);
        long batch = context.size(0);
        ShapeContract.Require(context, nameof(context), batch, Shape.ContextTokens, Shape.ContextWidth);
        ShapeContract.Require(noisyActions, nameof(noisyActions), batch, Shape.PredictionHorizon, Shape.ActionDimension);
    }
}

/// <summary>One evaluation of a prepared denoiser.</summary>
/// <param name="noisyActions">Chunks between noise and action, [B, Tp, Da].</param>
/// <param name="timeIndex">Index into the times it was prepared for.</param>
/// <returns>[B, Tp, Da], a fresh tensor in the caller's dispose scope.</returns>
public delegate Tensor DenoiserStep(Tensor noisyActions, int timeIndex);
