using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.FlowMatching;

public sealed class TrainedPrefixTests
{
    private static readonly HeadShape Shape = new(1, 1, 4, 1);

    private static readonly TransformerDenoiserConfig Small = new() { Width = 24, Layers = 2, Heads = 2, FeedForwardWidth = 48, TimeWidth = 16 };

    [Fact]
    public void Prefix_lengths_are_drawn_with_falling_probability()
    {
        using var random = new Generator(1, CPU);
        using Tensor mask = new TrainedPrefix { MaximumDelay = 3, Ratio = 0.5 }.DrawMask(20_000, 5, CPU, random);
        // P(d) = 8/15, 4/15, 2/15, 1/15, so a step k is in the prefix with probability 7/15, 3/15, 1/15, 0, 0.
        float[] share = mask.to(float32).mean([0]).Values();
        share.Should().Equal([7 / 15f, 3 / 15f, 1 / 15f, 0, 0], (a, b) => Math.Abs(a - b) < 0.015);
    }

    [Fact]
    public void A_sample_keeps_its_prefix_to_the_bit()
    {
        using PolicyHead head = new FlowMatchingHeadConfig { Denoiser = Small, Prefix = new TrainedPrefix { MaximumDelay = 2 }, SamplingSteps = 3 }.Create(Shape);
        Tensors.Perturb(head);
        using Tensor context = zeros(3, 1, 1), previous = Tensors.Normal(2, 3, 4, 1);
        float[] chunk = ((IPrefixGuidedHead)head).Sample(context, new HeadPrefix(previous, [0, 1, 3], [4, 4, 4]), new Generator(5, CPU)).Values();
        float[] given = previous.Values();
        chunk[4].Should().Be(given[4]);
        chunk[8..10].Should().Equal(given[8..10], "a delay of 3 is met with the longest prefix of training, 2");
        chunk.Where((value, i) => value == given[i]).Should().HaveCount(3, "nothing else is taken over");
    }

    [Fact]
    public void A_prefix_is_neither_noised_nor_scored()
    {
        // A new network predicts velocity 0: its loss is the mean square of a - eps over what is scored.
        var prefix = new TrainedPrefix { MaximumDelay = 3, Ratio = 1 };
        using PolicyHead head = new FlowMatchingHeadConfig { Denoiser = Small, Prefix = prefix }.Create(Shape);
        using Tensor context = zeros(64, 1, 1), actions = Tensors.Normal(1, 64, 4, 1), inside = ones(64, 4, ScalarType.Bool);
        double loss = head.Loss(context, new ActionTarget(actions, inside), new Generator(5, CPU)).Total.ToDouble();
        using var random = new Generator(5, CPU);
        using Tensor noise = randn(64, 4, 1, ScalarType.Float32, generator: random);
        using Tensor time = rand(64, ScalarType.Float32, generator: random);
        using Tensor scored = prefix.DrawMask(64, 4, CPU, random).logical_not().to(float32).unsqueeze(-1);
        loss.Should().BeApproximately((((actions - noise).square() * scored).sum() / scored.sum()).ToDouble(), 1e-5);
    }

    [Fact]
    public void A_trained_policy_continues_the_prefix_where_a_plain_sample_may_turn_the_other_way()
    {
        // Chunks are all +1 or all -1, a coin each. After a prefix of +1 only +1 can follow.
        var config = new FlowMatchingHeadConfig { Denoiser = Small, Prefix = new TrainedPrefix { MaximumDelay = 2, Ratio = 1 }, SamplingSteps = 5 };
        torch.random.manual_seed(1);
        using PolicyHead head = config.Create(Shape);
        using var generator = new Generator(2, CPU);
        using var optimizer = optim.Adam(head.parameters(), 3e-3);
        for (int step = 0; step < 300; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor actions = rand(64, 1, 1, generator: generator).sub(0.5).sign().expand(-1, 4, -1).contiguous();
            optimizer.zero_grad();
            head.Loss(zeros(64, 1, 1), new ActionTarget(actions, ones(64, 4, ScalarType.Bool)), generator).Total.backward();
            optimizer.step();
        }

        using Tensor context = zeros(200, 1, 1), previous = ones(200, 4, 1);
        float[] ends = [.. ((IPrefixGuidedHead)head).Sample(context, new HeadPrefix(previous, [.. Enumerable.Repeat(1, 200)], [.. Enumerable.Repeat(4, 200)]), generator).Values().Where((_, i) => i % 4 == 3)];
        ends.Count(value => value > 0.5).Should().BeGreaterThan(180, "of 200 continue");
        float[] free = [.. head.Sample(context, generator).Values().Where((_, i) => i % 4 == 3)];
        free.Count(value => value > 0).Should().BeInRange(60, 140, "without a prefix both ways are taken");
    }

    [Fact]
    public void It_asks_for_a_denoiser_with_a_time_for_each_step() =>
        new FlowMatchingHeadConfig { Prefix = new TrainedPrefix { MaximumDelay = 4 } }.Problems(Shape).Should().HaveCount(2)
            .And.ContainMatch("*between 1 and 3*").And.ContainMatch("*Use TransformerDenoiserConfig*");
}
