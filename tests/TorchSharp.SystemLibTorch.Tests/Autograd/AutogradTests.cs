using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests;

public sealed class AutogradTests
{
    [Fact]
    public void Backward_accumulates_into_leaves()
    {
        using var scope = NewDisposeScope();
        var input = torch.tensor(new[] { 1f, 2f }, requires_grad: true);

        input.grad.Should().BeNull();
        input.pow(2).sum().backward();
        input.pow(2).sum().backward();

        input.grad!.data<float>().ToArray().Should().Equal(4, 8);
        input.grad = null;
        input.grad.Should().BeNull();
    }

    [Fact]
    public void Grad_goes_to_second_order_when_the_graph_is_created()
    {
        using var scope = NewDisposeScope();
        var input = torch.tensor(3.0, requires_grad: true);

        var first = autograd.grad([input.pow(3)], [input], create_graph: true)[0];
        var second = autograd.grad([first], [input])[0];

        first.ToDouble().Should().Be(27);
        second.ToDouble().Should().Be(18);
    }

    [Fact]
    public void An_unused_input_is_an_error_unless_allowed()
    {
        using var scope = NewDisposeScope();
        var used = torch.ones(1, requires_grad: true);
        var unused = torch.ones(1, requires_grad: true);

        FluentActions.Invoking(() => autograd.grad([used.sum()], [unused])).Should().Throw<ExternalException>();
        var gradients = autograd.grad([used.sum()], [used, unused], allow_unused: true);
        gradients[0].Should().NotBeNull();
        gradients[1].Should().BeNull();
    }

    [Fact]
    public void A_graph_is_freed_unless_retained()
    {
        using var scope = NewDisposeScope();
        var input = torch.ones(1, requires_grad: true);
        var output = input.exp().sum();

        output.backward(retain_graph: true);
        output.backward();
        FluentActions.Invoking(() => output.backward()).Should().Throw<ExternalException>().WithMessage("*second time*");
    }

    [Fact]
    public void Gradient_modes_nest_and_restore_themselves()
    {
        using var scope = NewDisposeScope();
        var input = torch.ones(1, requires_grad: true);
        using (no_grad())
        {
            input.add(1).requires_grad.Should().BeFalse();
            using (enable_grad())
                input.add(1).requires_grad.Should().BeTrue();
            is_grad_enabled().Should().BeFalse();
        }
        is_grad_enabled().Should().BeTrue();
        using (inference_mode())
            is_inference_mode_enabled().Should().BeTrue();
        is_inference_mode_enabled().Should().BeFalse();
    }

    [Fact]
    public void A_gradient_of_the_wrong_shape_is_refused()
    {
        using var scope = NewDisposeScope();
        var input = torch.ones(2, requires_grad: true);

        FluentActions.Invoking(() => input.grad = torch.ones(3)).Should().Throw<ExternalException>().WithMessage("*different size*");
        FluentActions.Invoking(() => torch.ones(2, int64).requires_grad = true).Should().Throw<ExternalException>().WithMessage("*floating point*");
    }

    [Fact]
    public void Analytic_gradients_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(3);
        var input = torch.randn(3, 4, float64, generator: generator).requires_grad_();
        var weight = torch.randn(4, 2, float64, generator: generator);

        var analytic = autograd.grad([Loss(input)], [input])[0];

        using var quietly = no_grad();
        foreach (var index in Enumerable.Range(0, 12))
        {
            var step = torch.zeros(12, float64);
            step[index] = torch.tensor(1e-6);
            var difference = (Loss(input + step.view(3, 4)) - Loss(input - step.view(3, 4))).ToDouble() / 2e-6;
            difference.Should().BeApproximately(analytic.view(12)[index].ToDouble(), 1e-6);
        }

        Tensor Loss(Tensor x) => x.matmul(weight).tanh().softmax(-1).log().std(new long[] { 0 }).sum() + x.square().mean();
    }
}
