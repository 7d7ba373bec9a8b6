using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Networks;

public sealed class KeypointHeatmapNetworkTests
{
    [Fact]
    public void Heatmaps_are_a_quarter_of_the_image()
    {
        using var network = new KeypointHeatmapNetwork(3, 32, 48, 4);
        using Tensor logits = network.forward(zeros(2, 3, 32, 48));
        logits.shape.Should().Equal(2, 3, 8, 12);
        Action wrong = () => network.forward(zeros(2, 3, 48, 32));
        wrong.Should().Throw<ArgumentException>().WithMessage("*[2, 3, 48, 32]*[B, 3, 32, 48]*");
        Action odd = () => _ = new KeypointHeatmapNetwork(1, 30, 32, 4);
        odd.Should().Throw<ArgumentException>().WithMessage("*multiples of 8*");
    }

    [Fact]
    public void A_gaussian_heatmap_is_located_at_its_center_and_spreads_as_far_as_it_is_wide()
    {
        using var network = new KeypointHeatmapNetwork(1, 64, 96, 4);
        float[] logits = new float[16 * 24];
        for (int i = 0; i < logits.Length; i++)
            logits[i] = (float)(-(Math.Pow((4 * (i % 24)) + 1.5 - 41.7, 2) + Math.Pow((4 * (i / 24)) + 1.5 - 30.2, 2)) / (2 * 36));
        using Tensor map = tensor(logits, [1, 1, 16, 24]);
        (Tensor positions, Tensor variances) = network.Locate(map);
        positions.Values().Zip([41.7f, 30.2f], (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(0.02f);
        variances.Values()[0].Should().BeApproximately(36, 0.3f);
        Tensors.LiveAfter(() => network.Locate(map)).Should().Be(2);
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

        double Entropy(double x, double y, double deviation)
        {
            float[] logits = [.. Enumerable.Range(0, 256).Select(i => (float)(-(Math.Pow((4 * (i % 16)) + 1.5 - x, 2) + Math.Pow((4 * (i / 16)) + 1.5 - y, 2)) / (2 * deviation * deviation)))];
            return network.CrossEntropy(tensor(logits, [1, 1, 16, 16]), at, 4).ToDouble();
        }
    }

    [Fact]
    public void Gradient_reaches_every_parameter()
    {
        using var network = new KeypointHeatmapNetwork(2, 32, 32, 8);
        network.forward(Tensors.Normal(1, 2, 3, 32, 32)).mul(Tensors.Normal(2, 2, 2, 8, 8)).sum().backward();
        network.named_parameters().Where(p => p.parameter.grad is not { } grad || grad.abs().sum().ToSingle() == 0).Select(p => p.name).Should().BeEmpty();
    }
}
