using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests;

/// <summary>What tests do with tensors.</summary>
internal static class Tensors
{
    /// <summary>The values of a float tensor.</summary>
    public static float[] Values(this Tensor tensor)
    {
        using Tensor contiguous = tensor.detach().contiguous();
        return MemoryMarshal.Cast<byte, float>(contiguous.bytes).ToArray();
    }

    /// <summary>The gradient of a parameter.</summary>
    public static float[] GradientOf(nn.Module module, string name) => module.named_parameters().Single(p => p.name == name).parameter.grad!.Values();

    /// <summary>Every so many-th value: golden files hold no more.</summary>
    public static float[] Every(float[] values, int step) => [.. values.Where((_, i) => i % step == 0)];

    /// <summary>Fails where a value is farther off than a share of the largest expected, or of 1 if that is more.</summary>
    public static void ShouldBeNear(float[] values, float[] expected, float tolerance)
    {
        values.Should().HaveCount(expected.Length);
        float size = expected.Max(Math.Abs);
        values.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(tolerance * Math.Max(1, size), "the largest is {0}", size);
    }

    /// <summary>Normal numbers of a seed.</summary>
    public static Tensor Normal(long seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randn(shape, ScalarType.Float32, generator: generator);
    }

    /// <summary>Fills every parameter with small random numbers, so that nothing is zero as it is at the start.</summary>
    public static void Perturb(nn.Module module, long seed = 7)
    {
        using var generator = new Generator((ulong)seed, CPU);
        using IDisposable noGradient = no_grad();
        foreach (TorchSharp.Modules.Parameter parameter in module.parameters()) parameter.normal_(0, 0.1, generator);
    }

    /// <summary>How many more tensors of this thread live after a call than before.</summary>
    public static long LiveAfter(Action call)
    {
        call();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        call();
        return DisposeScopeManager.Statistics.ThreadTotalLiveCount - before;
    }
}
