using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Standard normal noise of a batch of chunks.</summary>
internal static class ChunkNoise
{
    /// <summary>[B, Tp, Da], drawn where the generator lives, so that a CPU generator gives the same noise to every device.</summary>
    public static Tensor Draw(HeadShape shape, Tensor context, Generator? random)
    {
        Device device = context.device;
        using DisposeScope scope = NewDisposeScope();
        Tensor noise = randn(context.size(0), shape.PredictionHorizon, shape.ActionDimension, ScalarType.Float32, random?.device ?? device, generator: random!);
        return noise.to(device).MoveToOuterDisposeScope();
    }
}
