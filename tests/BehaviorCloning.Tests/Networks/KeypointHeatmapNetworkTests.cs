using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Networks;

public sealed class KeypointHeatmapNetworkTests
{
    [Fact]
    public void A_heatmap_has_a_cell_for_four_pixels_and_a_margin()
    {
        using var network = new KeypointHeatmapNetwork(3, 32, 48, 4);
        using Tensor logits = network.forward(zeros(2, 3, 32, 48));
        logits.shape.Should().Equal(2, 3, 12, 16);
        (network.MapHeight, network.MapWidth).Should().Be((12, 16));
        Action wrong = () => network.forward(zeros(2, 3, 48, 32));
        wrong.Should().Throw<ArgumentException>().WithMessage("*[2, 3, 48, 32]*[B, 3, 32, 48]*");
        Action odd = () => _ = new KeypointHeatmapNetwork(1, 30, 32, 4);
        odd.Should().Throw<ArgumentException>().WithMessage("*multiples of 8*");
    }

    [Fact]
    public void A_gaussian_heatmap_is_located_at_its_center()
    {
        using var network = new KeypointHeatmapNetwork(1, 64, 96, 4);
        using Tensor map = tensor(Gaussian(28, 20, 41.7, 30.2, 6), [1, 1, 20, 28]).log();
        using Tensor positions = network.ExpectedPositions(map);
        positions.Values().Zip([41.7f, 30.2f], (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(0.02f);
        Tensors.LiveAfter(() => network.ExpectedPositions(map)).Should().Be(1);
    }

    [Theory]
    [InlineData(41.7, 30.2)]
    [InlineData(39.5, 33.4)]
    [InlineData(94.0, 1.0)]
    public void A_peak_is_read_to_a_tenth_of_a_pixel_whatever_little_lies_far_away(double x, double y)
    {
        float[] map = Gaussian(28, 20, x, y, 4);
        HeatmapPeak alone = HeatmapPeak.Of(map, 28);
        alone.Variance.Should().BeApproximately(1, 0.08);
        map = [.. map.Select(weight => 0.97f * weight)];
        map[(19 * 28) + 1] += 0.03f;
        HeatmapPeak peak = HeatmapPeak.Of(map, 28);
        KeypointHeatmapNetwork.PixelOf(peak.X).Should().BeApproximately(x, 0.15);
        KeypointHeatmapNetwork.PixelOf(peak.Y).Should().BeApproximately(y, 0.15);
        peak.Variance.Should().BeGreaterThan(2, "what lies far away is doubt");
    }

    [Fact]
    public void Cross_entropy_is_least_where_the_heatmap_is_the_gaussian()
    {
        using var network = new KeypointHeatmapNetwork(1, 64, 64, 4);
        Tensor at = tensor(new float[] { 20, 30 }, [1, 1, 2]);
        double right = Entropy(20, 30, 4), beside = Entropy(26, 30, 4), narrow = Entropy(20, 30, 2), wide = Entropy(20, 30, 8);
        new[] { beside, narrow, wide }.Should().OnlyContain(other => other > right + 0.1);
        // The entropy of a Gaussian of one cell on a grid of cells: 1 + log(2 pi).
        right.Should().BeApproximately(1 + Math.Log(Math.Tau), 0.01);

        double Entropy(double x, double y, double deviation) => network.CrossEntropy(tensor(Gaussian(20, 20, x, y, deviation), [1, 1, 20, 20]).add(1e-30f).log(), at, 4).ToDouble();
    }

    [Fact]
    public void Gradient_reaches_every_parameter()
    {
        using var network = new KeypointHeatmapNetwork(2, 32, 32, 8);
        network.forward(Tensors.Normal(1, 2, 3, 32, 32)).mul(Tensors.Normal(2, 2, 2, 12, 12)).sum().backward();
        network.named_parameters().Where(p => p.parameter.grad is not { } grad || grad.abs().sum().ToSingle() == 0).Select(p => p.name).Should().BeEmpty();
    }

    // Normalized, on a map whose cells are 4 pixels.
    private static float[] Gaussian(int width, int height, double x, double y, double deviation)
    {
        double[] values = [.. Enumerable.Range(0, width * height).Select(i => Math.Exp(-(Math.Pow((4 * (i % width)) - 6.5 - x, 2) + Math.Pow((4 * (i / width)) - 6.5 - y, 2)) / (2 * deviation * deviation)))];
        return [.. values.Select(value => (float)(value / values.Sum()))];
    }
}
