using BehaviorCloning.Engine;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Standard normal noise of a batch of chunks.</summary>
internal static class ChunkNoise
{
    /// <summary>[B, Tp, Da].</summary>
    public static Tensor Draw(HeadShape shape, Tensor context, Generator? random) =>
        SeededDraw.Normal([context.size(0), shape.PredictionHorizon, shape.ActionDimension], context.device, random);
}
