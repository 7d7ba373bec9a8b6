using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.FlowMatching;

public sealed class PrefixSamplerTests
{
    private static readonly HeadShape Shape = new(1, 2, 8, 2);

    private static readonly ResidualMlpDenoiserConfig Small = new() { Width = 24, Blocks = 2, ConditionWidth = 8, TimeWidth = 8 };

    [Fact]
    public void Guidance_weights_are_those_of_the_paper() =>
        Enumerable.Range(0, 5).Select(k => new GuidedPrefix().Weight(k / 5.0)).Should().Equal([5, 4.25, 2.166667, 2.166667, 4.25], (a, b) => Math.Abs(a - b) < 1e-6);

    [Fact]
    public void A_constant_velocity_has_an_identity_Jacobian()
    {
        using Tensor x = Tensors.Normal(1, 3, 8, 2), v = Tensors.Normal(2, 3, 8, 2), previous = Tensors.Normal(3, 3, 8, 2), mask = rand(3, 8, 1);
        (Tensor velocity, Tensor correction) = PrefixSampler.Correction(_ => v.clone(), x, 0.25, previous, mask);
        Tensor expected = (previous - (x + (v * 0.75f))) * mask;
        Distance(correction, expected).Should().BeLessThan(1e-6);
        velocity.Values().Should().Equal(v.Values());
    }

    [Fact]
    public void The_correction_is_the_vector_Jacobian_product_by_finite_differences()
    {
        // In float64, so that central differences are good to 1e-8. v = tanh(M x) mixes all steps and dimensions.
        using Tensor m = Tensors.Normal(4, 16, 16).to(float64).mul(0.4), start = Tensors.Normal(5, 1, 8, 2).to(float64);
        using Tensor previous = Tensors.Normal(6, 1, 8, 2).to(float64), mask = rand(1, 8, 1, ScalarType.Float64);
        const double Tau = 0.4;
        Tensor Velocity(Tensor x) => nn.functional.linear(x.reshape(1, 16), m).tanh().view(1, 8, 2);
        Tensor Estimate(Tensor x) => x + (Velocity(x) * (1 - Tau));
        Tensor correction = PrefixSampler.Correction(Velocity, start, Tau, previous, mask).Correction;

        using IDisposable noGradient = no_grad();
        Tensor error = (previous - Estimate(start)) * mask;
        const double Step = 1e-5;
        for (int j = 0; j < 16; j++)
        {
            Tensor offset = zeros(16, ScalarType.Float64);
            offset[j].fill_(Step);
            Tensor bump = offset.view(1, 8, 2);
            double difference = ((Estimate(start + bump) - Estimate(start - bump)) * error).sum().ToDouble() / (2 * Step);
            correction.view(16)[j].ToDouble().Should().BeApproximately(difference, 1e-8);
        }

        Distance(correction, error).Should().BeGreaterThan(1e-2, "the network's Jacobian is part of it");
    }

    [Fact]
    public void The_Jacobian_of_the_real_network_is_in_it_too()
    {
        using PolicyHead head = new FlowMatchingHeadConfig { Denoiser = Small }.Create(Shape);
        Tensors.Perturb(head);
        using Tensor context = Tensors.Normal(1, 1, 1, 2), x = Tensors.Normal(2, 1, 8, 2), previous = Tensors.Normal(3, 1, 8, 2), mask = ones(1, 8, 1);
        Tensor Velocity(Tensor at) => ((IVelocityField)head).Velocity(context, at, full(1, 0.2f, ScalarType.Float32));
        Tensor correction = PrefixSampler.Correction(Velocity, x, 0.2, previous, mask).Correction;
        using IDisposable noGradient = no_grad();
        Tensor error = previous - (x + (Velocity(x) * 0.8f));
        foreach (int j in new[] { 0, 5, 15 })
        {
            Tensor offset = zeros(16);
            offset[j].fill_(1e-2f);
            Tensor bump = offset.view(1, 8, 2);
            Tensor slope = (bump * 2) + ((Velocity(x + bump) - Velocity(x - bump)) * 0.8f);
            correction.view(16)[j].ToDouble().Should().BeApproximately((slope * error).sum().ToDouble() / 2e-2, 5e-3);
        }
    }

    [Fact]
    public void With_one_step_the_chunk_is_noise_plus_velocity_plus_five_corrections()
    {
        using Tensor noise = Tensors.Normal(1, 2, 8, 2), v = Tensors.Normal(2, 2, 8, 2), previous = Tensors.Normal(3, 2, 8, 2), weights = rand(2, 8);
        Tensor chunk = PrefixSampler.Guided((_, _) => v.clone(), noise, previous, weights, new GuidedPrefix(), steps: 1);
        Tensor expected = noise + v + ((previous - (noise + v)) * weights.unsqueeze(-1) * 5);
        Distance(chunk, expected).Should().BeLessThan(1e-5);
    }

    [Fact]
    public void Without_weight_it_is_plain_sampling_to_the_bit()
    {
        using PolicyHead head = new FlowMatchingHeadConfig { Denoiser = Small, SamplingSteps = 5 }.Create(Shape);
        Tensors.Perturb(head);
        using Tensor context = Tensors.Normal(1, 3, 1, 2), previous = Tensors.Normal(2, 3, 8, 2);
        // d = 0 and s = H: nothing remains.
        var prefix = new HeadPrefix(previous, [0, 0, 0], [0, 0, 0]);
        ((IPrefixGuidedHead)head).Sample(context, prefix, new Generator(5, CPU)).Values().Should().Equal(head.Sample(context, new Generator(5, CPU)).Values());

        // And the guided steps themselves add exactly nothing.
        Func<Tensor, double, Tensor> velocity = (x, tau) => ((IVelocityField)head).Velocity(context, x, full(3, (float)tau, ScalarType.Float32));
        using Tensor noise = Tensors.Normal(3, 3, 8, 2);
        using IDisposable noGradient = no_grad();
        Tensor plain = new EulerIntegrator().Integrate((x, k) => velocity(x, k / 5.0), noise, 5);
        PrefixSampler.Guided(velocity, noise, previous, zeros(3, 8), new GuidedPrefix(), 5).Values().Should().Equal(plain.Values());
    }

    [Fact]
    public void What_lies_beyond_the_prefix_may_hold_anything()
    {
        using PolicyHead head = new FlowMatchingHeadConfig { Denoiser = Small, SamplingSteps = 5 }.Create(Shape);
        Tensors.Perturb(head);
        using Tensor context = Tensors.Normal(1, 1, 1, 2), previous = Tensors.Normal(2, 1, 8, 2);
        var prefix = new HeadPrefix(previous, [2], [4]);
        float[] before = ((IPrefixGuidedHead)head).Sample(context, prefix, new Generator(5, CPU)).Values();
        previous.narrow(1, 4, 4).fill_(float.NaN);
        ((IPrefixGuidedHead)head).Sample(context, prefix, new Generator(5, CPU)).Values().Should().Equal(before);
    }

    [Theory]
    [InlineData(PrefixSchedule.Soft)]
    [InlineData(PrefixSchedule.Hard)]
    [InlineData(PrefixSchedule.Linear)]
    [InlineData(PrefixSchedule.Ones)]
    public void A_guided_chunk_is_nearer_to_the_prefix_than_a_plain_one(PrefixSchedule schedule)
    {
        using PolicyHead head = new FlowMatchingHeadConfig { Denoiser = Small, SamplingSteps = 5, Prefix = new GuidedPrefix { Schedule = schedule } }.Create(Shape);
        Tensors.Perturb(head);
        using Tensor context = Tensors.Normal(1, 16, 1, 2), previous = Tensors.Normal(2, 16, 8, 2);
        var prefix = new HeadPrefix(previous, [.. Enumerable.Repeat(3, 16)], [.. Enumerable.Repeat(6, 16)]);
        Tensor guided = ((IPrefixGuidedHead)head).Sample(context, prefix, new Generator(5, CPU)), plain = head.Sample(context, new Generator(5, CPU));
        double Far(Tensor chunk) => (chunk - previous).narrow(1, 0, 3).square().mean().ToDouble();
        Far(guided).Should().BeLessThan(0.25 * Far(plain));
    }

    [Fact]
    public void Guided_sampling_leaves_one_tensor_behind_and_no_gradient()
    {
        using PolicyHead head = new FlowMatchingHeadConfig { Denoiser = Small, SamplingSteps = 3 }.Create(Shape);
        using Tensor context = Tensors.Normal(1, 2, 1, 2), previous = Tensors.Normal(2, 2, 8, 2);
        var prefix = new HeadPrefix(previous, [1, 2], [4, 4]);
        Tensors.LiveAfter(() => ((IPrefixGuidedHead)head).Sample(context, prefix, new Generator(5, CPU))).Should().Be(1);
        using Tensor chunk = ((IPrefixGuidedHead)head).Sample(context, prefix, new Generator(5, CPU));
        chunk.requires_grad.Should().BeFalse();
        head.parameters().Any(parameter => parameter.grad is not null).Should().BeFalse();
    }

    private static double Distance(Tensor a, Tensor b) => (a - b).abs().max().ToDouble();
}
