using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.FlowMatching;

public sealed class FlowMatchingHeadTests
{
    private static readonly HeadShape Shape = new(1, 2, 3, 2);

    [Fact]
    public void The_target_is_the_action_minus_the_noise()
    {
        // A new network predicts velocity 0, so its loss is the mean square of the target.
        using PolicyHead head = new FlowMatchingHeadConfig().Create(Shape);
        using Tensor context = zeros(4, 1, 2), actions = Tensors.Normal(1, 4, 3, 2), inside = ones(4, 3, ScalarType.Bool);
        double loss = head.Loss(context, new ActionTarget(actions, inside), new Generator(5, CPU)).Total.ToDouble();
        using Tensor noise = randn(4, 3, 2, ScalarType.Float32, generator: new Generator(5, CPU));
        loss.Should().BeApproximately((actions - noise).square().mean().ToDouble(), 1e-6);
    }

    [Fact]
    public void A_new_network_leaves_the_start_noise_where_it_is()
    {
        using PolicyHead head = new FlowMatchingHeadConfig().Create(Shape);
        using Tensor context = zeros(4, 1, 2), noise = randn(4, 3, 2, ScalarType.Float32, generator: new Generator(5, CPU));
        head.Sample(context, new Generator(5, CPU)).Values().Should().Equal(noise.Values());
    }

    [Fact]
    public void Start_noise_is_scaled_by_the_temperature()
    {
        using PolicyHead head = new FlowMatchingHeadConfig { StartNoiseScale = 0.5 }.Create(Shape);
        using Tensor context = zeros(4, 1, 2), noise = randn(4, 3, 2, ScalarType.Float32, generator: new Generator(5, CPU));
        head.Sample(context, new Generator(5, CPU)).Values().Should().Equal(noise.Values().Select(v => 0.5f * v));
    }

    [Fact]
    public void Sampling_is_Euler_along_the_velocity_field()
    {
        using PolicyHead head = new FlowMatchingHeadConfig { SamplingSteps = 5 }.Create(Shape);
        Tensors.Perturb(head);
        using IDisposable noGradient = no_grad();
        Tensor context = Tensors.Normal(3, 4, 1, 2), x = randn(4, 3, 2, ScalarType.Float32, generator: new Generator(5, CPU));
        float[] sample = head.Sample(context, new Generator(5, CPU)).Values();
        for (int k = 0; k < 5; k++) x = x + (((IVelocityField)head).Velocity(context, x, full(4, k / 5f, ScalarType.Float32)) * 0.2f);
        sample.Zip(x.Values(), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f);
    }

    [Fact]
    public void Padding_may_hold_anything_even_infinity()
    {
        using PolicyHead head = new FlowMatchingHeadConfig().Create(Shape);
        Tensors.Perturb(head);
        using Tensor context = zeros(1, 1, 2), actions = Tensors.Normal(1, 1, 3, 2), inside = tensor(new[] { true, true, false }, [1, 3]);
        double loss = head.Loss(context, new ActionTarget(actions, inside), new Generator(5, CPU)).Total.ToDouble();
        actions[0, 2].fill_(float.PositiveInfinity);
        head.Loss(context, new ActionTarget(actions, inside), new Generator(5, CPU)).Total.ToDouble().Should().Be(loss);
    }

    [Theory]
    [InlineData("residual MLP")]
    [InlineData("transformer")]
    [InlineData("U-Net")]
    [InlineData("guided")]
    public void The_velocitys_vector_Jacobian_product_is_that_of_finite_differences(string which)
    {
        DenoiserConfig denoiser = which switch
        {
            "transformer" => new TransformerDenoiserConfig { Width = 16, Layers = 2, Heads = 2, FeedForwardWidth = 16, TimeWidth = 8 },
            "U-Net" => new ConditionalUnetDenoiserConfig { Widths = [8, 8], Groups = 2, TimeWidth = 8 },
            _ => new ResidualMlpDenoiserConfig { Width = 16, Blocks = 2, ConditionWidth = 8, TimeWidth = 8 },
        };
        using PolicyHead head = new FlowMatchingHeadConfig { Denoiser = denoiser, Guidance = which == "guided" ? new GuidanceConfig { Scale = 2 } : null }.Create(new HeadShape(1, 2, 4, 2));
        Tensors.Perturb(head);
        head.to(ScalarType.Float64);
        head.eval();
        Tensor context = Tensors.Normal(3, 2, 1, 2).to(float64), cotangent = Tensors.Normal(4, 2, 4, 2).to(float64), time = full(2, 0.3, float64);
        Tensor x = Tensors.Normal(5, 2, 4, 2).to(float64).requires_grad_();
        Tensor product = autograd.grad([((IVelocityField)head).Velocity(context, x, time)], [x], [cotangent])[0];

        using IDisposable noGradient = no_grad();
        for (int i = 0; i < 16; i++)
        {
            using Tensor change = zeros(16, float64);
            change[i] = 1e-5;
            double slope = (Along(x + change.view(2, 4, 2)) - Along(x - change.view(2, 4, 2))) / 2e-5;
            product.flatten()[i].ToDouble().Should().BeApproximately(slope, 1e-7 * (1 + Math.Abs(slope)), "in direction {0}", i);
        }

        double Along(Tensor at) => ((IVelocityField)head).Velocity(context, at, time).mul(cotangent).sum().ToDouble();
    }

    [Fact]
    public void Where_experts_turn_left_or_right_regression_goes_straight_on_and_flow_matching_turns()
    {
        // One situation; half of the demonstrations turn to -1, half to +1. Straight on, 0, is where the tree stands.
        var shape = new HeadShape(1, 1, 1, 1);
        var denoiser = new ResidualMlpDenoiserConfig { Width = 32, Blocks = 2, ConditionWidth = 16, TimeWidth = 16 };
        float[] regression = TrainAndSample(new MseHeadConfig { HiddenWidth = 32, Blocks = 2 }, shape);
        float[] flow = TrainAndSample(new FlowMatchingHeadConfig { Denoiser = denoiser }, shape);

        regression.Should().OnlyContain(a => Math.Abs(a) < 0.25);
        flow.Count(a => Math.Abs(a) > 0.5).Should().BeGreaterThan(450, "of 500");
        flow.Count(a => a > 0).Should().BeInRange(150, 350, "both ways are taken");
    }

    private static float[] TrainAndSample(PolicyHeadConfig config, HeadShape shape)
    {
        torch.random.manual_seed(1);
        using PolicyHead head = config.Create(shape);
        using var generator = new Generator(2, CPU);
        using var optimizer = optim.Adam(head.parameters(), 3e-3);
        for (int step = 0; step < 400; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor actions = rand(128, 1, 1, generator: generator).sub(0.5).sign();
            var target = new ActionTarget(actions, ones(128, 1, ScalarType.Bool));
            optimizer.zero_grad();
            head.Loss(zeros(128, 1, 1), target, generator).Total.backward();
            optimizer.step();
        }

        return head.Sample(zeros(500, 1, 1), generator).Values();
    }
}
