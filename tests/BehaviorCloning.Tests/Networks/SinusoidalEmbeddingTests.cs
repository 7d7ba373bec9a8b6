using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Networks;

public sealed class SinusoidalEmbeddingTests
{
    [Fact]
    public void Frequencies_fall_geometrically_from_the_highest_to_the_lowest()
    {
        using var embedding = new SinusoidalEmbedding(64);
        using Tensor time = tensor(new[] { 0.37f });
        float[] values = embedding.forward(time).Values();

        values.Should().HaveCount(64);
        for (int k = 0; k < 32; k++)
        {
            // 100 * 1000^(-k/31), sines first.
            double angle = 0.37 * 100 * Math.Pow(1000, -k / 31.0);
            values[k].Should().BeApproximately((float)Math.Sin(angle), 1e-5f);
            values[32 + k].Should().BeApproximately((float)Math.Cos(angle), 1e-5f);
        }
    }

    [Fact]
    public void Diffusion_policys_step_embedding_is_highest_1_and_lowest_1e_minus_4()
    {
        using var embedding = new SinusoidalEmbedding(8, 1, 1e-4);
        using Tensor step = tensor(new[] { 7f });
        // sin and cos of 7 * exp(-ln(10000) * [0, 1, 2, 3] / 3), calculated in double precision.
        float[] expected = [.. new[] { 0, 1, 2, 3 }.Select(k => (float)Math.Sin(7 * Math.Exp(-Math.Log(10000) * k / 3))),
            .. new[] { 0, 1, 2, 3 }.Select(k => (float)Math.Cos(7 * Math.Exp(-Math.Log(10000) * k / 3)))];
        float[] values = embedding.forward(step).Values();
        values.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void Any_shape_gains_one_dimension()
    {
        using var embedding = new SinusoidalEmbedding(6);
        using Tensor times = zeros(3, 5);
        embedding.forward(times).shape.Should().Equal(3, 5, 6);
    }

    [Fact]
    public void Odd_widths_are_refused()
    {
        Action make = () => _ = new SinusoidalEmbedding(7);
        make.Should().Throw<ArgumentOutOfRangeException>();
    }
}
