using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>What a head learns to predict for a batch: the expert's chunks and which of their steps count.</summary>
/// <param name="Actions">Normalized expert actions, [B, Tp, Da]. Padded steps hold repeated actions, never garbage.</param>
/// <param name="InsideEpisode">True where a step is real, [B, Tp], bool. Padded steps must not reach the loss.</param>
/// <param name="SampleWeight">How much each sample counts, [B], or null where all count alike.</param>
public sealed record ActionTarget(Tensor Actions, Tensor InsideEpisode, Tensor? SampleWeight = null)
{
    /// <summary>Checks actions and mask against a head's sizes.</summary>
    /// <param name="shape">The head's.</param>
    /// <param name="batch">B, as the context has it.</param>
    /// <exception cref="ArgumentException">One does not fit; the message names it.</exception>
    public void Require(HeadShape shape, long batch)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ShapeContract.Require(Actions, "target.Actions", batch, shape.PredictionHorizon, shape.ActionDimension);
        ShapeContract.Require(InsideEpisode, "target.InsideEpisode", batch, shape.PredictionHorizon);
    }

    /// <summary>Chunks with zeros where padding is: what padding holds, were it infinite, must not even be seen.</summary>
    /// <param name="chunks">[B, Tp, Da].</param>
    /// <returns>[B, Tp, Da], a fresh tensor.</returns>
    public Tensor WithoutPadding(Tensor chunks)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        using DisposeScope scope = NewDisposeScope();
        return chunks.masked_fill(InsideEpisode.logical_not().unsqueeze(-1), 0f).MoveToOuterDisposeScope();
    }
}
