using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Engine;

public class MaskedMeanTests
{
    // Two samples of three steps: errors 1 2 3 and 4 5 6; the last step of the second is padding.
    private static readonly float[] Errors = [1, 2, 3, 4, 5, 6];
    private static readonly bool[] Mask = [true, true, true, true, true, false];

    [Fact]
    public void It_is_the_mean_over_steps_inside()
    {
        using Tensor error = tensor(Errors).view(2, 3), inside = tensor(Mask).view(2, 3);
        MaskedMean.Of(error, inside).ToSingle().Should().Be(3);
    }

    [Fact]
    public void Trailing_dimensions_are_averaged_plainly()
    {
        using Tensor error = tensor([1f, 3, 5, 7, 9, 11, 100, 100]).view(2, 2, 2), inside = tensor([true, true, true, false]).view(2, 2);
        MaskedMean.Of(error, inside).ToSingle().Should().Be(6);
    }

    [Fact]
    public void Weights_count_samples()
    {
        using Tensor error = tensor(Errors).view(2, 3), inside = tensor(Mask).view(2, 3), weight = tensor([1f, 3f]);
        // (1 + 2 + 3 + 3 * (4 + 5)) / (3 + 3 * 2)
        MaskedMean.Of(error, inside, weight).ToSingle().Should().BeApproximately(33f / 9, 1e-6f);
    }

    [Fact]
    public void Padding_gets_no_gradient()
    {
        using Tensor error = tensor(Errors).view(2, 3).requires_grad_(), inside = tensor(Mask).view(2, 3);
        using Tensor mean = MaskedMean.Of(error, inside);
        mean.backward();
        using Tensor gradient = error.grad!;
        gradient.data<float>().ToArray().Should().Equal(0.2f, 0.2f, 0.2f, 0.2f, 0.2f, 0);
    }

    [Fact]
    public void Nothing_inside_is_an_error_not_a_nan()
    {
        using Tensor error = ones(2, 3), nothing = zeros(2, 3, ScalarType.Bool), inside = ones(2, 3, ScalarType.Bool), weight = zeros(2);
        FluentActions.Invoking(() => MaskedMean.Of(error, nothing)).Should().Throw<ArgumentException>().WithMessage("*No step*");
        FluentActions.Invoking(() => MaskedMean.Of(error, inside, weight)).Should().Throw<ArgumentException>().WithMessage("*weight*");
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using Tensor error = ones(2, 3, 4), inside = ones(2, 4, ScalarType.Bool), flat = ones(5);
        FluentActions.Invoking(() => MaskedMean.Of(error, inside)).Should().Throw<ArgumentException>().WithMessage("*insideEpisode*");
        FluentActions.Invoking(() => MaskedMean.Of(flat, inside)).Should().Throw<ArgumentException>().WithMessage("*[B, Tp]*");
    }
}
