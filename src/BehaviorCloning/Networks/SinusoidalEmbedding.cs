using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// Turns a scalar (flow time, diffusion step) into a vector of sines and cosines of geometrically spaced frequencies:
/// <c>[sin(f_0 x) ... sin(f_n x), cos(f_0 x) ... cos(f_n x)]</c> with <c>f_k = highest * (lowest / highest)^(k / (n - 1))</c>.
/// </summary>
/// <remarks>
/// Angular frequencies, so the argument is <c>x * f</c> without 2 pi. For flow time in [0, 1] the defaults 100 .. 0.1 resolve
/// steps of a hundredth and still tell 0 from 1; diffusion_policy's step embedding is highest 1, lowest 1e-4.
/// </remarks>
public sealed class SinusoidalEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Tensor frequencies;

    /// <summary>Lays out the frequencies.</summary>
    /// <param name="width">Size of the vector, even and at least 4.</param>
    /// <param name="highest">The first frequency, in radians per unit.</param>
    /// <param name="lowest">The last frequency, in radians per unit.</param>
    public SinusoidalEmbedding(int width, double highest = 100, double lowest = 0.1)
        : base(nameof(SinusoidalEmbedding))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 4);
        ArgumentOutOfRangeException.ThrowIfNotEqual(width % 2, 0, nameof(width));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(highest);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lowest);
        Width = width;
        int half = width / 2;
        float[] values = new float[half];
        for (int k = 0; k < half; k++) values[k] = (float)(highest * Math.Pow(lowest / highest, (double)k / (half - 1)));
        frequencies = tensor(values);
        RegisterComponents();
    }

    /// <summary>Size of the vector.</summary>
    public int Width { get; }

    /// <summary>What is wrong with a width, for the option that gives it.</summary>
    internal static IEnumerable<string> WidthProblems(string option, int width)
    {
        if (width < 4 || width % 2 != 0) yield return $"{option} {width} must be even and at least 4: half of it sines, half cosines.";
    }

    /// <summary>What is wrong with a range of frequencies.</summary>
    internal static IEnumerable<string> FrequencyProblems(double lowest, double highest)
    {
        if (!(highest > 0 && lowest > 0 && lowest <= highest)) yield return $"The time embedding's frequencies {lowest} .. {highest} must be positive and in this order.";
    }

    /// <summary>Embeds scalars of any shape.</summary>
    /// <param name="input">[...].</param>
    /// <returns>[..., Width].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor angle = input.unsqueeze(-1).mul(frequencies);
        return cat([angle.sin(), angle.cos()], -1).MoveToOuterDisposeScope();
    }
}
