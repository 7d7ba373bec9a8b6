using System.Text.Json;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Networks;

/// <summary>Against PyTorch with the same weights: golden/make_resnet.py.</summary>
public sealed class ResNetTests
{
    private static readonly JsonElement Golden = GoldenFile.Json("resnet.json");

    [Theory]
    [InlineData("18, Batch", 18, ResNetNorm.Batch, 64, 64, 96)]
    [InlineData("18, Group", 18, ResNetNorm.Group, 64, 64, 96)]
    [InlineData("34, Group", 34, ResNetNorm.Group, 16, 40, 33)]
    public void Forward_and_gradient_are_PyTorchs(string name, int depth, ResNetNorm norm, int width, int height, int columns)
    {
        using var network = new ResNet(depth, norm, width);
        FormulaWeights.Fill(network);
        network.eval();
        Tensor map = network.forward(FormulaWeights.Input(2, 3, height, columns));
        map.shape.Should().Equal(Golden.GetProperty(name).GetProperty("shape").EnumerateArray().Select(v => v.GetInt64()));
        map.shape[2].Should().Be(ResNet.MapExtent(height));
        ShouldBeNear(Tensors.Every(map.Values(), 37), Golden.GetProperty(name).GetProperty("every 37th").Floats());
        map.square().mean().backward();
        Tensor gradient = network.named_parameters().Single(p => p.name == "conv1.weight").parameter.grad!;
        ShouldBeNear(Tensors.Every(gradient.Values(), 97), Golden.GetProperty(name).GetProperty("gradient of conv1, every 97th").Floats());
    }

    [Fact]
    public void Batch_norm_in_training_is_PyTorchs()
    {
        using var network = new ResNet(18, ResNetNorm.Batch);
        FormulaWeights.Fill(network);
        network.train();
        using IDisposable noGradient = no_grad();
        JsonElement golden = Golden.GetProperty("18, Batch, training");
        ShouldBeNear(Tensors.Every(network.forward(FormulaWeights.Input(2, 3, 64, 96)).Values(), 37), golden.GetProperty("every 37th").Floats());
        ShouldBeNear(Tensors.Every(network.state_dict()["bn1.running_mean"].Values(), 7), golden.GetProperty("running_mean").Floats());
    }

    [Fact]
    public void Frozen_batch_norm_is_batch_norm_in_use_and_stays_as_it_is_in_training()
    {
        using var network = new ResNet(18, ResNetNorm.FrozenBatch);
        FormulaWeights.Fill(network);
        network.train();
        using IDisposable noGradient = no_grad();
        ShouldBeNear(Tensors.Every(network.forward(FormulaWeights.Input(2, 3, 64, 96)).Values(), 37), Golden.GetProperty("18, Batch").GetProperty("every 37th").Floats());
        network.named_parameters().Should().OnlyContain(p => p.parameter.dim() == 4, "only convolutions are trained");
    }

    [Theory]
    [InlineData(18, 11_176_512)]
    [InlineData(34, 21_284_672)]
    public void Weights_without_the_classifier_are_torchvisions(int depth, long count)
    {
        // torchvision counts 11,689,512 and 21,797,672 with a classifier of 513,000.
        using var network = new ResNet(depth, ResNetNorm.Batch);
        network.parameters().Sum(p => p.numel()).Should().Be(count);
    }

    [Fact]
    public void A_forward_pass_leaves_one_live_tensor()
    {
        using var network = new ResNet(18, ResNetNorm.FrozenBatch, 4);
        using Tensor images = FormulaWeights.Input(1, 3, 32, 32);
        Tensors.LiveAfter(() => network.forward(images)).Should().Be(1);
    }

    [Fact]
    public void Spatial_softmax_is_PyTorchs()
    {
        using var layer = new SpatialSoftmax(6, 3, 4, 5);
        Dictionary<string, Tensor> state = layer.state_dict();
        state.Keys.Should().BeEquivalentTo("keypoints.weight", "keypoints.bias");
        using IDisposable noGradient = no_grad();
        state["keypoints.weight"].copy_(tensor([.. FormulaWeights.Uniform(30, 1).Select(x => (float)x)], [5, 6, 1, 1]));
        state["keypoints.bias"].copy_(tensor([.. FormulaWeights.Uniform(5, 2).Select(x => (float)x)], [5]));
        ShouldBeNear(layer.forward(FormulaWeights.Input(2, 6, 3, 4).mul(3f)).Values(), Golden.GetProperty("spatial softmax").Floats());
    }

    [Fact]
    public void Spatial_softmax_points_at_the_only_bright_place_x_first()
    {
        using var layer = new SpatialSoftmax(1, 3, 5, 1);
        using IDisposable noGradient = no_grad();
        layer.state_dict()["keypoints.weight"].fill_(1f);
        Tensor map = zeros(1, 1, 3, 5);
        map[0, 0, 2, 3].fill_(100f);
        layer.forward(map).Values().Should().Equal(0.5f, 1f);
    }

    [Fact]
    public void Map_positions_are_those_of_the_formula_in_PyTorch() =>
        ShouldBeNear(SinusoidalPositions.Map(2, 3, 8).Values(), Golden.GetProperty("map positions 2 x 3, 8").Floats());

    [Fact]
    public void Sequence_positions_are_the_published_ones()
    {
        float[] expected = [.84147098f, .54030231f, .82185619f, .56969501f, .8019618f, .59737533f];
        ShouldBeNear([.. SinusoidalPositions.Sequence(3, 512)[1].Values().Take(6)], expected);
    }

    private static void ShouldBeNear(float[] values, float[] expected)
    {
        values.Should().HaveCount(expected.Length);
        float size = expected.Max(Math.Abs);
        values.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(2e-5f * size, "the largest is {0}", size);
    }
}
