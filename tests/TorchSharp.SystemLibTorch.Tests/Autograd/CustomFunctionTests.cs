using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests;

public sealed class CustomFunctionTests
{
    [Fact]
    public void Forward_and_backward_are_the_functions_own()
    {
        using var scope = NewDisposeScope();
        var input = torch.tensor(new[] { 2f, -3f }, requires_grad: true);

        var output = ScaledSquare.apply(input, 0.5);
        output.sum().backward();

        output.data<float>().ToArray().Should().Equal(2f, 4.5f);
        input.grad!.data<float>().ToArray().Should().Equal(2f, -3f);
    }

    [Fact]
    public void Second_derivatives_go_through_a_differentiable_backward()
    {
        using var scope = NewDisposeScope();
        var input = torch.tensor(2.0, requires_grad: true);

        var first = autograd.grad([ScaledSquare.apply(input, 3.0)], [input], create_graph: true)[0];

        autograd.grad([first], [input])[0].ToDouble().Should().Be(6);
    }

    [Fact]
    public void A_straight_through_estimator_passes_the_gradient_on()
    {
        using var scope = NewDisposeScope();
        var input = torch.tensor(new[] { 0.4f, 1.6f }, requires_grad: true);

        (StraightThroughRound.apply(input) * torch.tensor(new[] { 2f, 3f })).sum().backward();

        input.grad!.data<float>().ToArray().Should().Equal(2f, 3f);
    }

    [Fact]
    public void Several_results_may_be_used_or_not()
    {
        using var scope = NewDisposeScope();
        var input = torch.tensor(3f, requires_grad: true);

        var results = DoubleAndTriple.apply(input);
        results[1].backward();

        input.grad!.ToSingle().Should().Be(3f, "the unused result's gradient is zero");
    }

    [Fact]
    public void An_exception_in_backward_comes_out_of_the_call_to_backward()
    {
        using var scope = NewDisposeScope();
        var input = torch.ones(1, requires_grad: true);

        FluentActions.Invoking(() => Failing.apply(input).sum().backward()).Should().Throw<ExternalException>().WithMessage("*on purpose*");
        ScaledSquare.apply(input, 1.0).sum().backward();
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients()
    {
        using var scope = NewDisposeScope();
        using (no_grad())
            ScaledSquare.apply(torch.ones(1, requires_grad: true), 1.0).requires_grad.Should().BeFalse();
        ScaledSquare.apply(torch.ones(1), 1.0).requires_grad.Should().BeFalse();
    }

    [Fact]
    public void A_thousand_calls_leave_nothing_behind()
    {
        using var input = torch.ones(2, requires_grad: true);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 1000; i++)
        {
            using var scope = NewDisposeScope();
            ScaledSquare.apply(input, 2.0).sum().backward();
        }

        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.Should().Be(before);
    }

    private sealed class ScaledSquare : autograd.SingleTensorFunction<ScaledSquare>
    {
        public override string Name => nameof(ScaledSquare);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var input = (Tensor)vars[0];
            ctx.save_for_backward([input]);
            ctx.save_data("scale", vars[1]);
            return input * input * (double)vars[1];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
            => [grad_output * ctx.get_saved_variables()[0] * (2 * (double)ctx.get_data("scale")), null!];
    }

    private sealed class StraightThroughRound : autograd.SingleTensorFunction<StraightThroughRound>
    {
        public override string Name => nameof(StraightThroughRound);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => ((Tensor)vars[0]).round();

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [grad_output];
    }

    private sealed class DoubleAndTriple : autograd.MultiTensorFunction<DoubleAndTriple>
    {
        public override string Name => nameof(DoubleAndTriple);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars) => [(Tensor)vars[0] * 2, (Tensor)vars[0] * 3];

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs) => [grad_outputs[0] * 2 + grad_outputs[1] * 3];
    }

    private sealed class Failing : autograd.SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => (Tensor)vars[0] * 2;

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => throw new InvalidOperationException("fails on purpose");
    }
}
