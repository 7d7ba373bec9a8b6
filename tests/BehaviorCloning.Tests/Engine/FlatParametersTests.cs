using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Engine;

public class FlatParametersTests
{
    [Fact]
    public void Values_stay_and_become_views()
    {
        using Sequential module = TwoLayers();
        using Tensor input = randn(4, 3);
        using Tensor before = module.forward(input).detach();
        using var flat = new FlatParameters(module);
        using Tensor after = module.forward(input).detach();
        after.data<float>().ToArray().Should().Equal(before.data<float>().ToArray());
        flat.TrainableCount.Should().Be((3 * 5) + 5 + (5 * 2) + 2);
        flat.StrayParameters().Should().BeEmpty();

        using (no_grad()) flat.Values.zero_();
        using Tensor zero = module.forward(input);
        zero.abs().sum().ToSingle().Should().Be(0, "writing the buffer writes the parameters");
    }

    [Fact]
    public void Gradients_are_views_after_every_backward_pass()
    {
        using Sequential module = TwoLayers();
        using var flat = new FlatParameters(module);
        for (int step = 0; step < 3; step++)
        {
            flat.ZeroGradients();
            using DisposeScope scope = NewDisposeScope();
            module.forward(randn(4, 3)).square().sum().backward();
            flat.StrayParameters().Should().BeEmpty();
            flat.Gradients.abs().sum().ToSingle().Should().BePositive();
        }

        // Two passes accumulate.
        using Tensor input = randn(4, 3);
        flat.ZeroGradients();
        module.forward(input).sum().backward();
        using Tensor once = flat.Gradients.clone();
        module.forward(input).sum().backward();
        using Tensor difference = flat.Gradients - once - once;
        difference.abs().max().ToSingle().Should().BeLessThan(1e-5f);
    }

    // The negative control: without it the tests above could pass because strays are never found.
    [Fact]
    public void A_parameter_that_leaves_is_found()
    {
        using Sequential module = TwoLayers();
        using var flat = new FlatParameters(module);
        Parameter first = module.parameters().First();
        first.grad = zeros_like(first);
        flat.StrayParameters().Should().Equal("0.weight");

        using (no_grad()) module.parameters().Last().set_(zeros(2));
        flat.StrayParameters().Should().Equal("0.weight", "1.bias");
    }

    [Fact]
    public void Looking_for_strays_changes_nothing()
    {
        using Sequential module = TwoLayers();
        using var flat = new FlatParameters(module);
        using Tensor before = flat.Values.clone();
        flat.StrayParameters();
        flat.Values.data<float>().ToArray().Should().Equal(before.data<float>().ToArray());
    }

    [Fact]
    public void Groups_are_contiguous_and_cover_everything()
    {
        using Sequential module = TwoLayers();
        var decay = new ParameterGroup("decay");
        var none = new ParameterGroup("none", Decay: false);
        using var flat = new FlatParameters(module, (name, p) => p.dim() >= 2 ? decay : none);
        flat.Groups.Should().Equal(decay, none);
        flat.Ranges.Select(range => range.Name).Should().Equal("0.weight", "1.weight", "0.bias", "1.bias");
        (long start, long length) = flat.Extent(decay);
        start.Should().Be(0);
        flat.Extent(none).Should().Be((length, flat.Count - length));
        flat.Ranges.Should().OnlyContain(range => range.Start % 16 == 0);
    }

    [Fact]
    public void Frozen_parameters_stay_out_and_a_shared_one_is_taken_once()
    {
        using Linear shared = nn.Linear(3, 3);
        using Sequential module = nn.Sequential(("a", shared), ("b", nn.ReLU()), ("c", nn.Linear(3, 2)));
        foreach (Parameter parameter in ((Linear)module[2]).parameters()) parameter.requires_grad = false;
        using var flat = new FlatParameters(module);
        flat.Ranges.Select(range => range.Name).Should().Equal("a.weight", "a.bias");
    }

    [Fact]
    public void A_module_without_trainable_parameters_is_refused()
    {
        using ReLU module = nn.ReLU();
        FluentActions.Invoking(() => new FlatParameters(module)).Should().Throw<ArgumentException>().WithMessage("*nothing to train*");
    }

    [Fact]
    public void Other_types_are_refused_by_name()
    {
        using Sequential module = TwoLayers();
        ((Linear)module[1]).to(ScalarType.Float64);
        FluentActions.Invoking(() => new FlatParameters(module)).Should().Throw<ArgumentException>().WithMessage("*1.weight (Float64*1.bias*");
    }

    internal static Sequential TwoLayers() => nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 2));
}
