using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Networks;

public sealed class ResidualMlpTests
{
    [Fact]
    public void Blocks_start_as_the_identity()
    {
        using var deep = new ResidualMlp(3, 16, 5, 2);
        using var shallow = new ResidualMlp(3, 16, 0, 2);
        Dictionary<string, Tensor> source = deep.state_dict();
        using (no_grad())
        {
            foreach ((string key, Tensor target) in shallow.state_dict()) target.copy_(source[key]);
        }

        using Tensor x = Tensors.Normal(1, 4, 3);
        deep.forward(x).Values().Should().Equal(shallow.forward(x).Values());
    }

    [Fact]
    public void Dropout_acts_in_training_only()
    {
        using var network = new ResidualMlp(3, 16, 2, 2, dropout: 0.5);
        Tensors.Perturb(network);
        using Tensor x = Tensors.Normal(1, 4, 3);
        network.train();
        network.forward(x).Values().Should().NotEqual(network.forward(x).Values());
        network.eval();
        network.forward(x).Values().Should().Equal(network.forward(x).Values());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Inference_equals_forward_without_dropout(int batch)
    {
        using var network = new ResidualMlp(3, 64, 2, 2, dropout: 0.5);
        Tensors.Perturb(network);
        using Tensor x = Tensors.Normal(3, batch, 3), inferred = network.Infer(x);
        network.eval();
        inferred.shape.Should().Equal(batch, 2);
        inferred.requires_grad.Should().BeFalse();
        inferred.Values().Zip(network.forward(x).Values(), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void A_blocks_inference_equals_its_forward()
    {
        using var block = new ResidualMlpBlock(8);
        Tensors.Perturb(block);
        using IDisposable noGradient = no_grad();
        using Tensor x = Tensors.Normal(3, 5, 8);
        block.Infer(x).Values().Should().Equal(block.forward(x).Values());
    }
}
