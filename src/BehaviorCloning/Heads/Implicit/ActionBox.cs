using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// The box that counter-examples are drawn from and answers are searched in: for each value of a chunk the range of the training actions,
/// with a margin. Inside the head the box runs from -1 to 1 in every value.
/// </summary>
/// <remarks>
/// A value that never varies has a box of no width: it is answered as it always was, and the network is shown 0 for it. Expert actions outside the
/// box (validation, other data) are scored where they are and never answered.
/// </remarks>
public sealed class ActionBox : nn.Module
{
    private readonly Tensor center;
    private readonly Tensor halfWidth;
    private readonly HeadShape shape;
    private bool known;

    /// <summary>A box that is yet to be fitted, or read from a file.</summary>
    public ActionBox(HeadShape shape)
        : base(nameof(ActionBox))
    {
        this.shape = shape;
        center = full(shape.PredictionHorizon, shape.ActionDimension, float.NaN, ScalarType.Float32);
        halfWidth = center.clone();
        register_buffer(nameof(center), center);
        register_buffer(nameof(halfWidth), halfWidth);
    }

    /// <summary>Finds the box of training actions.</summary>
    /// <param name="actions">[n, Tp, Da].</param>
    /// <param name="insideEpisode">[n, Tp], bool.</param>
    /// <param name="margin">Share of the range that is added at either end.</param>
    public void Fit(Tensor actions, Tensor insideEpisode, double margin)
    {
        ShapeContract.Require(actions, nameof(actions), -1, shape.PredictionHorizon, shape.ActionDimension);
        ShapeContract.Require(insideEpisode, nameof(insideEpisode), actions.size(0), shape.PredictionHorizon);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor outside = insideEpisode.logical_not().unsqueeze(-1);
        if (!insideEpisode.any(0).all().ToBoolean())
            throw new ArgumentException($"No chunk has a real action at every one of its {shape.PredictionHorizon} steps' places, so the action bounds of the last ones are unknown. Shorten the prediction horizon.", nameof(insideEpisode));
        if (!actions.masked_fill(outside, 0f).isfinite().all().ToBoolean())
            throw new ArgumentException("The training actions hold NaN or infinity, so they have no bounds. Look for it in the dataset's actions and in their normalization.", nameof(actions));
        Tensor low = actions.masked_fill(outside, float.PositiveInfinity).amin([0L]), high = actions.masked_fill(outside, float.NegativeInfinity).amax([0L]);
        center.copy_(low.add(high).div(2));
        halfWidth.copy_(high.sub(low).mul(0.5 + margin));
    }

    /// <summary>Normalized actions in units of the box, [B, Tp, Da] or [B, n, Tp, Da] to [B, Tp Da] or [B, n, Tp Da].</summary>
    public Tensor Encode(Tensor actions)
    {
        RequireKnown();
        using DisposeScope scope = NewDisposeScope();
        // Without width there is nothing to divide by, and nothing to see.
        Tensor free = Free(), width = halfWidth.where(free, halfWidth.ones_like());
        return actions.sub(center).div(width).masked_fill(free.logical_not(), 0f).flatten(-2).MoveToOuterDisposeScope();
    }

    /// <summary>Back to normalized actions, [B, Tp Da] to [B, Tp, Da]. All NaN where the box is not known.</summary>
    public Tensor Decode(Tensor flat)
    {
        using DisposeScope scope = NewDisposeScope();
        return halfWidth.mul(flat.view(-1, shape.PredictionHorizon, shape.ActionDimension)).add(center).MoveToOuterDisposeScope();
    }

    /// <summary>Uniform points of the box, [B, n, Tp Da], in its units.</summary>
    public Tensor Uniform(long batch, long count, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        long size = center.numel();
        Tensor uniform = SeededDraw.Uniform([batch, count, size], center.device, random);
        return uniform.mul_(2).sub_(1).mul_(Free().flatten()).MoveToOuterDisposeScope();
    }

    /// <summary>True for values that vary, [Tp, Da].</summary>
    public Tensor Free() => halfWidth.gt(0f);

    // Looked at until it is found fitted, and then no more: reading it would make a GPU wait.
    private void RequireKnown()
    {
        if (known) return;
        if (!halfWidth.isfinite().all().ToBoolean())
            throw new InvalidOperationException($"The head's action bounds are not known. Call {nameof(IFitsActions.Fit)} with training actions first, or load them with the weights; {nameof(IFitsActions)} is what LearnedPolicy.Create calls.");
        known = true;
    }
}
