using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Diffusion;

public sealed class DiffusionPrefixTests
{
    private static readonly HeadShape Shape = new(1, 2, 8, 2);

    [Fact]
    public void A_guided_chunk_is_nearer_to_the_prefix_than_a_plain_one()
    {
        using DiffusionHead head = Head(DiffusionPrediction.Velocity);
        using Tensor context = Tensors.Normal(1, 16, 1, 2), previous = Tensors.Normal(2, 16, 8, 2).clamp(-1, 1);
        var prefix = new HeadPrefix(previous, [.. Enumerable.Repeat(3, 16)], [.. Enumerable.Repeat(6, 16)]);
        Tensor guided = head.Sample(context, prefix, new Generator(5, CPU)), plain = head.Sample(context, new Generator(5, CPU));
        double Far(Tensor chunk) => (chunk - previous).narrow(1, 0, 3).square().mean().ToDouble();
        Far(guided).Should().BeLessThan(0.25 * Far(plain));
    }

    [Fact]
    public void Without_a_prefix_it_is_plain_sampling_to_the_bit()
    {
        using DiffusionHead head = Head(DiffusionPrediction.Velocity);
        using Tensor context = Tensors.Normal(1, 2, 1, 2), previous = Tensors.Normal(2, 2, 8, 2);
        head.Sample(context, new HeadPrefix(previous, [0, 0], [0, 0]), new Generator(5, CPU)).Values().Should().Equal(head.Sample(context, new Generator(5, CPU)).Values());
    }

    [Fact]
    public void A_tiny_guidance_changes_next_to_nothing()
    {
        // The guided steps are the plain ones plus the correction: with hardly any, they agree.
        using DiffusionHead head = Head(DiffusionPrediction.Epsilon, maximumWeight: 1e-9), plain = Head(DiffusionPrediction.Epsilon);
        using Tensor context = Tensors.Normal(1, 4, 1, 2), previous = Tensors.Normal(2, 4, 8, 2);
        var prefix = new HeadPrefix(previous, [.. Enumerable.Repeat(3, 4)], [.. Enumerable.Repeat(6, 4)]);
        Tensor guided = head.Sample(context, prefix, new Generator(5, CPU));
        (guided - plain.Sample(context, new Generator(5, CPU))).abs().max().ToDouble().Should().BeLessThan(1e-3);
    }

    [Theory]
    [InlineData(DiffusionPrediction.Epsilon)]
    [InlineData(DiffusionPrediction.Sample)]
    [InlineData(DiffusionPrediction.Velocity)]
    public void A_trained_head_is_guided_to_the_way_of_its_prefix(DiffusionPrediction prediction)
    {
        // Two ways, all steps +1 or all -1, with a little noise; half of the prefixes each.
        const int Rows = 64;
        using DiffusionHead head = Trained(prediction);
        using Tensor context = zeros(Rows, 1, 2), ways = arange(Rows).remainder(2).mul(2).sub(1).to(ScalarType.Float32).view(-1, 1, 1), previous = ways.expand(-1, 8, 2).contiguous();
        var prefix = new HeadPrefix(previous, [.. Enumerable.Repeat(3, Rows)], [.. Enumerable.Repeat(6, Rows)]);
        using Tensor guided = head.Sample(context, prefix, new Generator(5, CPU)), plain = head.Sample(context, new Generator(5, CPU));

        double Error(Tensor chunk) => (chunk - previous).narrow(1, 0, 3).square().mean().ToDouble();
        Error(plain).Should().BeGreaterThan(1, "without guidance half of the chunks go the other way");
        Error(guided).Should().BeLessThan(0.1 * Error(plain));
        // What is free follows: a chunk of one way, not the prefix's beginning and another way's end.
        (guided * previous).narrow(1, 6, 2).gt(0).to(ScalarType.Float32).mean().ToDouble().Should().BeGreaterThan(0.9);
    }

    [Theory]
    [InlineData(DiffusionPrediction.Epsilon)]
    [InlineData(DiffusionPrediction.Sample)]
    public void A_trained_head_without_weights_samples_plainly_to_the_bit(DiffusionPrediction prediction)
    {
        using DiffusionHead head = Trained(prediction);
        using Tensor context = zeros(4, 1, 2), previous = ones(4, 8, 2);
        // d = 0 and nothing left of the running chunk: W = 0.
        var nothing = new HeadPrefix(previous, [0, 0, 0, 0], [0, 0, 0, 0]);
        head.Sample(context, nothing, new Generator(5, CPU)).Values().Should().Equal(head.Sample(context, new Generator(5, CPU)).Values());
    }

    private static DiffusionHead Trained(DiffusionPrediction prediction)
    {
        torch.random.manual_seed(1);
        var head = (DiffusionHead)new DiffusionHeadConfig
        {
            Denoiser = new ResidualMlpDenoiserConfig { Width = 48, Blocks = 2, ConditionWidth = 16, TimeWidth = 16 },
            Prediction = prediction,
        }.Create(Shape);
        using var optimizer = optim.Adam(head.parameters(), 3e-3);
        using Tensor context = zeros(128, 1, 2), inside = ones(128, 8, ScalarType.Bool);
        using Tensor actions = arange(128).remainder(2).mul(2).sub(1).to(ScalarType.Float32).view(-1, 1, 1) + (0.05 * Tensors.Normal(3, 128, 8, 2));
        head.Fit(actions, inside);
        using var random = new Generator(4, CPU);
        for (int step = 0; step < 300; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            head.Loss(context, new ActionTarget(actions, inside), random).Total.backward();
            optimizer.step();
        }

        head.eval();
        return head;
    }

    private static DiffusionHead Head(DiffusionPrediction prediction, double maximumWeight = 5)
    {
        var head = (DiffusionHead)new DiffusionHeadConfig
        {
            Denoiser = new ResidualMlpDenoiserConfig { Width = 24, Blocks = 2, ConditionWidth = 8, TimeWidth = 8 },
            Prediction = prediction,
            Clipping = new ClipToRange { Range = 3 },
            Prefix = new GuidedPrefix { MaximumWeight = maximumWeight },
        }.Create(Shape);
        Tensors.Perturb(head);
        return head;
    }
}
