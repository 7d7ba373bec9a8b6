using BehaviorCloning.Engine;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>A normal distribution without correlations for each sample of a batch.</summary>
/// <param name="Mean">[B, Z].</param>
/// <param name="LogVariance">[B, Z].</param>
internal readonly record struct DiagonalGaussian(Tensor Mean, Tensor LogVariance)
{
    /// <summary>Reads a network's output: means first, then logarithms of variances.</summary>
    /// <param name="parameters">[B, 2 Z].</param>
    public static DiagonalGaussian Of(Tensor parameters)
    {
        Tensor[] halves = parameters.chunk(2, 1);
        return new DiagonalGaussian(halves[0], halves[1]);
    }

    /// <summary>Mean 0, variance 1.</summary>
    public static DiagonalGaussian Standard(long batch, long size, Device device)
    {
        Tensor zero = zeros(batch, size, device: device);
        return new DiagonalGaussian(zero, zero);
    }

    /// <summary>Draws mean + scale exp(log variance / 2) eps: the noise does not depend on the parameters, so gradients reach them.</summary>
    public Tensor Draw(double scale, Generator? random) => At(SeededDraw.Normal(Mean.shape, Mean.device, random), scale);

    /// <summary>The same for a given eps, [B, Z].</summary>
    public Tensor At(Tensor noise, double scale = 1) => Mean.addcmul(LogVariance.mul(0.5f).exp(), noise, scale);

    /// <summary>KL(this || prior) of each number, in nats, [B, Z].</summary>
    public Tensor DivergenceFrom(DiagonalGaussian prior)
    {
        Tensor difference = LogVariance.sub(prior.LogVariance);
        Tensor distance = Mean.sub(prior.Mean).square().mul(prior.LogVariance.neg().exp());
        return difference.exp().add(distance).sub(difference).sub(1f).mul(0.5f);
    }
}
