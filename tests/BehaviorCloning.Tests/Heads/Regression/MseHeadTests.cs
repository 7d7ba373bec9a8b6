using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Regression;

public sealed class MseHeadTests
{
    private static readonly HeadShape Shape = new(1, 2, 3, 2);

    [Fact]
    public void Squared_error_has_the_gradient_of_a_Gaussian_of_fixed_variance()
    {
        float[] ofSquare = GradientOf(head => head.Loss(Context(), Target()).Total);
        // -log N(a; mean, 1/2) = (a - mean)^2 + constant.
        float[] ofGaussian = GradientOf(head => nn.functional.gaussian_nll_loss(Predict(head), Target().Actions, full_like(Target().Actions, 0.5f)));
        ofSquare.Zip(ofGaussian, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void Absolute_error_is_the_mean_distance()
    {
        using PolicyHead head = new MseHeadConfig { Loss = RegressionLoss.L1 }.Create(Shape);
        using Tensor context = Context();
        double expected = (head.Sample(context) - Target().Actions).abs().mean().ToDouble();
        head.Loss(context, Target()).Total.ToDouble().Should().BeApproximately(expected, 1e-6);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new MseHeadConfig { HiddenWidth = 0, Blocks = -1, Dropout = 1, Loss = (RegressionLoss)9 }.Problems(Shape).Should().HaveCount(4);

    private static float[] GradientOf(Func<PolicyHead, Tensor> loss)
    {
        torch.random.manual_seed(4);
        using PolicyHead head = new MseHeadConfig { HiddenWidth = 8, Blocks = 1 }.Create(Shape);
        Tensors.Perturb(head);
        loss(head).backward();
        return [.. head.parameters().SelectMany(p => p.grad!.Values())];
    }

    private static Tensor Predict(PolicyHead head)
    {
        var network = (BehaviorCloning.Networks.ResidualMlp)head.children().Single();
        return network.forward(Context().flatten(1)).view(4, 3, 2);
    }

    private static Tensor Context() => Tensors.Normal(1, 4, 1, 2);

    private static ActionTarget Target() => new(Tensors.Normal(2, 4, 3, 2), ones(4, 3, ScalarType.Bool));
}
