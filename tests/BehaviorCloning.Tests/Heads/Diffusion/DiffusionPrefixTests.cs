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
