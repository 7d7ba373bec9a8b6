using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>The mean of an error over the steps that are inside their episode, so that padding never reaches a loss.</summary>
public static class MaskedMean
{
    /// <summary>
    /// sum(w_b m_bt e_bt...) / sum(w_b m_bt), and the plain mean over any trailing dimensions; m is the mask and w the weights.
    /// </summary>
    /// <param name="error">The error of each step, [B, Tp] or [B, Tp, ...].</param>
    /// <param name="insideEpisode">True where a step counts, [B, Tp], bool.</param>
    /// <param name="sampleWeight">How much each sample counts, [B], not negative; null where all count alike.</param>
    /// <returns>A scalar that carries the graph of <paramref name="error"/>.</returns>
    /// <remarks>
    /// A batch with no step inside has no mean. On the CPU that is an error here. On a GPU reading the count would stall the device,
    /// so the mean is NaN there, which the trainer stops at; a window's first step is always inside its episode,
    /// so a batch loader never makes such a batch.
    /// </remarks>
    /// <exception cref="ArgumentException">Shapes do not fit, or (on the CPU) nothing is inside or every weight is zero.</exception>
    public static Tensor Of(Tensor error, Tensor insideEpisode, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(insideEpisode);
        long dimensions = error.dim();
        if (dimensions < 2)
            throw new ArgumentException($"The error needs at least the dimensions [B, Tp]; got [{string.Join(", ", error.shape)}]. Reduce only trailing dimensions before taking the masked mean.", nameof(error));
        long batch = error.size(0), steps = error.size(1);
        ShapeContract.Require(insideEpisode, nameof(insideEpisode), batch, steps);

        using DisposeScope scope = NewDisposeScope();
        Tensor weight = insideEpisode.to(error.dtype);
        if (sampleWeight is not null)
        {
            ShapeContract.Require(sampleWeight, nameof(sampleWeight), batch);
            weight = weight.mul(sampleWeight.to(error.dtype).unsqueeze(1));
        }

        Tensor total = weight.sum();
        if (total.device_type == DeviceType.CPU && !(total.ToSingle() > 0))
            throw new ArgumentException("No step of the batch is inside its episode, or every sample weight is zero, so there is no mean. Check the mask and the weights of the dataset.", nameof(insideEpisode));
        long trailing = 1;
        for (int i = 2; i < dimensions; i++)
        {
            trailing *= error.size(i);
            weight = weight.unsqueeze(-1);
        }

        // Where everything is one number a step the division by the trailing size falls away.
        Tensor mean = error.mul(weight).sum().div(total);
        if (trailing > 1) mean = mean.div((double)trailing);
        return mean.MoveToOuterDisposeScope();
    }
}
