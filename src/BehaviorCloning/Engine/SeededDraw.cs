using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>Random tensors, drawn where the generator lives and then moved: a CPU generator gives the same numbers to every device.</summary>
internal static class SeededDraw
{
    /// <summary>Standard normal numbers.</summary>
    /// <param name="shape">Of the result.</param>
    /// <param name="device">Where it is wanted.</param>
    /// <param name="random">Null: the engine's default generator.</param>
    public static Tensor Normal(long[] shape, Device device, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        return randn(shape, ScalarType.Float32, random?.device ?? device, generator: random!).to(device).MoveToOuterDisposeScope();
    }

    /// <summary>Uniform numbers in [0, 1).</summary>
    /// <inheritdoc cref="Normal"/>
    public static Tensor Uniform(long[] shape, Device device, Generator? random, ScalarType type = ScalarType.Float32)
    {
        using DisposeScope scope = NewDisposeScope();
        return rand(shape, type, random?.device ?? device, generator: random!).to(device).MoveToOuterDisposeScope();
    }

    /// <summary>Indices by their weights, with replacement.</summary>
    /// <param name="weights">Not negative, [classes] or [B, classes].</param>
    /// <param name="count">How many a row.</param>
    /// <param name="random">Null: the engine's default generator.</param>
    /// <returns>[count] or [B, count], int64.</returns>
    public static Tensor Indices(Tensor weights, long count, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        // A single draw has nothing to put back, and libtorch draws it faster so.
        return weights.to(random?.device ?? weights.device).multinomial(count, replacement: count > 1, generator: random).to(weights.device).MoveToOuterDisposeScope();
    }
}
